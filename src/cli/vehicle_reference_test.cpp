#include "cli/vehicle_reference.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/result_filters.h"
#include "stores/testing/store_places.h"

namespace dashcam {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class VehicleReference : public testing::Test {
  protected:
    void SetUp() override {
        auto store = open_store("memory:", Access::kReadWrite);
        ASSERT_TRUE(store.ok());
        store_ = std::move(store).value();
        add("1f3a" + std::string(28, '0'), "/media/card/drive.mp4",
            {{1, "KV67WRT"}, {16, "AB12CD"}});
        add("2b00" + std::string(28, '0'), "/media/other/drive.mp4", {{16, "AB12CD"}});
        add("3c00" + std::string(28, '0'), "/media/other/a\nb.mp4", {{2, "XY99"}});
    }
    void add(const std::string& id, const std::string& path,
             const std::vector<std::pair<std::uint32_t, std::string>>& vehicles) {
        VideoRow video;
        video.id = id;
        video.path = path;
        ASSERT_TRUE(store_->begin_video(video).ok());
        for (const auto& [track, plate] : vehicles) {
            VehicleRow row;
            row.video = id;
            row.track = track;
            row.vehicle_class = "car";
            row.plate = plate;
            row.tier = "confirmed";
            ASSERT_TRUE(store_->write_vehicle(row, {}).ok());
        }
    }
    // "drive.mp4:16", or what is wrong.
    std::string found(const std::string& reference) {
        const auto named = find_vehicle(*store_, reference);
        if (!named.ok()) return named.error().message;
        return named->video.id.substr(0, 4) + ":" + std::to_string(named->vehicle.track);
    }
    std::unique_ptr<Store> store_;
};

TEST_F(VehicleReference, NamesByPathHashAndPlate) {
    EXPECT_EQ(found("card/drive.mp4:16"), "1f3a:16");
    EXPECT_EQ(found("/media/other/drive.mp4:16"), "2b00:16");
    EXPECT_EQ(found("./card/drive.mp4:1"), "1f3a:1");
    EXPECT_EQ(found("1f3a:16"), "1f3a:16");
    EXPECT_EQ(found("1F3A0000:16"), "1f3a:16");
    EXPECT_EQ(found("drive.mp4:1"), "1f3a:1") << "one of two clips of that name has a track 1";
    EXPECT_EQ(found("kv 67-wrt"), "1f3a:1");
    EXPECT_EQ(found("2"), "3c00:2") << "one clip has such a track";
    EXPECT_EQ(found("a\\x0Ab.mp4:2"), "3c00:2") << "as messages show it";
    EXPECT_EQ(found("a\nb.mp4:2"), "3c00:2");
}

TEST_F(VehicleReference, SaysWhatThereIsInstead) {
    EXPECT_THAT(found("drive.mp4:16"),
                AllOf(HasSubstr("2 clips"), HasSubstr("1f3a0000:16"), HasSubstr("2b000000:16")));
    EXPECT_THAT(found("AB12CD"), HasSubstr("2 vehicles have the plate"));
    EXPECT_THAT(found("rive.mp4:16"), HasSubstr("no clip is called"));
    EXPECT_THAT(found("1f3:16"), HasSubstr("no clip is called")) << "too short";
    EXPECT_THAT(found("card/drive.mp4:2"), HasSubstr("it has the tracks 1, 16"));
    EXPECT_THAT(found("drive.mp4"), HasSubstr("is a clip"));
    EXPECT_THAT(found("drive.mp4:x"), HasSubstr("a number"));
    EXPECT_THAT(found("drive.mp4:99999999999"), HasSubstr("a number"));
    EXPECT_THAT(found("ZZ"), HasSubstr("no vehicle has the plate"));
    EXPECT_THAT(found(""), HasSubstr("no vehicle has the plate"));
    EXPECT_THAT(found("16"),
                AllOf(HasSubstr("2 clips have a track 16"), HasSubstr("2b000000:16")));
    EXPECT_THAT(found("7"), HasSubstr("the plate or the track 7"));
    EXPECT_THAT(found("99999999999"), HasSubstr("no vehicle has the plate"));
}

TEST_F(VehicleReference, APlateOfDigitsIsNoTrack) {
    add("4d00" + std::string(28, '0'), "/media/other/c.mp4", {{5, "2"}});
    EXPECT_EQ(found("2"), "4d00:5");
}

TEST_F(VehicleReference, ACorrectedPlateCounts) {
    ASSERT_TRUE(store_->correct({"1f3a" + std::string(28, '0'), 1, "ZZ99ZZZ", "", ""}).ok());
    EXPECT_EQ(found("ZZ99ZZZ"), "1f3a:1");
    EXPECT_THAT(found("KV67WRT"), HasSubstr("no vehicle"));
    EXPECT_EQ(find_vehicle(*store_, "1f3a:1")->plate(), "ZZ99ZZZ");
    EXPECT_EQ(find_vehicle(*store_, "1f3a:1")->vehicle.plate, "KV67WRT");
}

TEST_F(VehicleReference, IsWrittenSoThatItIsFound) {
    const auto videos = *store_->videos();
    for (const VideoRow& video : videos) {
        VehicleFilter filter;
        filter.video = video.id;
        const auto vehicles = *store_->vehicles(filter);
        for (const VehicleRow& row : vehicles) {
            EXPECT_EQ(found(reference_of(video, row.track, videos)),
                      video.id.substr(0, 4) + ":" + std::to_string(row.track));
        }
    }
    EXPECT_EQ(videos_named(videos, "drive.mp4")->size(), 2u);
    EXPECT_EQ(videos_named(videos, "card/drive.mp4")->size(), 1u);
    EXPECT_FALSE(videos_named(videos, "none").ok());
}

}  // namespace
}  // namespace dashcam
