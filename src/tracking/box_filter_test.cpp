#include "tracking/box_filter.h"

#include <gtest/gtest.h>

#include <cmath>

namespace dashcam {
namespace {

constexpr int kWidth = 1280;
constexpr int kHeight = 720;

Box box_at(double x, double y, double width, double height) {
    return {static_cast<float>(x - width / 2), static_cast<float>(y - height / 2),
            static_cast<float>(x + width / 2), static_cast<float>(y + height / 2)};
}

TEST(ScalarKalman, LearnsAVelocityWhateverTheTimeStep) {
    for (const float dt : {1 / 60.0f, 1 / 30.0f, 0.1f}) {
        ScalarKalman k{0, 0, 1, 0, 10'000};
        float x = 0;
        for (float t = 0; t < 2; t += dt) {
            k.predict(dt, 1e6f, 100);
            x += 50 * dt;
            k.update(x, 1);
        }
        EXPECT_NEAR(k.x, x, 0.5) << dt;
        EXPECT_NEAR(k.v, 50, 2) << dt;
    }
}

TEST(ScalarKalman, PredictionGrowsUncertainAndAMeasurementSettlesIt) {
    ScalarKalman k{0, 0, 1, 0, 4};
    k.predict(1, 1, 1);
    EXPECT_GT(k.pxx, 1);
    const float before = k.pxx;
    k.update(0.5f, 1);
    EXPECT_LT(k.pxx, before);
    EXPECT_LT(k.pxx, 1);
}

TEST(ScalarKalman, VelocityFadesOverALongGap) {
    ScalarKalman k{0, 10, 1, 0, 1};
    k.predict(100, 1, 1);
    EXPECT_NEAR(k.x, 10, 0.01);
    EXPECT_NEAR(k.v, 0, 0.01);
}

// A car that closes in at 20 m/s at 10 frames per second, seen through a camera with f = 1000
// pixels.
TEST(BoxFilter, FollowsAVehicleThatClosesIn) {
    const auto seen = [](double z) {
        return box_at(640 - 1000 * 3.0 / z, 360 + 1000 * 0.6 / z, 1800 / z, 1500 / z);
    };
    double z = 50;
    BoxFilter filter = BoxFilter::started(seen(z));
    float worst = 1;
    for (int i = 0; z > 10; ++i) {
        z -= 2;
        filter.predict(0.1f);
        if (i > 8) worst = std::min(worst, iou(filter.box(), seen(z)));
        filter.update(seen(z), {});
    }
    // Without the growth's own acceleration it is 0.4.
    EXPECT_GT(worst, 0.6);
}

TEST(BoxFilter, ShiftsWithTheCamera) {
    BoxFilter filter = BoxFilter::started(box_at(300, 200, 100, 80));
    CameraMotion motion;
    motion.centre = {640, 360};
    motion.dx = 12;
    motion.dy = -7;
    filter.shift(motion);
    EXPECT_NEAR(filter.box().centre().x, 312, 1e-3);
    EXPECT_NEAR(filter.box().centre().y, 193, 1e-3);
    EXPECT_NEAR(filter.box().width(), 100, 0.1);
}

TEST(BoxFilter, StaysFiniteOverALongGap) {
    BoxFilter filter = BoxFilter::started(box_at(300, 200, 100, 80));
    filter.log_width.v = 50;
    filter.log_height.v = 50;
    for (int i = 0; i < 10; ++i) filter.predict(3);
    EXPECT_TRUE(std::isfinite(filter.box().area()));
    EXPECT_GT(filter.box().area(), 0);
}

TEST(CompletedBox, ExtendsBeyondTheEdgeThatCutsIt) {
    const Box expected{-40, 300, 160, 400};
    EXPECT_EQ(completed({0, 300, 120, 400}, expected, kWidth, kHeight), (Box{-80, 300, 120, 400}));
    EXPECT_EQ(completed({1200, 300, 1280, 400}, expected, kWidth, kHeight),
              (Box{1200, 300, 1400, 400}));
    EXPECT_EQ(completed({500, 640, 700, 720}, {500, 600, 700, 800}, kWidth, kHeight),
              (Box{500, 640, 700, 840}));
}

// A lorry that came in at the edge was lost when its box ended 7 of 1920 pixels inside.
TEST(CompletedBox, ABoxThatEndsAFewPixelsInsideIsCutAsWell) {
    const Box expected{-325, 210, 687, 850};
    const Box found{7, 262, 598, 818};
    EXPECT_EQ(completed(found, expected, 1920, 1080), (Box{598 - 1012, 262, 598, 818}));
    EXPECT_GT(trust_at_edges(found, 1920, 1080).x, 1);
    const Box inside{20, 262, 598, 818};
    EXPECT_EQ(completed(inside, expected, 1920, 1080), inside);
    EXPECT_EQ(trust_at_edges(inside, 1920, 1080).x, 1);
}

TEST(CompletedBox, LeavesOtherBoxesAlone) {
    const Box inside{100, 100, 200, 200};
    EXPECT_EQ(completed(inside, {0, 0, 500, 500}, kWidth, kHeight), inside);
    const Box across{0, 100, 1280, 200};
    EXPECT_EQ(completed(across, {0, 0, 5000, 90}, kWidth, kHeight), across);
    const Box wider{0, 100, 300, 200};
    EXPECT_EQ(completed(wider, {0, 100, 200, 200}, kWidth, kHeight), wider);
}

TEST(Replayed, TakesItsVelocityFromTheLastTwoDetections) {
    BoxFilter before = BoxFilter::started(box_at(300, 300, 100, 80));
    before.cx.v = -400;  // a wrong guess
    const BoxFilter after =
        replayed(before, box_at(300, 300, 100, 80), box_at(350, 300, 100, 80), 0.5f, {});
    EXPECT_NEAR(after.box().centre().x, 350, 8);
    EXPECT_GT(after.cx.v, 50);
    EXPECT_LT(after.cx.v, 150);
}

}  // namespace
}  // namespace dashcam
