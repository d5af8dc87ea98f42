#include "reading/rectify.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "reading/test_readings.h"

namespace dashcam {
namespace {

struct Picture {
    FrameFormat format;
    std::vector<std::uint8_t> pixels;

    Picture(int width, int height, ColorRange range = ColorRange::kFull) {
        format.width = width;
        format.height = height;
        format.range = range;
        pixels.assign(format.bytes(), 128);
    }
    std::uint8_t& luma(int x, int y) {
        return pixels[static_cast<std::size_t>(y) * format.luma_stride() + x];
    }
    FrameView view() const { return {pixels.data(), format}; }
};

Quad rectangle(float x0, float y0, float x1, float y1) {
    return {{Point{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}}};
}

int at(const RectifiedPlate& plate, int x, int y) {
    return plate.grey[static_cast<std::size_t>(y) * kPlateWidth + x];
}

void expect_empty(const RectifiedPlate& plate) {
    EXPECT_EQ(plate.width_px, 0);
    EXPECT_EQ(plate.height_px, 0);
    EXPECT_EQ(plate.sharpness, 0);
    EXPECT_EQ(plate.contrast, 0);
    for (const std::uint8_t v : plate.grey) ASSERT_EQ(v, 0);
}

TEST(Rectify, GrowsAlongThePlatesOwnEdgesAndBack) {
    // 100 long at 3-4-5, 50 high.
    const Quad aslant{{Point{40, 0}, {120, 60}, {90, 100}, {10, 40}}};
    const Quad out = grown(aslant, 0.1f);
    // Each corner moves by a tenth along both edges: 8, 6 and -3, 4.
    const std::array<Point, 4> expected{
        Point{40 - 8 + 3, -6 - 4}, {120 + 8 + 3, 60 + 6 - 4}, {90 + 8 - 3, 106 + 4}, {-1, 38}};
    for (std::size_t i = 0; i < 4; ++i) {
        EXPECT_NEAR(out.corners[i].x, expected[i].x, 1e-3) << i;
        EXPECT_NEAR(out.corners[i].y, expected[i].y, 1e-3) << i;
    }
    const Quad back = grown(out, -0.1f / 1.2f);
    for (std::size_t i = 0; i < 4; ++i) {
        EXPECT_NEAR(back.corners[i].x, aslant.corners[i].x, 1e-3) << i;
        EXPECT_NEAR(back.corners[i].y, aslant.corners[i].y, 1e-3) << i;
    }
}

TEST(Rectify, CutsTheGrownRectangle) {
    Picture picture(640, 360);
    for (int y = 0; y < 360; ++y) {
        for (int x = 0; x < 640; ++x) picture.luma(x, y) = static_cast<std::uint8_t>((x + y) / 4);
    }
    // 192 x 64 grown by 3 % on each side: 203.52 x 67.84 from (294.24, 98.08).
    const RectifiedPlate plate = rectify(picture.view(), rectangle(300, 100, 492, 164));
    EXPECT_NEAR(plate.width_px, 192, 1e-3);
    EXPECT_NEAR(plate.height_px, 64, 1e-3);
    for (const auto& [x, y] : {std::pair{0, 0}, {191, 63}, {96, 32}, {10, 60}}) {
        const double sx = 294.24 + x * 203.52 / 192;
        const double sy = 98.08 + y * 67.84 / 64;
        EXPECT_NEAR(at(plate, x, y), (sx + sy) / 4, 1.01) << x << " " << y;
    }
}

TEST(Rectify, UndoesAPerspective) {
    // Paints the plate's own coordinates through a known homography, and expects them back.
    const double h[8] = {1.1, 0.15, 210, -0.08, 1.2, 90, 0.0008, 0.0005};
    const auto forward = [&](double u, double v) {
        const double w = h[6] * u + h[7] * v + 1;
        return Point{static_cast<float>((h[0] * u + h[1] * v + h[2]) / w),
                     static_cast<float>((h[3] * u + h[4] * v + h[5]) / w)};
    };
    // A plate of 200 x 60, of which the left third is dark and the lower half of the rest is
    // bright.
    const auto paint = [](double u, double v) { return u < 66.67 ? 30 : v > 30 ? 220 : 120; };
    Picture picture(480, 270);
    for (double v = -10; v < 70; v += 0.2) {
        for (double u = -20; u < 220; u += 0.2) {
            const Point p = forward(u, v);
            if (p.x >= 0 && p.y >= 0 && p.x < 480 && p.y < 270) {
                picture.luma(static_cast<int>(p.x), static_cast<int>(p.y)) =
                    static_cast<std::uint8_t>(paint(u, v));
            }
        }
    }
    const Quad quad{{forward(0, 0), forward(200, 0), forward(200, 60), forward(0, 60)}};
    const RectifiedPlate plate = rectify(picture.view(), quad);
    int wrong = 0;
    int compared = 0;
    for (int y = 0; y < kPlateHeight; ++y) {
        for (int x = 0; x < kPlateWidth; ++x) {
            const double u = (x / 192.0 * 1.06 - 0.03) * 200;
            const double v = (y / 64.0 * 1.06 - 0.03) * 60;
            // Skips the neighbourhood of the steps, and the growth, which a perspective does not
            // keep exact.
            if (std::abs(u - 66.67) < 5 || std::abs(v - 30) < 3 || u < 4 || v < 2 || u > 196 ||
                v > 58)
                continue;
            ++compared;
            if (std::abs(at(plate, x, y) - paint(u, v)) > 3) ++wrong;
        }
    }
    EXPECT_GT(compared, 8000);
    EXPECT_EQ(wrong, 0);
}

TEST(Rectify, StretchesLimitedRange) {
    for (const auto& [luma, full] :
         {std::pair{16, 0}, {235, 255}, {126, 128}, {5, 0}, {250, 255}}) {
        Picture limited(320, 200, ColorRange::kLimited);
        std::fill(limited.pixels.begin(), limited.pixels.end(), static_cast<std::uint8_t>(luma));
        EXPECT_EQ(at(rectify(limited.view(), rectangle(50, 50, 150, 80)), 96, 32), full);
        limited.format.range = ColorRange::kFull;
        EXPECT_EQ(at(rectify(limited.view(), rectangle(50, 50, 150, 80)), 96, 32), luma);
    }
}

TEST(Rectify, AveragesLargePlates) {
    // Columns of alternating black and white: a point sample would give either, the average gives
    // grey.
    Picture picture(1920, 1080);
    for (int y = 0; y < 1080; ++y) {
        for (int x = 0; x < 1920; ++x) picture.luma(x, y) = x % 2 == 0 ? 0 : 255;
    }
    const RectifiedPlate plate = rectify(picture.view(), rectangle(200, 200, 1700, 700));
    for (const std::uint8_t v : plate.grey) ASSERT_NEAR(v, 127, 30);
    EXPECT_NEAR(plate.width_px, 1500, 1e-2);
}

TEST(Rectify, RepeatsTheFramesBorder) {
    Picture picture(101, 77);
    for (int y = 0; y < 77; ++y) {
        for (int x = 0; x < 101; ++x)
            picture.luma(x, y) = static_cast<std::uint8_t>(x < 50 ? 40 : 200);
    }
    const RectifiedPlate plate = rectify(picture.view(), rectangle(60, 40, 160, 70));
    EXPECT_EQ(at(plate, 190, 30), 200);
    EXPECT_EQ(at(rectify(picture.view(), rectangle(-60, 40, 40, 70)), 0, 30), 40);
    EXPECT_NEAR(plate.width_px, 100, 1e-3);
}

TEST(Rectify, GivesNothingForCornersThatEncloseNothing) {
    const Picture picture(320, 200);
    const float nan = std::numeric_limits<float>::quiet_NaN();
    const float infinite = std::numeric_limits<float>::infinity();
    expect_empty(rectify(picture.view(), Quad{}));
    expect_empty(rectify(picture.view(), rectangle(10, 10, 10, 40)));
    expect_empty(rectify(picture.view(), rectangle(10, 10, 100, 10.5f)));
    expect_empty(rectify(picture.view(), rectangle(nan, 10, 100, 40)));
    expect_empty(rectify(picture.view(), rectangle(10, 10, infinite, 40)));
    expect_empty(rectify(picture.view(), rectangle(400, 10, 500, 40)));  // outside of the frame
    expect_empty(rectify(picture.view(), rectangle(100, 10, 20, 40)));   // mirrored
    expect_empty(
        rectify(picture.view(), {{Point{10, 10}, {100, 40}, {100, 10}, {10, 40}}}));  // crossed
    expect_empty(
        rectify(picture.view(), {{Point{10, 10}, {50, 10}, {90, 10}, {10, 40}}}));  // a triangle
}

TEST(Rectify, MeasuresFocusAndContrast) {
    Picture sharp(400, 200);
    Picture blurred(400, 200);
    for (int y = 0; y < 200; ++y) {
        for (int x = 0; x < 400; ++x) {
            sharp.luma(x, y) = x / 16 % 2 == 0 ? 30 : 220;
            blurred.luma(x, y) = static_cast<std::uint8_t>(125 + 40 * std::sin(x * 3.14159 / 16));
        }
    }
    const Quad quad = rectangle(60, 60, 252, 124);
    const RectifiedPlate a = rectify(sharp.view(), quad);
    const RectifiedPlate b = rectify(blurred.view(), quad);
    EXPECT_GT(a.sharpness, 1.3f * b.sharpness);
    EXPECT_NEAR(a.contrast, 190 / 255.0, 0.02);
    EXPECT_NEAR(b.contrast, 80 / 255.0, 0.03);
    const Picture even(400, 200);
    EXPECT_EQ(rectify(even.view(), quad).sharpness, 0);
    EXPECT_EQ(rectify(even.view(), quad).contrast, 0);
}

TEST(Rectify, SurvivesAnyCorners) {
    std::mt19937_64 random(test_seed(11));
    const Picture picture(333, 201, ColorRange::kLimited);
    std::uniform_real_distribution<float> anywhere(-400, 700);
    int cut = 0;
    for (int i = 0; i < 3000; ++i) {
        Quad quad;
        for (Point& p : quad.corners) p = {anywhere(random), anywhere(random)};
        const RectifiedPlate plate = rectify(picture.view(), quad);
        ASSERT_TRUE(std::isfinite(plate.sharpness) && std::isfinite(plate.contrast));
        ASSERT_GE(plate.width_px, 0);
        cut += plate.width_px > 0;
    }
    EXPECT_GT(cut, 20);
}

}  // namespace
}  // namespace dashcam
