#include "annotate/label_places.h"

#include <gtest/gtest.h>

#include <random>

#include "stores/testing/sample_rows.h"

namespace dashcam {
namespace {

constexpr float kWidth = 640, kHeight = 360;

bool overlap(const Box& a, const Box& b) {
    return a.x0 < b.x1 && b.x0 < a.x1 && a.y0 < b.y1 && b.y0 < a.y1;
}

void expect_apart_and_inside(const std::vector<Box>& places) {
    for (std::size_t i = 0; i < places.size(); ++i) {
        EXPECT_GE(places[i].x0, 0) << i;
        EXPECT_GE(places[i].y0, 0) << i;
        EXPECT_LE(places[i].x1, kWidth) << i;
        EXPECT_LE(places[i].y1, kHeight) << i;
        for (std::size_t j = 0; j < i; ++j) EXPECT_FALSE(overlap(places[i], places[j])) << i << j;
    }
}

TEST(LabelPlaces, OneAloneStandsAboveItsBoxOrInItAtTheTop) {
    const auto places = label_places({{{100, 100, 200, 200}, 80, 16}}, kWidth, kHeight);
    EXPECT_EQ(places, (std::vector<Box>{{100, 84, 180, 100}}));
    EXPECT_EQ(label_places({{{100, 5, 200, 90}, 80, 16}}, kWidth, kHeight),
              (std::vector<Box>{{100, 5, 180, 21}}));
    EXPECT_EQ(label_places({{{600, 100, 640, 200}, 80, 16}}, kWidth, kHeight),
              (std::vector<Box>{{560, 84, 640, 100}}));
}

TEST(LabelPlaces, NeighboursAndTheSameBoxDoNotCoverEachOther) {
    // Side by side; nearly the same; one in the other.
    const std::vector<LabelToPlace> labels{{{100, 100, 200, 200}, 120, 16},
                                           {{150, 102, 260, 210}, 120, 16},
                                           {{152, 104, 262, 212}, 120, 16},
                                           {{110, 110, 140, 140}, 120, 16}};
    const auto places = label_places(labels, kWidth, kHeight);
    expect_apart_and_inside(places);
    EXPECT_EQ(places[0], (Box{100, 84, 220, 100})) << "the first one's place is its own";
}

TEST(LabelPlaces, ManyAtOnePlaceAreStackedUntilTheFrameIsFull) {
    const LabelToPlace label{{300, 170, 340, 190}, 100, 20};
    expect_apart_and_inside(label_places(std::vector<LabelToPlace>(15, label), kWidth, kHeight));
    // More than fit: still a place for each.
    EXPECT_EQ(label_places(std::vector<LabelToPlace>(40, label), kWidth, kHeight).size(), 40u);
}

TEST(LabelPlaces, TwelveVehiclesAnywhereAreApart) {
    Random random(test_seed());
    for (int round = 0; round < 200; ++round) {
        std::vector<LabelToPlace> labels;
        for (int i = 0; i < 12; ++i) {
            const auto x = static_cast<float>(random() % 620),
                       y = static_cast<float>(random() % 340);
            const auto side = static_cast<float>(20 + random() % 100);
            labels.push_back({{x, y, x + side, y + side}, 90, 14});
        }
        expect_apart_and_inside(label_places(labels, kWidth, kHeight));
    }
}

}  // namespace
}  // namespace dashcam
