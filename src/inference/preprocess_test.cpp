#include "inference/preprocess.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <random>

#include "inference/resample.h"
#include "inference/test_frames.h"
#include "inference/yuv_to_bgr.h"

namespace dashcam {
namespace {

using Bgr = std::array<int, 3>;

// The colour of a letterboxed even frame, in its middle.
Bgr colour_of(ColorRange range, ColorMatrix matrix, std::uint8_t y, std::uint8_t u,
              std::uint8_t v) {
    TestFrame frame(frame_format(64, 64, range, matrix));
    frame.fill(y, u, v);
    std::vector<std::uint8_t> bgr(32 * 32 * 3);
    Preprocessor().run(frame.view(), whole_frame(frame.format), 32, 32, bgr);
    const std::uint8_t* middle = &bgr[(16 * 32 + 16) * 3];
    return {middle[0], middle[1], middle[2]};
}

void expect_near(const Bgr& found, const Bgr& expected) {
    for (std::size_t i = 0; i < 3; ++i) EXPECT_NEAR(found[i], expected[i], 1) << "channel " << i;
}

TEST(Colours, BlackGreyAndWhiteOfBothRanges) {
    for (const ColorMatrix matrix :
         {ColorMatrix::kBt601, ColorMatrix::kBt709, ColorMatrix::kBt2020}) {
        EXPECT_EQ(colour_of(ColorRange::kLimited, matrix, 16, 128, 128), (Bgr{0, 0, 0}));
        EXPECT_EQ(colour_of(ColorRange::kLimited, matrix, 235, 128, 128), (Bgr{255, 255, 255}));
        EXPECT_EQ(colour_of(ColorRange::kLimited, matrix, 3, 128, 128), (Bgr{0, 0, 0}));
        EXPECT_EQ(colour_of(ColorRange::kFull, matrix, 0, 128, 128), (Bgr{0, 0, 0}));
        EXPECT_EQ(colour_of(ColorRange::kFull, matrix, 77, 128, 128), (Bgr{77, 77, 77}));
        EXPECT_EQ(colour_of(ColorRange::kFull, matrix, 255, 128, 128), (Bgr{255, 255, 255}));
    }
}

TEST(Colours, PrimariesOfEachMatrix) {
    // Y, Cb, Cr of pure red, green and blue, from the standards' equations.
    expect_near(colour_of(ColorRange::kFull, ColorMatrix::kBt601, 76, 85, 255), {0, 0, 254});
    expect_near(colour_of(ColorRange::kFull, ColorMatrix::kBt601, 150, 44, 21), {1, 255, 0});
    expect_near(colour_of(ColorRange::kLimited, ColorMatrix::kBt601, 81, 90, 240), {0, 0, 255});
    expect_near(colour_of(ColorRange::kLimited, ColorMatrix::kBt709, 63, 102, 240), {0, 0, 255});
    expect_near(colour_of(ColorRange::kLimited, ColorMatrix::kBt709, 173, 42, 26), {0, 255, 0});
    expect_near(colour_of(ColorRange::kLimited, ColorMatrix::kBt2020, 74, 97, 240), {0, 0, 255});
}

TEST(Filters, WeightsAddUpAndStayInTheAxis) {
    for (const int pixels : {1, 7, 64, 640}) {
        for (const int samples : {1, 2, 63, 640, 1081, 3840}) {
            const AxisSpan span{0.5, (samples - 0.5) / pixels, 0, samples};
            for (const AxisFilter& f : {area_filter(span, pixels), linear_filter(span, pixels)}) {
                ASSERT_EQ(f.first.size(), static_cast<std::size_t>(pixels));
                for (int d = 0; d < pixels; ++d) {
                    const auto begin = f.weights.begin() + d * f.taps;
                    ASSERT_EQ(std::accumulate(begin, begin + f.taps, 0), AxisFilter::kWeightOne);
                    ASSERT_GE(f.first[static_cast<std::size_t>(d)], 0);
                    ASSERT_LE(f.first[static_cast<std::size_t>(d)] + f.taps, samples);
                }
            }
        }
    }
}

// One channel set of the reference: the exact mean over the pixel's footprint, in floating point.
double mean_over(const std::uint8_t* plane, int stride, double x0, double y0, double x1,
                 double y1) {
    double sum = 0;
    for (int y = static_cast<int>(y0); y < y1; ++y) {
        const double high = std::min<double>(y1, y + 1) - std::max<double>(y0, y);
        for (int x = static_cast<int>(x0); x < x1; ++x) {
            const double wide = std::min<double>(x1, x + 1) - std::max<double>(x0, x);
            sum += high * wide * plane[y * stride + x];
        }
    }
    return sum / ((x1 - x0) * (y1 - y0));
}

// The picture's pixels of a shrinking letterbox against the reference. Returns the mean difference
// of the channels.
double check_against_reference(const TestFrame& frame, const PixelRect& source, int width,
                               int height) {
    std::vector<std::uint8_t> bgr(static_cast<std::size_t>(width * height * 3));
    const Letterbox box = Preprocessor().run(frame.view(), source, width, height, bgr);
    const FrameView view = frame.view();
    const double sx = static_cast<double>(source.width()) / box.scaled_width;
    const double sy = static_cast<double>(source.height()) / box.scaled_height;
    double difference = 0;
    int worst = 0;
    for (int y = 0; y < box.scaled_height; ++y) {
        for (int x = 0; x < box.scaled_width; ++x) {
            const double x0 = source.x0 + x * sx, y0 = source.y0 + y * sy;
            const double x1 = std::min<double>(x0 + sx, source.x1),
                         y1 = std::min<double>(y0 + sy, source.y1);
            const double luma = mean_over(view.luma(), view.format.luma_stride(), x0, y0, x1, y1);
            const int stride = view.format.chroma_stride();
            const double cb = mean_over(view.cb(), stride, x0 / 2, y0 / 2, x1 / 2, y1 / 2) - 128;
            const double cr = mean_over(view.cr(), stride, x0 / 2, y0 / 2, x1 / 2, y1 / 2) - 128;
            const std::array<double, 3> exact = {
                luma + 1.772 * cb, luma - 0.344136 * cb - 0.714136 * cr, luma + 1.402 * cr};
            const std::size_t at =
                static_cast<std::size_t>((y + box.offset_y) * width + x + box.offset_x) * 3;
            for (std::size_t c = 0; c < 3; ++c) {
                const int expected =
                    static_cast<int>(std::lround(std::clamp(exact[c], 0.0, 255.0)));
                const int d = std::abs(bgr[at + c] - expected);
                worst = std::max(worst, d);
                difference += d;
            }
        }
    }
    EXPECT_LE(worst, 4);
    return difference / (3.0 * box.scaled_width * box.scaled_height);
}

TEST(Preprocessor, AveragesTheFootprintWhateverTheSize) {
    std::mt19937_64 random(test_seed());
    for (const auto& [width, height] :
         {std::pair{1920, 1080}, std::pair{1280, 720}, std::pair{1000, 613}, std::pair{641, 401},
          std::pair{333, 999}, std::pair{2705, 201}}) {
        const TestFrame frame = random_frame(frame_format(width, height), random);
        SCOPED_TRACE(std::to_string(width) + "x" + std::to_string(height));
        EXPECT_LT(check_against_reference(frame, whole_frame(frame.format), 320, 192), 0.6);
    }
}

TEST(Preprocessor, CutsCropsAtOddPixels) {
    std::mt19937_64 random(test_seed());
    const TestFrame frame = random_frame(frame_format(801, 601), random);
    for (const PixelRect& crop : {PixelRect{101, 203, 500, 498}, PixelRect{0, 1, 301, 600},
                                  PixelRect{400, 300, 801, 601}}) {
        EXPECT_LT(check_against_reference(frame, crop, 96, 96), 0.6);
    }
}

TEST(Preprocessor, SurroundsThePictureWithGrey) {
    TestFrame frame(frame_format(100, 50));
    frame.fill(200, 128, 128);
    std::vector<std::uint8_t> bgr(64 * 64 * 3, 7);
    const Letterbox box = Preprocessor().run(frame.view(), whole_frame(frame.format), 64, 64, bgr);
    for (int y = 0; y < 64; ++y) {
        const bool inside = y >= box.offset_y && y < box.offset_y + box.scaled_height;
        for (int i = 0; i < 64 * 3; ++i)
            ASSERT_EQ(bgr[static_cast<std::size_t>(y * 64 * 3 + i)], inside ? 200 : 114);
    }
}

TEST(Preprocessor, EnlargesBetweenCentresAndRepeatsTheEdge) {
    TestFrame frame(frame_format(64, 64));
    frame.fill(0, 128, 128);
    // The crop is 2x2: black to the left, 200 to the right; what lies beside it must not bleed in.
    for (int y = 0; y < 64; ++y) {
        for (int x = 31; x < 64; ++x)
            frame.luma()[y * frame.format.luma_stride() + x] = x == 31 ? 200 : 255;
    }
    std::vector<std::uint8_t> bgr(8 * 8 * 3);
    Preprocessor().run(frame.view(), {30, 30, 32, 32}, 8, 8, bgr);
    // Centres at (d + 0.5) / 4 - 0.5: -0.375, -0.125, 0.125, 0.375, 0.625, 0.875, 1.125, 1.375.
    const std::array<int, 8> expected = {0, 0, 25, 75, 125, 175, 200, 200};
    for (std::size_t x = 0; x < 8; ++x) EXPECT_NEAR(bgr[(3 * 8 + x) * 3], expected[x], 1) << x;
}

TEST(Preprocessor, TakesTheSmallestSources) {
    TestFrame frame(frame_format(3, 3));
    frame.fill(90, 128, 128);
    std::vector<std::uint8_t> bgr(16 * 16 * 3);
    for (int y = 0; y < 3; ++y) {
        for (int x = 0; x < 3; ++x) {
            Preprocessor().run(frame.view(), {x, y, x + 1, y + 1}, 16, 16, bgr);
            EXPECT_TRUE(
                std::all_of(bgr.begin(), bgr.end(), [](std::uint8_t v) { return v == 90; }));
        }
    }
    TestFrame line(frame_format(1000, 1));
    line.fill(90, 128, 128);
    Preprocessor().run(line.view(), whole_frame(line.format), 16, 16, bgr);
    EXPECT_EQ(std::count(bgr.begin(), bgr.end(), 90), 16 * 3);
}

TEST(Preprocessor, ReadsNoPadding) {
    std::mt19937_64 random(test_seed());
    TestFrame frame = random_frame(frame_format(161, 91), random);
    std::vector<std::uint8_t> first(96 * 96 * 3), second(96 * 96 * 3);
    Preprocessor().run(frame.view(), whole_frame(frame.format), 96, 96, first);
    for (int y = 0; y < frame.format.height; ++y) {
        for (int x = frame.format.width; x < frame.format.luma_stride(); ++x) {
            frame.luma()[y * frame.format.luma_stride() + x] ^= 0xFF;
        }
    }
    Preprocessor().run(frame.view(), whole_frame(frame.format), 96, 96, second);
    EXPECT_EQ(first, second);
}

TEST(Preprocessor, ForgetsEarlierFrames) {
    std::mt19937_64 random(test_seed());
    const TestFrame large = random_frame(frame_format(640, 480), random);
    const TestFrame small = random_frame(frame_format(50, 90), random);
    std::vector<std::uint8_t> alone(64 * 64 * 3), after(64 * 64 * 3);
    Preprocessor().run(small.view(), whole_frame(small.format), 64, 64, alone);
    Preprocessor used;
    used.run(large.view(), whole_frame(large.format), 64, 64, after);
    used.run(small.view(), whole_frame(small.format), 64, 64, after);
    EXPECT_EQ(alone, after);
}

}  // namespace
}  // namespace dashcam
