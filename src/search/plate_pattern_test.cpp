#include "search/plate_pattern.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "search/confusions.h"
#include "search/fuzzy_match.h"

namespace dashcam {
namespace {

PlateTextRow row(const std::string& text, double probability = 1) {
    PlateTextRow row;
    row.text = text;
    row.probability = probability;
    for (const char c : text) {
        if (c == '?') row.unknown.push_back({0.5, {{'8', 0.6}, {'B', 0.3}}});
    }
    return row;
}

double match(const std::string& pattern, const std::string& text) {
    return PlatePattern::parse(pattern)->match(row(text));
}

double near(const std::string& pattern, const std::string& text, double probability = 0.5) {
    return fuzzy_match(*PlatePattern::parse(pattern), row(text, probability));
}

TEST(PlatePattern, IsReadAsPeopleWritePlates) {
    EXPECT_EQ(PlatePattern::parse(" ab 12-cd.e ")->text(), "AB12CDE");
    EXPECT_EQ(PlatePattern::parse("a**?*")->text(), "A*?*");
    const TextTest test = PlatePattern::parse("A?1*")->test();
    ASSERT_EQ(test.size(), 4u);
    EXPECT_THAT(test[0], testing::ElementsAre("A_1%"));
    EXPECT_THAT(test[1], testing::ElementsAre("?_1%", "A_?%"));
    EXPECT_THAT(test[2], testing::ElementsAre("?_?%"));
    EXPECT_THAT(test[3], testing::IsEmpty()) << "no other text passes";
    EXPECT_EQ(PlatePattern::parse("AB12CDE")->test().size(), 3u) << "three unknown always pass";
    EXPECT_TRUE(PlatePattern::parse("*")->is_everything());
}

TEST(PlatePattern, RefusesTheRestInOneLine) {
    for (const std::string& text :
         {std::string(), std::string(" - "), std::string("AB_12"), std::string("AB%"),
          std::string("[AB]"), std::string("\xC3\x84"), std::string("\x1b[31m"), std::string("A\n"),
          std::string(40, 'A')}) {
        const auto parsed = PlatePattern::parse(text);
        ASSERT_FALSE(parsed.ok()) << text;
        EXPECT_EQ(parsed.error().message.find_first_of("\n\x1b"), std::string::npos);
    }
}

TEST(PlatePattern, MatchesWildcards) {
    for (const char* pattern : {"AB12CD", "AB*", "*CD", "*B12*", "A?12C?", "*", "??????", "A*D",
                                "A*1*D", "*A*B*1*2*C*D*", "AB12CD*", "*AB12CD"}) {
        EXPECT_EQ(match(pattern, "AB12CD"), 1) << pattern;
    }
    for (const char* pattern : {"AB12C", "B*", "*C", "*13*", "?????", "???????", "A*A", "B12CD"}) {
        EXPECT_EQ(match(pattern, "AB12CD"), 0) << pattern;
    }
}

TEST(PlatePattern, AsksThePosteriorOfUnknownCharacters) {
    EXPECT_DOUBLE_EQ(match("AB812C", "AB?12C"), 0.6);
    EXPECT_DOUBLE_EQ(match("ABB12C", "AB?12C"), 0.3);
    EXPECT_DOUBLE_EQ(match("ABX12C", "AB?12C"), 0);
    EXPECT_DOUBLE_EQ(match("AB?12C", "AB?12C"), 1);
    EXPECT_DOUBLE_EQ(match("*", "AB?12C"), 1);
    EXPECT_DOUBLE_EQ(match("*8B*", "A??C"), 0.18);
    EXPECT_DOUBLE_EQ(match("*8*", "??"), 0.6);
    PlateTextRow without = row("A?");
    without.unknown.clear();
    EXPECT_DOUBLE_EQ(PlatePattern::parse("AB")->match(without), 1.0 / 36);
}

TEST(FuzzyMatch, FollowsTheConfusionsOfTheNetwork) {
    EXPECT_GT(confusion('O', '0'), 0.1);
    // Better networks confuse less: what counts is that lookalikes stand out.
    EXPECT_GT(confusion('B', '8'), 10 * confusion('X', '8'));
    EXPECT_LT(confusion('X', '8'), 0.02);
    EXPECT_GT(near("AB0C12", "ABOC12"), near("ABXC12", "ABOC12"));
    EXPECT_GT(near("ABXC12", "ABOC12"), 0);
    EXPECT_GT(near("A81234", "AB1234"), 10 * near("AX1234", "AB1234"));
}

TEST(FuzzyMatch, TakesTwoErrorsAndOneShift) {
    EXPECT_GT(near("AB1234", "AB123"), 0);
    EXPECT_GT(near("AB1234", "AB12934"), 0);
    EXPECT_GT(near("AB1234", "B1234"), 0);
    EXPECT_GT(near("A80C12", "ABOC12"), 0);
    EXPECT_LT(near("A80C12", "ABOC12"), near("A8OC12", "ABOC12"));
    EXPECT_EQ(near("AB1234", "AB12"), 0) << "two lost";
    EXPECT_EQ(near("AB1234", "XY9234"), 0) << "three errors";
    EXPECT_EQ(near("AB1234", "AB1234"), 0) << "no error";
    EXPECT_GT(near("AB0*", "ABO123"), 0);
    EXPECT_GT(near("?B0?", "XBO1"), 0);
}

TEST(FuzzyMatch, SharesOutWhatThePlateLeavesOpen) {
    EXPECT_EQ(near("AB0C12", "ABOC12", 1), 0);
    EXPECT_NEAR(near("AB0C12", "ABOC12", 0.5), 5 * near("AB0C12", "ABOC12", 0.9), 1e-9);
    // All neighbours by one replacement together are less than what is open.
    double sum = 0;
    for (std::size_t i = 0; i < 6; ++i) {
        for (const char c : std::string("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")) {
            std::string other = "AB12CD";
            if (other[i] == c) continue;
            other[i] = c;
            sum += near(other, "AB12CD", 0.75);
        }
    }
    EXPECT_GT(sum, 0.1);
    EXPECT_LE(sum, 0.25);
}

}  // namespace
}  // namespace dashcam
