#include "pipeline/stages/fragments.h"

#include <gtest/gtest.h>

namespace dashcam {
namespace {

VehicleRow row(std::uint32_t track, const std::string& plate, double first_s, double last_s,
               const std::string& tier = "confirmed") {
    VehicleRow r;
    r.video = "v";
    r.track = track;
    r.vehicle_class = "car";
    r.class_confidence = 1;
    r.plate = plate;
    r.tier = tier;
    r.first_us = static_cast<std::int64_t>(first_s * 1e6);
    r.last_us = static_cast<std::int64_t>(last_s * 1e6);
    r.largest_box = {0, 0, 10, 10};
    r.hits = 10;
    r.confidence = 0.9;
    return r;
}

ReadingRow reading(std::uint32_t track, std::uint32_t frame, double confidence) {
    ReadingRow r;
    r.video = "v";
    r.track = track;
    r.frame = frame;
    r.confidence = confidence;
    return r;
}

using Groups = std::vector<std::vector<std::uint32_t>>;

TEST(FragmentGroups, SamePlateInTouchingTimesIsOneVehicle) {
    EXPECT_EQ(
        fragment_groups({row(1, "AB123", 0, 2), row(4, "AB123", 4, 6), row(2, "AB123", 1, 5)}),
        (Groups{{1, 2, 4}}));
}

TEST(FragmentGroups, ALongGapIsAnotherEncounter) {
    EXPECT_EQ(fragment_groups({row(1, "AB123", 0, 2), row(2, "AB123", 5.1, 6)}), Groups{});
    EXPECT_EQ(fragment_groups({row(1, "AB123", 0, 2), row(2, "AB123", 5.0, 6)}), (Groups{{1, 2}}));
    EXPECT_EQ(fragment_groups({row(1, "AB123", 0, 2), row(2, "AB123", 3, 4),
                               row(3, "AB123", 60, 61), row(4, "AB123", 61, 62)}),
              (Groups{{1, 2}, {3, 4}}));
}

TEST(FragmentGroups, ALongTrackCoversAShortOneInside) {
    EXPECT_EQ(
        fragment_groups({row(1, "AB123", 0, 20), row(2, "AB123", 1, 2), row(3, "AB123", 22, 23)}),
        (Groups{{1, 2, 3}}));
}

TEST(FragmentGroups, OtherPlatesAndUncertainTextsStayApart) {
    EXPECT_EQ(fragment_groups({row(1, "AB123", 0, 2), row(2, "AB124", 0, 2),
                               row(3, "", 0, 2, "none"), row(4, "", 0, 2, "none"),
                               row(5, "AB12?", 0, 2, "partial"), row(6, "AB12?", 0, 2, "partial")}),
              Groups{});
}

TEST(Merged, SpansAllAndKeepsTheBestOfEach) {
    VehicleRow a = row(3, "AB123", 1, 2, "probable");
    a.first_box = {1, 1, 2, 2};
    a.plate_shot = "a-plate";
    a.best_shot = "a-vehicle";
    VehicleRow b = row(7, "AB123", 0.5, 1.5);
    b.vehicle_class = "truck";
    b.class_confidence = 0.9;
    b.hits = 30;
    b.first_box = {5, 5, 6, 6};
    b.largest_box = {0, 0, 50, 50};
    b.plate_shot = "b-plate";
    b.best_shot = "b-vehicle";
    const VehicleWithReadings whole =
        merged({{a, {reading(3, 30, 0.5), reading(3, 40, 0.9)}}, {b, {reading(7, 30, 0.8)}}});
    EXPECT_EQ(whole.row.track, 3u);
    EXPECT_EQ(whole.row.first_us, 500'000);
    EXPECT_EQ(whole.row.first_box, b.first_box);
    EXPECT_EQ(whole.row.last_us, 2'000'000);
    EXPECT_EQ(whole.row.tier, "confirmed");
    EXPECT_EQ(whole.row.plate_shot, "b-plate");
    EXPECT_EQ(whole.row.best_shot, "b-vehicle");
    EXPECT_EQ(whole.row.hits, 40u);
    EXPECT_EQ(whole.row.vehicle_class, "truck");
    EXPECT_DOUBLE_EQ(whole.row.class_confidence, 27.0 / 40);
    ASSERT_EQ(whole.readings.size(), 2u);
    EXPECT_EQ(whole.readings[0], reading(3, 30, 0.8));
    EXPECT_EQ(whole.readings[1], reading(3, 40, 0.9));
    EXPECT_EQ(whole.row.readings, 2u);
}

TEST(Merged, KeepsEachReadingThatTheTextWasFusedFrom) {
    // The second fragment has the text; where both were read, its own reading stays, however poor.
    const auto piece = [](std::uint32_t track, std::uint32_t frame, double confidence) {
        ReadingRow r = reading(track, frame, confidence);
        r.piece = track;
        return r;
    };
    const VehicleWithReadings whole =
        merged({{row(1, "AB123", 0, 2, "probable"), {piece(1, 10, 0.9), piece(1, 20, 0.9)}},
                {row(2, "AB123", 0, 2), {piece(2, 10, 0.2), piece(2, 30, 0.1)}},
                {row(3, "AB123", 0, 2, "probable"), {piece(3, 20, 0.95), piece(3, 30, 0.99)}}});
    std::vector<std::pair<std::uint32_t, std::int64_t>> kept;
    for (const ReadingRow& r : whole.readings) {
        EXPECT_EQ(r.track, 1u);
        kept.push_back({r.frame, r.piece});
    }
    EXPECT_EQ(kept,
              (std::vector<std::pair<std::uint32_t, std::int64_t>>{{10, 2}, {20, 3}, {30, 2}}));
}

TEST(JoinFragments, JoiningTwiceChangesNothing) {
    auto store = open_store("memory:", Access::kReadWrite).value();
    VideoRow video;
    video.id = "v";
    ASSERT_TRUE(store->begin_video(video).ok());
    for (const std::uint32_t track : {1u, 2u, 3u}) {
        const VehicleRow vehicle = row(track, track == 3 ? "XY999" : "AB123", track, track + 1.0);
        ASSERT_TRUE(store->write_vehicle(vehicle, {reading(track, track, 0.9)}).ok());
    }
    std::string after_first;
    for (int pass = 0; pass < 2; ++pass) {
        const auto rows = store->vehicles({}).value();
        const auto joined = join_fragments(*store, rows);
        ASSERT_TRUE(joined.ok());
        EXPECT_EQ(joined->kept_tracks, (std::vector<std::uint32_t>{1, 3}));
        ASSERT_TRUE(store->finish_video(video, joined->kept_tracks, joined->rewritten).ok());
        const std::string dumped = dump(*store).value();
        if (pass == 1) {
            EXPECT_EQ(dumped, after_first);
        }
        after_first = dumped;
    }
    EXPECT_EQ(store->readings("v", 1).value().size(), 2u);
}

}  // namespace
}  // namespace dashcam
