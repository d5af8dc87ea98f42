#include "inference/box_decoding.h"

#include <gtest/gtest.h>

#include <limits>

namespace dashcam {
namespace {

std::vector<BoxCandidate> candidates(const std::vector<Box>& boxes,
                                     const std::vector<float>& scores) {
    std::vector<float> flat;
    for (const Box& b : boxes) flat.insert(flat.end(), {b.x0, b.y0, b.x1, b.y1});
    return select_boxes(flat, scores, 0.2f);
}

TEST(SelectBoxes, OrdersByScoreThenPlace) {
    const auto found =
        candidates({{5, 0, 9, 9}, {1, 4, 9, 9}, {1, 2, 9, 9}, {0, 0, 9, 9}, {1, 2, 9, 9}},
                   {0.5f, 0.5f, 0.5f, 0.9f, 0.5f});
    std::vector<std::uint32_t> rows;
    for (const BoxCandidate& c : found) rows.push_back(c.row);
    EXPECT_EQ(rows, (std::vector<std::uint32_t>{3, 2, 4, 1, 0}));
}

TEST(SelectBoxes, LeavesOutLowScoresAndNumbersThatAreNone) {
    const float nan = std::numeric_limits<float>::quiet_NaN();
    const float infinity = std::numeric_limits<float>::infinity();
    const auto found = candidates({{0, 0, 1, 1},
                                   {0, 0, 1, 1},
                                   {0, nan, 1, 1},
                                   {0, 0, infinity, 1},
                                   {0, 0, 1, 1},
                                   {2, 0, 3, 1}},
                                  {0.19f, nan, 0.9f, 0.9f, infinity, 0.2f});
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].row, 5U);
}

TEST(SuppressOverlaps, KeepsTheBetterOfTwoThatOverlapMoreThanAllowed) {
    // IoU of the first two is 80 / 120, of the first and third 50 / 150.
    const auto found =
        candidates({{0, 0, 10, 10}, {2, 0, 12, 10}, {5, 0, 15, 10}}, {0.5f, 0.9f, 0.4f});
    const auto kept = suppress_overlaps(found, 0.55f, 10);
    ASSERT_EQ(kept.size(), 2U);
    EXPECT_EQ(kept[0].row, 1U);
    EXPECT_EQ(kept[1].row, 2U);
    EXPECT_EQ(suppress_overlaps(found, 0.7f, 10).size(), 3U);
}

TEST(SuppressOverlaps, WhatASuppressedBoxCoversStays) {
    // A covers B, B covers C, A does not cover C: B must not take C with it.
    const auto found =
        candidates({{0, 0, 10, 10}, {3, 0, 13, 10}, {6, 0, 16, 10}}, {0.9f, 0.8f, 0.7f});
    const auto kept = suppress_overlaps(found, 0.5f, 10);
    ASSERT_EQ(kept.size(), 2U);
    EXPECT_EQ(kept[1].row, 2U);
}

TEST(SuppressOverlaps, AllowsExactlyTheLimitAndNoMoreThanAsked) {
    // Half of each covered: IoU 1/3.
    const auto found = candidates({{0, 0, 10, 10}, {5, 0, 15, 10}}, {0.9f, 0.8f});
    EXPECT_EQ(suppress_overlaps(found, 50.0f / 150.0f, 10).size(), 2U);
    EXPECT_EQ(suppress_overlaps(found, 0.9f, 1).size(), 1U);
}

TEST(WithoutParts, AMirrorGoesAndWhatIsInFrontOrBesideStays) {
    const Box car{100, 100, 200, 200};
    const std::vector<std::pair<Box, bool>> cases = {
        {{180, 110, 204, 130}, false},  // its mirror
        {{100, 100, 150, 180}, false},  // its left half, without the wheels
        {{120, 150, 160, 195}, true},   // in front of it: stands as low
        {{120, 150, 160, 215}, true},   // nearer
        {{190, 110, 260, 150}, true},   // behind it, to the right
        {{60, 60, 240, 180}, true},     // around it
    };
    for (const auto& [other, stays] : cases) {
        const auto kept = without_parts({{car, 0.9f, 0}, {other, 0.6f, 1}});
        EXPECT_EQ(kept.size(), stays ? 2U : 1U) << other.x0 << " " << other.y0;
        EXPECT_EQ(kept[0].row, 0U);
        EXPECT_EQ(without_parts({{other, 0.9f, 1}}).size(), 1U);
    }
}

TEST(WithoutParts, APartOfWhatWasLeftOutStays) {
    // The third lies in the second, the second in the first, the third hardly in the first.
    const auto kept = without_parts({{{0, 0, 100, 100}, 0.9f, 0},
                                     {{70, 0, 107, 60}, 0.8f, 1},
                                     {{95, 10, 107, 30}, 0.7f, 2}});
    ASSERT_EQ(kept.size(), 2U);
    EXPECT_EQ(kept[1].row, 2U);
}

}  // namespace
}  // namespace dashcam
