// Corrections: to which vehicle they belong, and what every kind of store does with them.
#include "stores/corrections.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "stores/testing/sample_rows.h"
#include "stores/testing/store_places.h"

namespace dashcam {
namespace {

VehicleRow vehicle(std::uint32_t track, std::int64_t first_us, std::int64_t last_us, Box box,
                   const std::string& plate) {
    VehicleRow row;
    row.video = sample_id(1);
    row.track = track;
    row.vehicle_class = "car";
    row.first_us = first_us;
    row.last_us = last_us;
    row.largest_box = box;
    row.plate = plate;
    row.tier = "probable";
    row.confidence = 0.75;
    row.region = "GB";
    row.settings = "settings 1";
    for (const char c : plate) row.characters.push_back({0.9, {{c, 0.9}, {'8', 0.1}}});
    row.alternatives = {{"ALTERN", 0.125}, {"RARE", 0.001}};
    return row;
}

const Box kLeft{0, 0, 100, 100};
const Box kRight{500, 0, 600, 100};

Correction correction_of(const VehicleRow& row, const std::string& plate) {
    return {row.video, row.track, plate, "I saw it", "2024-05-06T07:08:09Z"};
}

// Where a correction of `then` goes when the video has these vehicles now.
std::int64_t assigned(const VehicleRow& then, const std::vector<VehicleRow>& now,
                      const std::string& plate = "GOOD") {
    std::vector<CorrectionRow> rows{correction_row(correction_of(then, plate), then, {})};
    assign_corrections(rows, now);
    EXPECT_EQ(rows[0].in_force, rows[0].vehicle >= 0 ? 1u : 0u);
    return rows[0].vehicle;
}

TEST(AssignCorrections, FindsTheSameVehicleWhateverElseIsThere) {
    const VehicleRow then = vehicle(7, 1000, 2000, kLeft, "BAD");
    EXPECT_EQ(assigned(then, {vehicle(1, 1000, 2000, kLeft, "BAD"), then}), 7);
    EXPECT_EQ(assigned(then, {}), -1);
}

TEST(AssignCorrections, FollowsTimeAndPlaceWhenNumbersChange) {
    const VehicleRow then = vehicle(7, 1000, 2000, kLeft, "BAD");
    EXPECT_EQ(assigned(then, {vehicle(7, 1000, 2000, kRight, "OTHER"),
                              vehicle(8, 1100, 2000, {0, 0, 98, 100}, "OTHER2")}),
              8);
    // Of two vehicles at the same time and nearly the same place, the text decides.
    EXPECT_EQ(assigned(then, {vehicle(1, 1000, 2000, kLeft, ""),
                              vehicle(2, 1000, 1900, {0, 0, 80, 100}, "BAD")}),
              2);
    EXPECT_EQ(assigned(then, {vehicle(1, 1000, 2000, kLeft, ""),
                              vehicle(2, 1000, 1900, {0, 0, 80, 100}, "GOOD")}),
              2);
    EXPECT_EQ(
        assigned(then, {vehicle(4, 1000, 2000, kLeft, "X"), vehicle(3, 1000, 2000, kLeft, "Y")}),
        3);
}

TEST(AssignCorrections, TakesNobodyRatherThanSomebodyElse) {
    const VehicleRow then = vehicle(7, 1000, 2000, kLeft, "");
    EXPECT_EQ(assigned(then, {vehicle(7, 1000, 2000, kRight, "OTHER")}, "GOOD"), 7)
        << "all its time is in common: just enough";
    EXPECT_EQ(assigned(then, {vehicle(7, 1100, 2000, kRight, "OTHER")}), -1);
    EXPECT_EQ(assigned(then, {vehicle(7, 2001, 3000, kLeft, "GOOD")}), -1);
    EXPECT_EQ(assigned(then, {vehicle(7, 1000, 1400, kLeft, "")}), 7);
    // No text is not a text in common.
    EXPECT_EQ(assigned(then, {vehicle(7, 1900, 2100, kRight, "")}), -1);
}

TEST(AssignCorrections, TheLastOneIsInForce) {
    const VehicleRow then = vehicle(7, 1000, 2000, kLeft, "BAD");
    std::vector<CorrectionRow> rows;
    for (const char* plate : {"ONE", "TWO", "THREE"}) {
        rows.push_back(correction_row(correction_of(then, plate), then, rows));
    }
    assign_corrections(rows, {then});
    EXPECT_EQ(rows[0].in_force + rows[1].in_force, 0u);
    EXPECT_EQ(rows[2].in_force, 1u);
    EXPECT_EQ(rows[2].number, 3u);
}

TEST(ApplyCorrection, ReplacesWhatWasReadOfThePlate) {
    const VehicleRow then = vehicle(7, 1000, 2000, kLeft, "BAD");
    const VehicleRow shown = apply(correction_row(correction_of(then, "GO1"), then, {}), then);
    EXPECT_EQ(shown.plate, "GO1");
    EXPECT_EQ(shown.tier, "corrected");
    EXPECT_EQ(shown.confidence, 1);
    EXPECT_EQ(shown.characters.size(), 3u);
    EXPECT_TRUE(shown.alternatives.empty());
    EXPECT_EQ(shown.region, "");
    EXPECT_EQ(shown.track, 7u);
    EXPECT_EQ(apply(correction_row(correction_of(then, "BAD"), then, {}), then).region, "GB");
}

class StoredCorrections : public testing::TestWithParam<const char*> {
  protected:
    void SetUp() override {
        place_ = make_place(GetParam());
        if (!place_) GTEST_SKIP() << PrivatePostgres::skip_message();
        auto store = open_store(place_->url(), Access::kReadWrite);
        ASSERT_TRUE(store.ok()) << store.error().message;
        store_ = std::move(store).value();
        Random random(1);
        video_ = sample_video(random, sample_id(1));
        process(vehicles_);
    }
    // One pass over the video.
    void process(const std::vector<VehicleRow>& vehicles) {
        ok(store_->begin_video(video_));
        std::vector<std::uint32_t> tracks;
        for (const VehicleRow& row : vehicles) {
            ok(store_->write_vehicle(row, {}));
            tracks.push_back(row.track);
        }
        ok(store_->finish_video(video_, tracks));
    }
    template <typename T>
    static void ok(const Result<T>& result) {
        ASSERT_TRUE(result.ok()) << result.error().message;
    }
    template <typename T>
    static T taken(Result<T> result) {
        EXPECT_TRUE(result.ok()) << result.error().message;
        return result.ok() ? std::move(result).value() : T();
    }
    std::vector<std::string> plates(VehicleFilter filter = {}) {
        filter.view = PlateView::kCorrected;
        std::vector<std::string> found;
        for (const VehicleRow& row : taken(store_->vehicles(filter))) {
            found.push_back(std::to_string(row.track) + " " + row.plate + " " + row.tier);
        }
        return found;
    }
    std::vector<std::string> texts(std::uint32_t track) {
        std::vector<std::string> found;
        for (const PlateTextRow& row : taken(store_->plate_texts(video_.id, track))) {
            found.push_back(row.text + " " + std::string(to_string(row.kind)));
        }
        return found;
    }

    std::vector<VehicleRow> vehicles_{vehicle(1, 1000, 2000, kLeft, "A?1"),
                                      vehicle(2, 1000, 3000, kRight, "BB22"),
                                      vehicle(3, 5000, 6000, kLeft, "")};
    VideoRow video_;
    std::unique_ptr<StorePlace> place_;
    std::unique_ptr<Store> store_;
};

using testing::ElementsAre;
using testing::IsEmpty;

TEST_P(StoredCorrections, ShowThePlateAndKeepTheRows) {
    const std::string before = taken(dump(*store_));
    const CorrectionRow row = taken(store_->correct(correction_of(vehicles_[1], "GOOD")));
    EXPECT_EQ(row.number, 1u);
    EXPECT_EQ(row.vehicle, 2);
    EXPECT_EQ(row.in_force, 1u);
    EXPECT_EQ(row.plate_before, "BB22");
    EXPECT_EQ(row.largest_box, kRight);
    EXPECT_EQ(taken(store_->corrections(video_.id)), std::vector{row});
    EXPECT_EQ(taken(store_->corrections(std::nullopt)), std::vector{row});
    EXPECT_THAT(taken(store_->corrections(sample_id(9))), IsEmpty());
    EXPECT_EQ(taken(dump(*store_)), before);
    EXPECT_EQ(taken(store_->vehicles({})), vehicles_);
    EXPECT_THAT(plates(), ElementsAre("1 A?1 probable", "2 GOOD corrected", "3  probable"));
}

TEST_P(StoredCorrections, FiltersSeeTheView) {
    ok(store_->correct(correction_of(vehicles_[1], "GOOD")));
    VehicleFilter filter;
    filter.plate = "GOOD";
    EXPECT_THAT(plates(filter), ElementsAre("2 GOOD corrected"));
    EXPECT_THAT(taken(store_->vehicles(filter)), IsEmpty());
    filter.plate = "BB22";
    EXPECT_THAT(plates(filter), IsEmpty());
    EXPECT_EQ(taken(store_->vehicles(filter)).size(), 1u);
    filter = {};
    filter.tier = "corrected";
    EXPECT_THAT(plates(filter), ElementsAre("2 GOOD corrected"));
    filter.tier = "probable";
    EXPECT_THAT(plates(filter), ElementsAre("1 A?1 probable", "3  probable"));
    filter = {};
    filter.min_confidence = 0.9;
    EXPECT_THAT(plates(filter), ElementsAre("2 GOOD corrected"));
    filter.vehicle_class = "bus";
    EXPECT_THAT(plates(filter), IsEmpty());
    filter = {};
    filter.track = 2;
    EXPECT_THAT(plates(filter), ElementsAre("2 GOOD corrected"));
}

TEST_P(StoredCorrections, AreWhatAVehicleIsFoundBy) {
    EXPECT_THAT(texts(1), ElementsAre("A?1 read", "ALTERN alternative"));
    const auto rows = taken(store_->plate_texts(video_.id, 1));
    EXPECT_EQ(rows.at(0).unknown, std::vector{vehicles_[0].characters[1]});
    EXPECT_EQ(rows.at(0).probability, 0.75);
    EXPECT_EQ(rows.at(1).probability, 0.125);
    EXPECT_THAT(texts(3), ElementsAre("ALTERN alternative"));
    EXPECT_THAT(texts(4), IsEmpty());
    ok(store_->correct(correction_of(vehicles_[0], "GOOD")));
    EXPECT_THAT(texts(1), ElementsAre("GOOD corrected"));
    EXPECT_THAT(texts(2), ElementsAre("BB22 read", "ALTERN alternative"));
    ok(store_->correct(correction_of(vehicles_[0], "")));
    EXPECT_THAT(texts(1), IsEmpty());
}

TEST_P(StoredCorrections, OutliveALaterRun) {
    ok(store_->correct(correction_of(vehicles_[1], "GOOD")));
    ok(store_->correct(correction_of(vehicles_[2], "LATER")));
    ok(store_->begin_video(video_));
    EXPECT_EQ(taken(store_->corrections(video_.id)).at(0).vehicle, -1);
    process(vehicles_);
    EXPECT_THAT(plates(), ElementsAre("1 A?1 probable", "2 GOOD corrected", "3 LATER corrected"));

    // A run with another tracker numbers anew and splits the last vehicle.
    process({vehicle(11, 1000, 2000, kLeft, "A?1"), vehicle(12, 1050, 2900, kRight, "BB2"),
             vehicle(13, 5000, 5100, kLeft, ""), vehicle(14, 5110, 6000, kLeft, "")});
    EXPECT_THAT(plates(), ElementsAre("11 A?1 probable", "12 GOOD corrected", "13  probable",
                                      "14 LATER corrected"));
    EXPECT_THAT(texts(12), ElementsAre("GOOD corrected"));
    EXPECT_THAT(texts(13), ElementsAre("ALTERN alternative"));

    // One that does not find it, and one that does again.
    process({vehicle(1, 1000, 2000, kLeft, "A?1")});
    EXPECT_THAT(plates(), ElementsAre("1 A?1 probable"));
    EXPECT_EQ(taken(store_->corrections(video_.id)).size(), 2u);
    process(vehicles_);
    EXPECT_THAT(plates(), ElementsAre("1 A?1 probable", "2 GOOD corrected", "3 LATER corrected"));
}

TEST_P(StoredCorrections, StayWhenAVehicleIsWrittenAgain) {
    ok(store_->correct(correction_of(vehicles_[1], "GOOD")));
    ok(store_->write_vehicle(vehicles_[1], {}));
    EXPECT_THAT(texts(2), ElementsAre("GOOD corrected"));
    ok(store_->finish_video(video_, std::nullopt, {{vehicles_[1], {}}}));
    EXPECT_THAT(texts(2), ElementsAre("GOOD corrected"));
}

TEST_P(StoredCorrections, KeepEarlierOnes) {
    ok(store_->correct(correction_of(vehicles_[1], "FIRST")));
    ok(store_->correct(correction_of(vehicles_[1], "SECOND")));
    const auto rows = taken(store_->corrections(video_.id));
    ASSERT_EQ(rows.size(), 2u);
    EXPECT_EQ(rows[0].plate, "FIRST");
    EXPECT_EQ(rows[0].vehicle, 2);
    EXPECT_EQ(rows[0].in_force, 0u);
    EXPECT_EQ(rows[1].in_force, 1u);
    EXPECT_THAT(plates(), ElementsAre("1 A?1 probable", "2 SECOND corrected", "3  probable"));
}

TEST_P(StoredCorrections, CanBeTakenBackOneByOne) {
    const auto as_read = texts(2);
    ok(store_->correct(correction_of(vehicles_[1], "FIRST")));
    ok(store_->correct(correction_of(vehicles_[1], "SECOND")));
    ok(store_->correct(correction_of(vehicles_[0], "OTHER")));
    EXPECT_TRUE(taken(store_->withdraw_correction(video_.id, 2)));
    EXPECT_THAT(texts(2), ElementsAre("FIRST corrected"));
    EXPECT_TRUE(taken(store_->withdraw_correction(video_.id, 2)));
    EXPECT_EQ(texts(2), as_read);
    EXPECT_FALSE(taken(store_->withdraw_correction(video_.id, 2)));
    EXPECT_TRUE(taken(store_->withdraw_correction(video_.id, 1)));
    EXPECT_THAT(taken(store_->corrections(video_.id)), IsEmpty());
    EXPECT_FALSE(taken(store_->withdraw_correction(sample_id(9), 1)));
}

TEST_P(StoredCorrections, TakeAnyBytes) {
    Correction correction = correction_of(vehicles_[1], "GOOD");
    correction.reason = std::string("'; DROP TABLE videos; -- \0\xFF\\ :p0 \n", 34);
    const CorrectionRow row = taken(store_->correct(correction));
    EXPECT_EQ(row.reason, correction.reason);
    EXPECT_EQ(taken(store_->corrections(video_.id)), std::vector{row});
}

TEST_P(StoredCorrections, OfNoVehicleAreRefused) {
    for (const auto& [video, track] : {std::pair(video_.id, 99u), std::pair(sample_id(9), 1u)}) {
        const auto corrected = store_->correct({video, track, "GOOD", "", ""});
        ASSERT_FALSE(corrected.ok());
        EXPECT_THAT(corrected.error().message,
                    testing::AllOf(testing::HasSubstr("there is no vehicle"),
                                   testing::HasSubstr(std::to_string(track))));
    }
    EXPECT_THAT(taken(store_->corrections(std::nullopt)), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Stores, StoredCorrections,
                         testing::Values("memory", "sqlite", "postgresql"),
                         [](const auto& test) { return std::string(test.param); });

}  // namespace
}  // namespace dashcam
