#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>

#include <filesystem>
#include <fstream>

#include "inference/test_frames.h"
#include "pipeline/stages/crop_folder.h"
#include "pipeline/stages/plate_choice.h"
#include "pipeline/stages/rows_of.h"
#include "stores/testing/store_places.h"

namespace dashcam {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;

// ---------------------------------------------------------------- plate_of_vehicle

PlateDetection plate_at(float x, float y, float score) {
    PlateDetection plate;
    plate.corners.corners = {Point{x - 10, y - 3}, Point{x + 10, y - 3}, Point{x + 10, y + 3},
                             Point{x - 10, y + 3}};
    plate.score = score;
    return plate;
}

TEST(PlateOfVehicle, IsInsideItsBoxAndBest) {
    const Box vehicle{100, 100, 200, 180};
    PlateDetections plates;
    EXPECT_FALSE(plate_of_vehicle(plates, vehicle));
    plates.push_back(plate_at(250, 150, 0.99f));  // the neighbour's
    EXPECT_FALSE(plate_of_vehicle(plates, vehicle));
    plates.push_back(plate_at(150, 160, 0.5f));
    EXPECT_EQ(*plate_of_vehicle(plates, vehicle), plates[1]);
    plates.push_back(plate_at(150, 130, 0.8f));
    EXPECT_EQ(*plate_of_vehicle(plates, vehicle), plates[2]);
}

TEST(PlateOfVehicle, MiddleBeatsEdgeAtEqualScores) {
    const Box vehicle{100, 100, 200, 180};
    PlateDetections plates;
    plates.push_back(plate_at(198, 150, 0.7f));
    plates.push_back(plate_at(152, 150, 0.65f));
    EXPECT_EQ(*plate_of_vehicle(plates, vehicle), plates[1]);
}

// ---------------------------------------------------------------- rows

VideoDescription description() {
    VideoDescription video;
    put_text(video.id, "0123456789abcdef0123456789abcdef");
    put_text(video.path, "/clips/a.mp4");
    put_text(video.settings, "5e771465");
    video.width = 640;
    return video;
}

TEST(RowsOf, VideoThatEndedKeepsItsReason) {
    VideoEnd end;
    end.outcome = VideoOutcome::kTruncated;
    end.frames = 12;
    put_text(end.reason, std::string(5000, 'r'));
    const VideoRow row = video_row(description(), end, status_of(end.outcome));
    EXPECT_EQ(row.status, VideoStatus::kTruncated);
    EXPECT_EQ(row.frames, 12u);
    EXPECT_EQ(row.path, "/clips/a.mp4");
    EXPECT_EQ(row.reason, std::string(1023, 'r'));  // cut off, and still ended by a zero
    EXPECT_EQ(status_of(VideoOutcome::kFailed), VideoStatus::kFailed);
    EXPECT_EQ(status_of(VideoOutcome::kFinished), VideoStatus::kFinished);
}

TEST(RowsOf, VehicleWithoutPictureNamesNone) {
    TrackFacts facts;
    facts.track = 3;
    PlateSummary plate;
    VehicleRow row = vehicle_row(description(), facts, plate);
    EXPECT_EQ(row.best_shot, "");
    EXPECT_EQ(row.plate_shot, "");
    EXPECT_EQ(row.best_frame, -1);
    facts.best_shot_quality = 1;
    facts.best_shot_frame = 8;
    plate.readings = 2;
    plate.best_frame = 9;
    row = vehicle_row(description(), facts, plate);
    EXPECT_EQ(row.best_shot, "crops/0123456789abcdef0123456789abcdef/3-8-vehicle.jpg");
    EXPECT_EQ(row.plate_shot, "crops/0123456789abcdef0123456789abcdef/3-9-plate.jpg");
    EXPECT_EQ(row.best_frame, 9);
}

TEST(RowsOf, ReadingsWithoutAPlateAreNoRows) {
    TrackEvidence evidence;
    PlateReading reading;
    reading.frame.index = 4;
    add_reading(evidence, reading);
    reading.found = 1;
    reading.frame.index = 5;
    for (SlotPosterior& slot : reading.posterior) slot[kBlankSymbol] = 65535;
    reading.posterior[0] = {};
    reading.posterior[0][10] = 65535;  // A
    reading.posterior[1] = {};
    reading.posterior[1][7] = 32768;
    reading.posterior[1][1] = 32767;
    add_reading(evidence, reading);
    const auto rows = reading_rows(description(), 3, evidence);
    ASSERT_EQ(rows.size(), 1u);
    EXPECT_EQ(rows[0].frame, 5u);
    EXPECT_EQ(rows[0].text, "A7");
    EXPECT_NEAR(rows[0].confidence, 0.5, 1e-4);
}

// ---------------------------------------------------------------- pictures

class Crops : public testing::Test {
  protected:
    Crops() : frame_(frame_format(320, 240)), crops_(folder_.path()) { frame_.fill(100, 120, 140); }
    Result<void> write(std::uint32_t track, std::uint32_t frame,
                       const Box& box = {50, 50, 150, 120}) {
        return crops_.write("video", track, frame, CropKind::kVehicle, frame_.view(), box);
    }
    std::vector<std::string> files() const {
        std::vector<std::string> names;
        if (!fs::exists(folder_.path() + "/crops")) return names;
        for (const auto& entry : fs::recursive_directory_iterator(folder_.path() + "/crops")) {
            if (entry.is_regular_file()) names.push_back(entry.path().filename().string());
        }
        std::sort(names.begin(), names.end());
        return names;
    }

    TemporaryFolder folder_;
    TestFrame frame_;
    CropFolder crops_;
};

TEST_F(Crops, NamesFollowFromTheKeys) {
    EXPECT_EQ(CropFolder::relative_path("v", 1, 2, CropKind::kPlate), "crops/v/1-2-plate.jpg");
    ASSERT_TRUE(write(1, 2).ok());
    EXPECT_TRUE(crops_.exists("crops/video/1-2-vehicle.jpg"));
    EXPECT_EQ(files(), std::vector<std::string>{"1-2-vehicle.jpg"});
}

TEST_F(Crops, KeepOnlyLeavesOtherTracksAlone) {
    for (const std::uint32_t track : {1u, 11u}) {
        for (const std::uint32_t frame : {2u, 3u}) ASSERT_TRUE(write(track, frame).ok());
    }
    std::ofstream(folder_.path() + "/crops/video/1-5-vehicle.jpg.part-77")
        << "of a worker that was killed";
    crops_.keep_only("video", 1, {"crops/video/1-3-vehicle.jpg"});
    EXPECT_THAT(files(),
                testing::ElementsAre("1-3-vehicle.jpg", "11-2-vehicle.jpg", "11-3-vehicle.jpg"));
    crops_.keep_only("video", {"crops/video/11-2-vehicle.jpg"});
    EXPECT_THAT(files(), testing::ElementsAre("11-2-vehicle.jpg"));
    crops_.keep_only("video", {});
    EXPECT_FALSE(fs::exists(folder_.path() + "/crops/video"));
}

TEST_F(Crops, BoxesOutsideTheFrameAreNoError) {
    EXPECT_TRUE(write(1, 1, {-500, -500, -400, -400}).ok());
    EXPECT_TRUE(write(1, 2, {310, 230, 900, 900}).ok());
    EXPECT_TRUE(write(1, 3, {10, 10, 10, 10}).ok());
}

TEST_F(Crops, FolderThatCannotBeMadeIsAnErrorThatSaysWhatToDo) {
    std::ofstream(folder_.path() + "/crops") << "a file";
    const auto written = write(1, 2);
    ASSERT_FALSE(written.ok());
    EXPECT_THAT(written.error().message, AllOf(HasSubstr("1-2-vehicle.jpg"), HasSubstr("--out")));
}

// A limit on the size of files stands for a full disk: the write fails in the middle.
TEST_F(Crops, FullDiskLeavesNoHalfPicture) {
    std::mt19937_64 random(1);
    frame_ = random_frame(frame_format(320, 240), random);
    rlimit before{};
    ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
    const rlimit small{1000, before.rlim_max};
    const auto handler = signal(SIGXFSZ, SIG_IGN);
    ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
    const auto written = write(1, 2);
    setrlimit(RLIMIT_FSIZE, &before);
    signal(SIGXFSZ, handler);
    ASSERT_FALSE(written.ok());
    EXPECT_THAT(written.error().message, HasSubstr("free some space"));
    EXPECT_TRUE(files().empty());
    EXPECT_TRUE(write(1, 2).ok());
}

}  // namespace
}  // namespace dashcam
