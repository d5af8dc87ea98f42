#include "evaluation/plate_counts.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace dashcam {
namespace {

PlateOutcome outcome(const std::string& truth, const std::string& shown, const std::string& tier,
                     double confidence) {
    PlateOutcome out;
    out.truth = truth;
    out.shown = shown;
    out.tier = tier;
    out.confidence = confidence;
    return out;
}

const Share& share(const std::vector<ReportSection>& sections, const std::string& title,
                   const std::string& name) {
    static const Share kNone;
    for (const ReportSection& section : sections) {
        if (section.title.find(title) == std::string::npos) continue;
        for (const Share& s : section.shares) {
            if (s.name == name) return s;
        }
    }
    ADD_FAILURE() << "no '" << name << "' under '" << title << "'";
    return kNone;
}

TEST(PlateCounts, StrictMergedAndTop) {
    PlateOutcome ranked = outcome("AB12CDE", "AB12CDF", "probable", 0.6);
    ranked.ranked = {"AB12CDF", "AB12CDE"};
    const auto sections = count_plates({outcome("AB10", "AB10", "confirmed", 0.99),
                                        outcome("AB10", "ABIO", "probable", 0.7), ranked,
                                        outcome("XYZ", "", "none", 0)});
    EXPECT_EQ(share(sections, "known text", "exact").hits, 1U);
    EXPECT_EQ(share(sections, "known text", "exact").of, 4U);
    EXPECT_EQ(share(sections, "known text", "exact, O=0 and I=1").hits, 2U);
    EXPECT_EQ(share(sections, "known text", "among the 10 likeliest texts").hits, 2U);
    EXPECT_EQ(share(sections, "tier", "shown at all").hits, 3U);
    // 2 + 1 + 3 wrong of 4 + 4 + 7 + 3.
    EXPECT_DOUBLE_EQ(sections[0].figures.at(0).value, 6.0 / 18);
}

TEST(PlateCounts, APartialTextIsRightIfWhatItShowsIs) {
    const auto sections = count_plates(
        {outcome("AB12", "A?12", "partial", 0.5), outcome("AB12", "AX?2", "partial", 0.5)});
    EXPECT_EQ(share(sections, "tier", "partial").hits, 1U);
    EXPECT_EQ(share(sections, "tier", "partial").of, 2U);
}

TEST(PlateCounts, ReliabilityCountsWholeTextsOnly) {
    const auto sections = count_plates({outcome("A1", "A1", "confirmed", 0.99),
                                        outcome("A1", "B1", "confirmed", 0.99),
                                        outcome("A1", "A?", "partial", 0.99)});
    EXPECT_EQ(share(sections, "reliability", "0.98 and more").hits, 1U);
    EXPECT_EQ(share(sections, "reliability", "0.98 and more").of, 2U);
}

TEST(PlateCounts, SplitsByWidthAndLines) {
    PlateOutcome narrow = outcome("A1", "A1", "probable", 0.8);
    narrow.width_px = 48;
    narrow.lines = 2;
    PlateOutcome wide = outcome("A1", "B1", "probable", 0.8);
    wide.width_px = 500;
    wide.lines = 1;
    const auto sections = count_plates({narrow, wide});
    EXPECT_EQ(share(sections, "width", "48 to 64 px").hits, 1U);
    EXPECT_EQ(share(sections, "width", "0 to 48 px").of, 0U);
    EXPECT_EQ(share(sections, "width", "160 px and more").of, 1U);
    EXPECT_EQ(share(sections, "lines", "two lines").hits, 1U);
    EXPECT_EQ(share(sections, "lines", "one line").hits, 0U);
}

// Against values published with Wilson's method (Newcombe 1998, table I: 81 of 263, 15 of 148).
TEST(WilsonInterval, PublishedValues) {
    EXPECT_NEAR(wilson_interval(81, 263).low, 0.2553, 5e-5);
    EXPECT_NEAR(wilson_interval(81, 263).high, 0.3662, 5e-5);
    EXPECT_NEAR(wilson_interval(15, 148).low, 0.0624, 5e-5);
    EXPECT_NEAR(wilson_interval(15, 148).high, 0.1605, 5e-5);
    EXPECT_EQ(wilson_interval(0, 0).high, 1);
}

}  // namespace
}  // namespace dashcam
