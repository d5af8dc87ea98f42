#include "evaluation/clip_evaluation.h"

#include <gtest/gtest.h>

namespace dashcam {
namespace {

VehicleWithReadings vehicle(const std::string& plate, const std::string& tier, double confidence,
                            const std::vector<std::pair<std::string, double>>& readings = {}) {
    VehicleWithReadings out;
    out.row.plate = plate;
    out.row.tier = tier;
    out.row.confidence = confidence;
    for (const auto& [text, sure] : readings) {
        ReadingRow reading;
        reading.text = text;
        reading.confidence = sure;
        out.readings.push_back(reading);
    }
    return out;
}

Share share(const EvaluationReport& report, const std::string& name) {
    for (const ReportSection& section : report.sections) {
        for (const Share& s : section.shares) {
            if (s.name == name) return s;
        }
    }
    ADD_FAILURE() << "no " << name;
    return {};
}

std::vector<std::string> verdicts(const EvaluationReport& report) {
    std::vector<std::string> out;
    for (const Verdict& verdict : report.verdicts) out.push_back(verdict.verdict);
    return out;
}

TEST(ClipEvaluation, ExactPartlyAndMissed) {
    const ClipResult clip{{"a.mp4", {{"AB123", true}, {"CD456", true}, {"EF789", true}}},
                          {vehicle("AB123", "confirmed", 0.99, {{"AB123", 0.9}, {"AB128", 0.95}}),
                           vehicle("CD4?6", "partial", 0.5)}};
    const EvaluationReport report = evaluate_clips({clip});
    EXPECT_EQ(verdicts(report), (std::vector<std::string>{"exact", "partly", "missed"}));
    EXPECT_EQ(share(report, "with fusion: exact, confirmed or probable").hits, 1U);
    EXPECT_EQ(share(report, "with fusion: exact, confirmed or probable").of, 3U);
    // The surest reading alone is wrong; fusion is what made it right.
    EXPECT_EQ(share(report, "without fusion: the track's surest reading is exact").hits, 0U);
    EXPECT_EQ(share(report, "single readings that are exact").hits, 1U);
    EXPECT_EQ(share(report, "single readings that are exact").of, 2U);
}

TEST(ClipEvaluation, AnExactTextOfALowTierIsPartly) {
    const ClipResult clip{{"a.mp4", {{"AB123", true}}}, {vehicle("AB123", "partial", 0.4)}};
    EXPECT_EQ(verdicts(evaluate_clips({clip})), (std::vector<std::string>{"partly"}));
}

TEST(ClipEvaluation, InventedAndNotListed) {
    const ClipResult empty{{"a.mp4", {}}, {vehicle("AB123", "confirmed", 0.99)}};
    const ClipResult listed{{"b.mp4", {{"ZZ999", true}}},
                            {vehicle("ZZ999", "probable", 0.9), vehicle("QQ111", "probable", 0.9),
                             vehicle("QQ112", "partial", 0.9)}};
    const EvaluationReport report = evaluate_clips({empty, listed});
    EXPECT_EQ(verdicts(report), (std::vector<std::string>{"invented", "exact", "not listed"}));
    EXPECT_EQ(share(report, "confirmed rows that are exactly in the truth").hits, 0U);
    EXPECT_EQ(share(report, "probable rows that are exactly in the truth").hits, 1U);
    EXPECT_EQ(share(report, "probable rows that are exactly in the truth").of, 2U);
}

TEST(ClipEvaluation, WhatNobodyCanReadIsNotCounted) {
    const ClipResult clip{{"a.mp4", {{"AB123", false}}}, {}};
    const EvaluationReport report = evaluate_clips({clip});
    EXPECT_EQ(share(report, "with fusion: exact, confirmed or probable").of, 0U);
    ASSERT_EQ(report.verdicts.size(), 1U);
    EXPECT_FALSE(report.verdicts[0].note.empty());
}

}  // namespace
}  // namespace dashcam
