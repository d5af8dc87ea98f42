#include "pipeline/video_reader/frame_choice.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace dashcam {
namespace {

// Numbers of the frames taken from a video of constant rate.
std::vector<int> taken(double rate, double frame_rate, int frames, double told_rate) {
    FrameChoice choice(rate, told_rate);
    std::vector<int> numbers;
    for (int i = 0; i < frames; ++i) {
        if (choice.take(std::llround(i * 1e6 / frame_rate))) numbers.push_back(i);
    }
    return numbers;
}

std::vector<int> taken(double rate, double frame_rate, int frames) {
    return taken(rate, frame_rate, frames, frame_rate);
}

TEST(FrameChoice, ZeroTakesAll) { EXPECT_EQ(taken(0, 30, 5), (std::vector<int>{0, 1, 2, 3, 4})); }

TEST(FrameChoice, TakesEvenly) {
    EXPECT_EQ(taken(10, 30, 10), (std::vector<int>{0, 3, 6, 9}));
    EXPECT_EQ(taken(10, 30000.0 / 1001, 10), (std::vector<int>{0, 3, 6, 9}));
    EXPECT_EQ(taken(10, 60, 13), (std::vector<int>{0, 6, 12}));
    EXPECT_EQ(taken(15, 30, 5), (std::vector<int>{0, 2, 4}));
}

TEST(FrameChoice, RoundsToTheNearestWholeStep) {
    EXPECT_EQ(taken(10, 25, 9), (std::vector<int>{0, 2, 4, 6, 8}));
    EXPECT_EQ(taken(10, 12, 4), (std::vector<int>{0, 1, 2, 3}));
}

TEST(FrameChoice, SlowVideosAreTakenWhole) {
    EXPECT_EQ(taken(10, 10, 4), (std::vector<int>{0, 1, 2, 3}));
    EXPECT_EQ(taken(10, 1, 3), (std::vector<int>{0, 1, 2}));
}

TEST(FrameChoice, AnUnknownRateNeverTakesMoreThanAsked) {
    EXPECT_EQ(taken(10, 30, 9, 0), (std::vector<int>{0, 3, 6}));
    EXPECT_EQ(taken(10, 25, 9, 0), (std::vector<int>{0, 3, 6}));
}

TEST(FrameChoice, AfterAGapTheNextFrameIsTaken) {
    FrameChoice choice(10, 30);
    EXPECT_TRUE(choice.take(0));
    EXPECT_FALSE(choice.take(33'333));
    EXPECT_TRUE(choice.take(5'000'000));
    EXPECT_FALSE(choice.take(5'033'333));
    EXPECT_TRUE(choice.take(5'100'000));
}

}  // namespace
}  // namespace dashcam
