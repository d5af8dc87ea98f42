#include "inference/letterbox.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

#include "inference/test_frames.h"

namespace dashcam {
namespace {

TEST(Letterbox, FitsFullHdAndHdAsTheTrainingDoes) {
    for (const auto& [width, height] : {std::pair{1920, 1080}, std::pair{1280, 720}}) {
        const Letterbox box = fit_letterbox({0, 0, width, height}, 640, 384);
        EXPECT_EQ(box.scaled_width, 640);
        EXPECT_EQ(box.scaled_height, 360);
        EXPECT_EQ(box.offset_x, 0);
        EXPECT_EQ(box.offset_y, 12);
        EXPECT_DOUBLE_EQ(box.scale, 640.0 / width);
    }
}

TEST(Letterbox, RoundsOffsetsDown) {
    // 100x61 becomes 256x156: 100 rows are left over; 101x62 becomes 256x157: 99, of which 49
    // above.
    EXPECT_EQ(fit_letterbox({0, 0, 100, 61}, 256, 256).offset_y, 50);
    const Letterbox odd = fit_letterbox({0, 0, 101, 62}, 256, 256);
    EXPECT_EQ(odd.scaled_height, 157);
    EXPECT_EQ(odd.offset_y, 49);
}

TEST(Letterbox, KeepsOnePixelOfAnExtremeShape) {
    const Letterbox box = fit_letterbox({5, 7, 3005, 8}, 256, 256);
    EXPECT_EQ(box.scaled_width, 256);
    EXPECT_EQ(box.scaled_height, 1);
}

TEST(Letterbox, MapsThereAndBack) {
    std::mt19937_64 random(test_seed());
    const auto pick = [&random](int low, int high) {
        return low + static_cast<int>(random() % static_cast<std::uint64_t>(high - low + 1));
    };
    for (int round = 0; round < 1000; ++round) {
        const int x0 = pick(0, 3000), y0 = pick(0, 2000);
        const Letterbox box =
            fit_letterbox({x0, y0, x0 + pick(1, 2000), y0 + pick(1, 2000)}, 640, 384);
        const Point point{static_cast<float>(pick(0, 4000)), static_cast<float>(pick(0, 3000))};
        const Point input = box.to_input(point);
        const Point back = box.to_frame(input.x, input.y);
        const double tolerance = 1e-3 / std::min(box.scale, 1.0) + 0.01;
        ASSERT_NEAR(back.x, point.x, tolerance);
        ASSERT_NEAR(back.y, point.y, tolerance);
    }
}

TEST(Letterbox, MapsThePicturesCornersToTheSourcesCorners) {
    const Letterbox box = fit_letterbox({300, 200, 500, 300}, 256, 256);
    EXPECT_EQ(box.to_frame(Box{0, 64, 256, 192}), (Box{300, 200, 500, 300}));
}

TEST(Grown, MovesSidesOutAndRoundsOutwards) {
    EXPECT_EQ(grown({100, 100, 200, 150}, 0.1, 1920, 1080), (PixelRect{90, 95, 210, 155}));
    EXPECT_EQ(grown({100.5f, 100, 201.5f, 151}, 0.1, 1920, 1080), (PixelRect{90, 94, 212, 157}));
}

TEST(Grown, StaysInTheFrame) {
    EXPECT_EQ(grown({-5, -5, 100, 50}, 0.1, 640, 360), (PixelRect{0, 0, 111, 56}));
    EXPECT_EQ(grown({600, 300, 640, 360}, 0.5, 640, 360), (PixelRect{580, 270, 640, 360}));
}

TEST(Grown, IsEmptyOutsideOfTheFrame) {
    const PixelRect right = grown({2000, 100, 2100, 200}, 0.1, 640, 360);
    EXPECT_EQ(right.width(), 0);
    const float huge = std::numeric_limits<float>::max();
    const PixelRect far = grown({huge, 0, huge, 10}, 0.1, 640, 360);
    EXPECT_EQ(far.width(), 0);
}

}  // namespace
}  // namespace dashcam
