#include "pipeline/video_reader/frame_choice.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <random>
#include <vector>

namespace dashcam {
namespace {

constexpr int kWidth = 328;  // with remainders beside whole squares
constexpr int kHeight = 190;

// A picture that a test draws.
class Canvas {
  public:
    Canvas() : pixels(static_cast<std::size_t>(kWidth) * kHeight) { fill(100); }

    LumaPlane luma() const {
        if (no_plane) return {};
        return {pixels.data(), kWidth, kWidth, height};
    }

    void fill(int level) {
        std::fill(pixels.begin(), pixels.end(), static_cast<std::uint8_t>(level));
    }
    void rectangle(int x, int y, int width, int height_px, int level) {
        for (int row = y; row < y + height_px; ++row) {
            for (int column = x; column < x + width; ++column) {
                pixels[static_cast<std::size_t>(row) * kWidth + column] =
                    static_cast<std::uint8_t>(level);
            }
        }
    }

    std::vector<std::uint8_t> pixels;
    int height = kHeight;
    bool no_plane = false;
};

// Numbers of the frames taken from a video of constant rate; `draw` changes the picture before
// each.
std::vector<int> taken(
    const FrameChoice::Rates& rates, double frame_rate, int frames, double told_rate,
    const std::function<void(Canvas&, int)>& draw = [](Canvas&, int) {}) {
    FrameChoice choice(rates, told_rate);
    Canvas canvas;
    std::vector<int> numbers;
    for (int i = 0; i < frames; ++i) {
        draw(canvas, i);
        if (choice.take(std::llround(i * 1e6 / frame_rate), canvas.luma())) numbers.push_back(i);
    }
    return numbers;
}

std::vector<int> taken(double rate, double frame_rate, int frames) {
    return taken({rate, 0}, frame_rate, frames, frame_rate);
}

TEST(FrameChoice, ZeroTakesAll) {
    EXPECT_EQ(taken(0, 30, 5), (std::vector<int>{0, 1, 2, 3, 4}));
    EXPECT_EQ(taken({0, 4}, 30, 5, 30), (std::vector<int>{0, 1, 2, 3, 4}));
}

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
    EXPECT_EQ(taken({10, 0}, 30, 9, 0), (std::vector<int>{0, 3, 6}));
    EXPECT_EQ(taken({10, 0}, 25, 9, 0), (std::vector<int>{0, 3, 6}));
}

TEST(FrameChoice, AfterAGapTheNextFrameIsTaken) {
    FrameChoice choice({10, 0}, 30);
    const Canvas canvas;
    const LumaPlane luma = canvas.luma();
    EXPECT_TRUE(choice.take(0, luma));
    EXPECT_FALSE(choice.take(33'333, luma));
    EXPECT_TRUE(choice.take(5'000'000, luma));
    EXPECT_FALSE(choice.take(5'033'333, luma));
    EXPECT_TRUE(choice.take(5'100'000, luma));
}

TEST(FrameChoice, FewFramesOfAStillScene) {
    EXPECT_EQ(taken({15, 5}, 30, 20, 30), (std::vector<int>{0, 6, 12, 18}));
    // A rate for still scenes that is no lower changes nothing.
    EXPECT_EQ(taken({15, 15}, 30, 6, 30), (std::vector<int>{0, 2, 4}));
    EXPECT_EQ(taken({5, 15}, 30, 13, 30), (std::vector<int>{0, 6, 12}));
}

TEST(FrameChoice, AThingThatMovesIsSeenAtOnce) {
    const auto appears = [](Canvas& canvas, int i) {
        if (i == 8) canvas.rectangle(150, 100, 24, 12, 130);
    };
    EXPECT_EQ(taken({15, 5}, 30, 16, 30, appears), (std::vector<int>{0, 6, 8, 14}));
    const auto drives = [](Canvas& canvas, int i) {
        canvas.fill(100);
        canvas.rectangle(100 + 2 * i, 100, 40, 24, 150);
    };
    EXPECT_EQ(taken({15, 5}, 30, 10, 30, drives), (std::vector<int>{0, 2, 4, 6, 8}));
}

TEST(FrameChoice, SlowChangesAddUpUntilTheyAreSeen) {
    // One level in each frame: after the fifth it has moved by more than four.
    const auto dawns = [](Canvas& canvas, int i) { canvas.fill(60 + i); };
    EXPECT_EQ(taken({30, 1}, 30, 16, 30, dawns), (std::vector<int>{0, 5, 10, 15}));
}

TEST(FrameChoice, GrainIsNoMotion) {
    std::mt19937 random(7);
    std::normal_distribution<double> grain(0, 5);
    const auto noisy = [&](Canvas& canvas, int) {
        for (std::uint8_t& pixel : canvas.pixels) {
            pixel = static_cast<std::uint8_t>(std::clamp(100 + grain(random), 0.0, 255.0));
        }
    };
    EXPECT_EQ(taken({15, 5}, 30, 20, 30, noisy), (std::vector<int>{0, 6, 12, 18}));
}

TEST(FrameChoice, WhereNothingCanBeToldAllAreTaken) {
    const auto blind = [](Canvas& canvas, int) { canvas.no_plane = true; };
    EXPECT_EQ(taken({15, 5}, 30, 6, 30, blind), (std::vector<int>{0, 2, 4}));
    const auto tiny = [](Canvas& canvas, int) { canvas.height = 10; };
    EXPECT_EQ(taken({15, 5}, 30, 6, 30, tiny), (std::vector<int>{0, 2, 4}));
    const auto resized = [](Canvas& canvas, int i) { canvas.height = i < 4 ? kHeight : 100; };
    EXPECT_EQ(taken({15, 5}, 30, 11, 30, resized), (std::vector<int>{0, 4, 10}));
}

}  // namespace
}  // namespace dashcam
