#include "report/explanation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pipeline/stages/fragments.h"
#include "pipeline/stages/rows_of.h"
#include "reading/fusion.h"
#include "reading/test_readings.h"
#include "report/provenance.h"

namespace dashcam {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::Each;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// A vehicle as a run writes it, with the readings that it was fused from.
VehicleWithReadings written(std::uint32_t track, const TrackEvidence& evidence) {
    VideoDescription video{};
    TrackFacts facts{};
    facts.track = track;
    facts.last.time_us = 1'000'000;
    facts.hits = 10;
    return {vehicle_row(video, facts, summarise_plate(evidence)),
            reading_rows(video, track, evidence)};
}

VehicleRecord record_of(const VehicleWithReadings& vehicle) {
    VehicleRecord record;
    record.vehicle = vehicle.row;
    record.readings = vehicle.readings;
    return record;
}

TrackEvidence well_read() {
    return evidence_of({reading_of(10, "KV67WRT"), reading_of(12, "KV67WRT", 0.9),
                        reading_of(14, "KV67WRT"), reading_of(16, "KV67WRT", 0.95)});
}

TEST(Explanation, GivesTheRowThatARunWrote) {
    const VehicleRecord record = record_of(written(3, well_read()));
    ASSERT_EQ(record.vehicle.plate, "KV67WRT");
    const Explanation explanation = explain(record);
    EXPECT_EQ(explanation.fused_again, FusedAgain::kSame);
    EXPECT_THAT(explanation.differences, IsEmpty());
    EXPECT_EQ(explanation.evidence.readings.size(), 4u);
    ASSERT_FALSE(explanation.conditions.empty());
    EXPECT_EQ(record.vehicle.tier, "confirmed");
    for (const TierCondition& condition : explanation.conditions) EXPECT_TRUE(condition.met);
    EXPECT_EQ(verdict(explanation), "confirmed: every condition is met.");
}

TEST(Explanation, NamesWhatIsNotAsStored) {
    VehicleRecord record = record_of(written(3, well_read()));
    record.vehicle.confidence -= 0.25;
    record.vehicle.region = "XX";
    const Explanation explanation = explain(record);
    EXPECT_EQ(explanation.fused_again, FusedAgain::kDiffers);
    EXPECT_THAT(explanation.differences,
                AllOf(Contains(HasSubstr("confidence")), Contains(HasSubstr("stored XX")),
                      Each(Not(HasSubstr("text")))));
}

// The first piece sees the plate badly, the second well, in the same frames and between them.
std::vector<VehicleWithReadings> overlapping_pieces() {
    const VehicleWithReadings poor =
        written(3, evidence_of({reading_of(11, "KV67WRT", 0.85), reading_of(12, "KV67WRT", 0.99),
                                reading_of(15, "KV67WRT", 0.85), reading_of(16, "KV67WRT", 0.99)}));
    return {poor, written(5, well_read())};
}

TEST(Explanation, FindsThePieceThatAJoinedRowHasItsTextFrom) {
    const auto pieces = overlapping_pieces();
    ASSERT_EQ(pieces[0].row.plate, pieces[1].row.plate);
    const VehicleWithReadings whole = merged(pieces);
    const bool second = whole.row.confidence == pieces[1].row.confidence;
    const Explanation explanation = explain(record_of(whole));
    EXPECT_EQ(explanation.fused_again, FusedAgain::kSameFromPart);
    ASSERT_EQ(explanation.evidence.readings.size(), 4u);
    EXPECT_EQ(explanation.evidence.readings[0].frame.index, second ? 10u : 11u);
    EXPECT_EQ(std::string(explanation.summary.text.data()), "KV67WRT");
    EXPECT_EQ(static_cast<double>(explanation.summary.confidence), whole.row.confidence);
}

TEST(Explanation, OlderRowsDoNotSayWhichPieceAReadingIsOf) {
    VehicleWithReadings whole = merged(overlapping_pieces());
    for (ReadingRow& reading : whole.readings) reading.piece = -1;
    EXPECT_EQ(explain(record_of(whole)).fused_again, FusedAgain::kDiffers);
    // One after the other they are found all the same.
    VehicleWithReadings later =
        written(5, evidence_of({reading_of(30, "KV67WRT", 0.9), reading_of(31, "KV67WRT"),
                                reading_of(33, "KV67WRT", 0.93)}));
    whole = merged({written(3, well_read()), later});
    for (ReadingRow& reading : whole.readings) reading.piece = -1;
    EXPECT_EQ(explain(record_of(whole)).fused_again, FusedAgain::kSameFromPart);
    for (ReadingRow& reading : whole.readings) reading.places.clear();
    EXPECT_EQ(explain(record_of(whole)).fused_again, FusedAgain::kIncomplete);
}

TEST(Explanation, SaysWhyThereIsNoText) {
    const Explanation never = explain(record_of(written(1, {})));
    EXPECT_EQ(never.fused_again, FusedAgain::kSame);
    EXPECT_THAT(never.conditions, IsEmpty());
    EXPECT_THAT(verdict(never), AllOf(HasSubstr("No text"), HasSubstr("never large enough")));
    TrackEvidence looked;
    looked.looks = 3;
    EXPECT_THAT(verdict(explain(record_of(written(1, looked)))),
                HasSubstr("no plate found (3 looks, 0 found a plate)"));
    const Explanation partial =
        explain(record_of(written(1, evidence_of({reading_of(10, "KV67WRT", 0.6)}))));
    EXPECT_EQ(partial.fused_again, FusedAgain::kSame);
    EXPECT_THAT(verdict(partial), Not(HasSubstr("every condition is met")));
}

TEST(Provenance, SaysHowManyFramesWereAnalysed) {
    RunRow run;
    run.settings_text = "dashcam 1.0\nanalysis rate 15\nvehicle model abc\n";
    EXPECT_EQ(provenance_text("hash", run), "dashcam 1.0; analysis rate 15; vehicle model abc");
    run.settings_text = "dashcam 1.0\nanalysis rate 0\n";
    run.started_at = "2024-05-06T07:08:09Z";
    EXPECT_EQ(provenance_text("hash", run),
              "dashcam 1.0; analysis rate: all frames (settings last used 2024-05-06T07:08:09Z)");
    EXPECT_THAT(provenance_text("hash\n", std::nullopt), HasSubstr("settings hash\\x0A"));
}

}  // namespace
}  // namespace dashcam
