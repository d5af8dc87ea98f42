#include "tracking/camera_motion.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <random>
#include <vector>

#include "tracking/motion_fit.h"

namespace dashcam {
namespace {

std::uint64_t test_seed() {
    const char* given = std::getenv("DASHCAM_TEST_SEED");
    return given != nullptr ? std::strtoull(given, nullptr, 10) : 1;
}

// A smooth random landscape without end.
class Landscape {
  public:
    explicit Landscape(std::uint64_t seed) : grid_(kSide * kSide) {
        std::mt19937_64 random(seed);
        for (double& g : grid_) g = std::uniform_real_distribution<double>(-40, 40)(random);
    }
    double at(double x, double y) const {
        return 110 + octave(x / 90, y / 90) + octave(x / 37 + 11, y / 37);
    }

  private:
    static constexpr int kSide = 64;
    double octave(double x, double y) const {
        const double fx = x - std::floor(x);
        const double fy = y - std::floor(y);
        const int ix = static_cast<int>(std::floor(x)) & (kSide - 1);
        const int iy = static_cast<int>(std::floor(y)) & (kSide - 1);
        const auto g = [&](int i, int j) {
            return grid_[((iy + j) & (kSide - 1)) * kSide + ((ix + i) & (kSide - 1))];
        };
        return (g(0, 0) * (1 - fx) + g(1, 0) * fx) * (1 - fy) +
               (g(0, 1) * (1 - fx) + g(1, 1) * fx) * fy;
    }
    std::vector<double> grid_;
};

struct Picture {
    std::vector<std::uint8_t> pixels;
    FrameView view;
};

// Paints a frame from a function of the pixel's place.
Picture paint(int width, int height, const std::function<double(double, double)>& luma) {
    Picture p;
    p.view.format.width = width;
    p.view.format.height = height;
    p.pixels.assign(p.view.format.bytes(), 128);
    for (int y = 0; y < height; ++y) {
        for (int x = 0; x < width; ++x) {
            p.pixels[static_cast<std::size_t>(y) * p.view.format.luma_stride() + x] =
                static_cast<std::uint8_t>(std::clamp(luma(x, y), 0.0, 255.0));
        }
    }
    p.view.pixels = p.pixels.data();
    return p;
}

CameraMotion motion_between(const Picture& a, const Picture& b, float dt_s,
                            std::vector<Box> vehicles = {}) {
    return estimate_camera_motion(small_picture(a.view), small_picture(b.view), dt_s, vehicles);
}

TEST(SmallPicture, HasAsManyCellsAsFit) {
    for (const auto& [w, h] :
         {std::pair{1920, 1080}, {1280, 720}, {640, 480}, {720, 1280}, {3840, 2160}, {65, 64}}) {
        const SmallPicture small =
            small_picture(paint(w, h, [](double, double) { return 100; }).view);
        EXPECT_LE(small.width * small.height, kSmallPictureCells);
        EXPECT_EQ(small.width, w / small.step);
        EXPECT_EQ(small.height, h / small.step);
        for (int i = 0; i < small.width * small.height; ++i)
            ASSERT_EQ(small.cells[i], 128) << w << "x" << h;
    }
}

TEST(SmallPicture, IsEmptyWithoutPixels) {
    FrameView view;
    view.format.width = 1280;
    view.format.height = 720;
    EXPECT_EQ(small_picture(view).width, 0);
}

TEST(CameraMotion, FindsShiftsToAboutAPixel) {
    std::cout << "seed " << test_seed() << "\n";
    const Landscape land(test_seed());
    const Picture before = paint(1280, 720, [&](double x, double y) { return land.at(x, y); });
    for (const auto& [dx, dy] :
         {std::pair{0.0, 0.0}, {3.5, -2.0}, {-20.0, 11.0}, {60.0, 25.0}, {-90.0, -30.0}}) {
        const Picture after =
            paint(1280, 720, [&](double x, double y) { return land.at(x - dx, y - dy); });
        const CameraMotion motion = motion_between(before, after, 0.1f);
        ASSERT_TRUE(motion.known) << dx;
        EXPECT_NEAR(motion.dx, dx, 1.5);
        EXPECT_NEAR(motion.dy, dy, 1.5);
        EXPECT_NEAR(motion.roll, 0, 0.003);
    }
}

TEST(CameraMotion, FindsRoll) {
    const Landscape land(test_seed());
    const double roll = 0.02;
    const Picture before = paint(1280, 720, [&](double x, double y) { return land.at(x, y); });
    const Picture after = paint(1280, 720, [&](double x, double y) {
        return land.at(x + roll * (y - 360), y - roll * (x - 640));
    });
    const CameraMotion motion = motion_between(before, after, 0.033f);
    ASSERT_TRUE(motion.known);
    EXPECT_NEAR(motion.roll, roll, 0.004);
    const Point corner = motion.moved({100, 100});
    EXPECT_NEAR(corner.x, 100 - roll * (100 - 360), 2.5);
    EXPECT_NEAR(corner.y, 100 + roll * (100 - 640), 2.5);
}

// At dusk: noise of 8 steps, a fifth of the contrast, a bonnet that stays where it is, and vehicles
// that move on their own, one of them not detected.
TEST(CameraMotion, SurvivesDuskBonnetAndVehicles) {
    const Landscape land(test_seed());
    std::mt19937_64 random(test_seed());
    std::normal_distribution<double> noise(0, 8);
    const Box known{200, 250, 500, 450};
    const Box unknown{800, 300, 950, 420};
    const auto scene = [&](double dx, double dy, double vehicle_dx) {
        return paint(1280, 720, [&, dx, dy, vehicle_dx](double x, double y) {
            double v = 60 + (land.at(x - dx, y - dy) - 110) / 5;
            for (const Box& b : {known, unknown}) {
                if (x >= b.x0 && x < b.x1 && y >= b.y0 && y < b.y1)
                    v = land.at(x - vehicle_dx + 3000, y) / 2;
            }
            if (y > 580) v = land.at(x, y + 5000) / 2;
            return v + noise(random);
        });
    };
    const CameraMotion motion =
        motion_between(scene(0, 0, 0), scene(24, -10, -40), 0.033f, {known});
    ASSERT_TRUE(motion.known);
    EXPECT_NEAR(motion.dx, 24, 3);
    EXPECT_NEAR(motion.dy, -10, 3);
}

TEST(CameraMotion, ExposureDoesNotMatter) {
    const Landscape land(test_seed());
    const Picture before = paint(1280, 720, [&](double x, double y) { return land.at(x, y); });
    const Picture after =
        paint(1280, 720, [&](double x, double y) { return land.at(x - 16, y) * 0.9 + 30; });
    const CameraMotion motion = motion_between(before, after, 0.033f);
    ASSERT_TRUE(motion.known);
    EXPECT_NEAR(motion.dx, 16, 2);
}

TEST(CameraMotion, SaysNothingWhereNothingCanBeSaid) {
    const Landscape land(test_seed());
    const Landscape other(test_seed() + 1);
    const Picture flat = paint(1280, 720, [](double, double) { return 100; });
    const Picture scene = paint(1280, 720, [&](double x, double y) { return land.at(x, y); });
    const Picture cut = paint(1280, 720, [&](double x, double y) { return other.at(x, y); });
    EXPECT_FALSE(motion_between(flat, flat, 0.033f).known);
    EXPECT_FALSE(motion_between(scene, cut, 0.033f).known);
    EXPECT_FALSE(motion_between(scene, scene, 0.033f, {Box{0, 0, 1280, 720}}).known);
    const Picture small = paint(640, 480, [&](double x, double y) { return land.at(x, y); });
    EXPECT_FALSE(motion_between(scene, small, 0.033f).known);
}

TEST(MotionFit, IgnoresAThirdOfOutliers) {
    std::mt19937_64 random(test_seed());
    std::uniform_real_distribution<float> place(-70, 70);
    std::uniform_real_distribution<float> wild(-30, 30);
    BlockMotions blocks;
    for (int i = 0; i < 30; ++i) {
        const float x = place(random);
        const float y = place(random) / 2;
        const bool outlier = i % 3 == 0;
        blocks.push_back({x, y, outlier ? wild(random) : 2 + 0.02f * x - 0.01f * y,
                          outlier ? wild(random) : -1 + 0.02f * y + 0.01f * x, 0.3f, 0.3f});
    }
    const MotionFit fit = fit_motion(blocks);
    ASSERT_TRUE(fit.found);
    EXPECT_NEAR(fit.u, 2, 0.2);
    EXPECT_NEAR(fit.v, -1, 0.2);
    EXPECT_NEAR(fit.growth, 0.02, 0.004);
    EXPECT_NEAR(fit.roll, 0.01, 0.004);
    EXPECT_GT(fit.support, 0.6);
}

TEST(MotionFit, NeedsBlocksThatAgree) {
    EXPECT_FALSE(fit_motion({}).found);
    BlockMotions blocks;
    for (int i = 0; i < 20; ++i) {
        const auto a = static_cast<float>(i);
        blocks.push_back({a * 7 - 70, a, (i % 2 == 0 ? 1.0f : -1.0f) * a * 3,
                          a * a * (i % 3 == 0 ? 1.0f : -1.0f), 1, 1});
    }
    EXPECT_FALSE(fit_motion(blocks).found);
}

}  // namespace
}  // namespace dashcam
