#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <filesystem>
#include <fstream>

#include "pipeline/stages/cpu_stages.h"
#include "pipeline/stages/messages.h"
#include "stores/testing/store_places.h"

namespace dashcam {
namespace {

namespace fs = std::filesystem;

constexpr const char* kVideo = "0123456789abcdef0123456789abcdef";

class FinalWrite : public testing::Test {
  protected:
    FinalWrite() : url_("sqlite:" + folder_.path() + "/dashcam.db") {
        put_text(video_.id, kVideo);
        VideoRow row;
        row.id = kVideo;
        auto store = open_store(url_, Access::kReadWrite).value();
        EXPECT_TRUE(store->begin_video(row).ok());
        VehicleRow vehicle;
        vehicle.video = kVideo;
        vehicle.track = 1;
        vehicle.vehicle_class = "car";
        vehicle.tier = "none";
        vehicle.best_shot = picture("1-0-vehicle.jpg");
        EXPECT_TRUE(store->write_vehicle(vehicle, {}).ok());
    }

    // Makes it and returns its path, relative to the output folder.
    std::string picture(const std::string& name) {
        const std::string relative = std::string("crops/") + kVideo + "/" + name;
        fs::create_directories(fs::path(folder_.path() + "/" + relative).parent_path());
        std::ofstream(folder_.path() + "/" + relative) << "a picture";
        return relative;
    }

    std::vector<std::string> pictures() const {
        std::vector<std::string> names;
        for (const auto& entry : fs::directory_iterator(folder_.path() + "/crops/" + kVideo)) {
            names.push_back(entry.path().filename().string());
        }
        return names;
    }

    Result<void> finish() {
        TaskSlot task{};
        FinishVideoMessage message;
        message.end.outcome = VideoOutcome::kFinished;
        task.payload = Payload::of(message);
        FinalWriteStage stage(open_store(url_, Access::kReadWrite).value(), folder_.path());
        StageOutput output;
        return stage.run({task, {}, {}, {}, video_}, output);
    }

    void execute(const std::string& statement) {
        sqlite3* database = nullptr;
        ASSERT_EQ(sqlite3_open((folder_.path() + "/dashcam.db").c_str(), &database), SQLITE_OK);
        EXPECT_EQ(sqlite3_exec(database, statement.c_str(), nullptr, nullptr, nullptr), SQLITE_OK);
        sqlite3_close(database);
    }

    TemporaryFolder folder_;
    std::string url_;
    VideoDescription video_;
};

TEST_F(FinalWrite, AFinishedVideoKeepsThePicturesThatItsRowsName) {
    picture("7-16-vehicle.jpg");
    ASSERT_TRUE(finish().ok());
    EXPECT_THAT(pictures(), testing::ElementsAre("1-0-vehicle.jpg"));
}

// A kill storm stopped a worker after the commit, and killed main: the next run took the video for
// done, and the picture of a track without a row stayed for ever. A commit that fails stands for
// it.
TEST_F(FinalWrite, PicturesAreTidiedBeforeTheVideoIsFinished) {
    picture("7-16-vehicle.jpg");
    execute(
        "CREATE TRIGGER dies BEFORE UPDATE ON videos WHEN NEW.status = 'finished' "
        "BEGIN SELECT RAISE(ABORT, 'killed'); END");
    ASSERT_FALSE(finish().ok());
    EXPECT_THAT(pictures(), testing::ElementsAre("1-0-vehicle.jpg"));
    execute("DROP TRIGGER dies");
    ASSERT_TRUE(finish().ok());
    EXPECT_THAT(pictures(), testing::ElementsAre("1-0-vehicle.jpg"));
}

}  // namespace
}  // namespace dashcam
