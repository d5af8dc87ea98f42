#include "video/frame_converter.h"

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <random>
#include <vector>

#include <gtest/gtest.h>

extern "C" {
#include <libavutil/display.h>
#include <libavutil/pixdesc.h>
}

#include "video/test_clips.h"

namespace dashcam {
namespace {

constexpr std::size_t kCanaryBytes = 256;

FramePtr picture(AVPixelFormat format, int width, int height) {
    FramePtr frame(av_frame_alloc());
    frame->format = format;
    frame->width = width;
    frame->height = height;
    EXPECT_GE(av_frame_get_buffer(frame.get(), 0), 0);
    return frame;
}

// Every component at `value` of its range's 255ths.
void fill(AVFrame& frame, int value) {
    const auto* description = av_pix_fmt_desc_get(static_cast<AVPixelFormat>(frame.format));
    const int depth = description->comp[0].depth;
    for (int plane = 0; plane < 4 && frame.data[plane] != nullptr; ++plane) {
        const bool chroma = plane == 1 || plane == 2;
        const int rows =
            chroma ? AV_CEIL_RSHIFT(frame.height, description->log2_chroma_h) : frame.height;
        for (int y = 0; y < rows; ++y) {
            std::uint8_t* row = frame.data[plane] + std::ptrdiff_t{y} * frame.linesize[plane];
            for (int i = 0; i < frame.linesize[plane]; ++i) {
                const int wide = value << (depth - 8);
                row[i] = static_cast<std::uint8_t>(depth == 8   ? value
                                                   : i % 2 == 0 ? wide
                                                                : wide >> 8);
            }
        }
    }
}

// The frame that `converter` writes, checked to end where it should. Aligned as frame slots are.
std::vector<std::uint8_t> converted(FrameConverter& converter, const AVFrame& frame,
                                    const FrameFormat& format) {
    const auto ready = converter.prepare(frame);
    EXPECT_TRUE(ready.ok());
    if (!ready.ok()) return {};
    const std::size_t bytes = format.bytes();
    const auto release = [](std::uint8_t* p) { std::free(p); };
    const std::unique_ptr<std::uint8_t, decltype(release)> buffer(static_cast<std::uint8_t*>(
        std::aligned_alloc(64, (bytes + 2 * kCanaryBytes + 63) / 64 * 64)));
    // Odd multiples of 32 are aligned, too.
    std::uint8_t* pixels = buffer.get() + kCanaryBytes - 32;
    std::fill_n(buffer.get(), bytes + 2 * kCanaryBytes, 0x5A);
    converter.convert(frame, pixels);
    for (std::size_t i = 0; i < kCanaryBytes - 32; ++i) {
        EXPECT_EQ(buffer.get()[i], 0x5A);
        EXPECT_EQ(pixels[bytes + i], 0x5A) << i;
    }
    return {pixels, pixels + bytes};
}

TEST(FrameConverter, EveryFormatAndOddSizeStaysInsideTheFrame) {
    for (const AVPixelFormat given :
         {AV_PIX_FMT_YUV420P, AV_PIX_FMT_NV12, AV_PIX_FMT_YUV422P, AV_PIX_FMT_YUV444P,
          AV_PIX_FMT_YUV420P10LE, AV_PIX_FMT_YUV422P10LE, AV_PIX_FMT_YUV444P12LE,
          AV_PIX_FMT_YUYV422, AV_PIX_FMT_UYVY422, AV_PIX_FMT_YUV410P, AV_PIX_FMT_YUV411P,
          AV_PIX_FMT_GRAY8, AV_PIX_FMT_YUVA420P}) {
        for (const int width : {1, 2, 15, 31, 32, 33, 64, 97, 321}) {
            for (const int height : {1, 2, 3, 17, 64}) {
                const FrameFormat format{.width = width, .height = height};
                FrameConverter converter(format, {});
                const FramePtr frame = picture(given, width, height);
                fill(*frame, 100);
                const auto pixels = converted(converter, *frame, format);
                const FrameView view{pixels.data(), format};
                const bool packed = given == AV_PIX_FMT_YUYV422 || given == AV_PIX_FMT_UYVY422;
                // A single row of these loses its colour.
                const bool grey = given == AV_PIX_FMT_GRAY8 || (packed && height == 1);
                const int chroma = grey ? 128 : 100;
                for (const auto& [x, y] : {std::pair{0, 0}, {width - 1, height - 1}}) {
                    EXPECT_TRUE(near(pixel(view, x, y), {100, chroma, chroma}, 1))
                        << av_get_pix_fmt_name(given) << " " << width << "x" << height;
                }
            }
        }
    }
}

TEST(FrameConverter, OtherSizesAreScaled) {
    const FrameFormat format{.width = 97, .height = 65};
    FrameConverter converter(format, {});
    for (const auto& [width, height] :
         {std::pair{640, 480}, {16, 16}, {97, 64}, {2, 300}, {97, 65}}) {
        const FramePtr frame = picture(AV_PIX_FMT_YUV420P, width, height);
        fill(*frame, width % 200 + 20);
        const auto pixels = converted(converter, *frame, format);
        const int value = width % 200 + 20;
        EXPECT_TRUE(near(pixel({pixels.data(), format}, 96, 64), {value, value, value}, 1))
            << width;
    }
}

TEST(FrameConverter, OtherRangeIsConverted) {
    const FrameFormat format{.width = 64, .height = 48, .range = ColorRange::kLimited};
    FrameConverter converter(format, {});
    const FramePtr frame = picture(AV_PIX_FMT_YUV420P, 64, 48);
    fill(*frame, 255);
    frame->color_range = AVCOL_RANGE_JPEG;
    const auto pixels = converted(converter, *frame, format);
    EXPECT_TRUE(near(pixel({pixels.data(), format}, 5, 5), {235, 240, 240}, 1));
}

// Against the definition, pixel by pixel.
TEST(FrameConverter, AllEightOrientations) {
    std::mt19937 random(5);
    for (int mask = 0; mask < 8; ++mask) {
        const Orientation orientation{(mask & 1) != 0, (mask & 2) != 0, (mask & 4) != 0};
        for (const AVPixelFormat given : {AV_PIX_FMT_YUV420P, AV_PIX_FMT_GRAY8}) {
            const FramePtr frame = picture(given, 130, 70);
            for (int plane = 0; plane < (given == AV_PIX_FMT_GRAY8 ? 1 : 3); ++plane) {
                for (int i = 0; i < frame->linesize[plane] * (plane == 0 ? 70 : 35); ++i) {
                    frame->data[plane][i] = static_cast<std::uint8_t>(random());
                }
            }
            const int width = orientation.swap_axes ? 70 : 130;
            const int height = orientation.swap_axes ? 130 : 70;
            const FrameFormat format{.width = width, .height = height};
            FrameConverter converter(format, orientation);
            const auto pixels = converted(converter, *frame, format);
            const auto expected = [&](int plane, int x, int y, int w, int h) -> int {
                if (given == AV_PIX_FMT_GRAY8 && plane > 0) return 128;
                if (orientation.mirror_x) x = w - 1 - x;
                if (orientation.mirror_y) y = h - 1 - y;
                if (orientation.swap_axes) std::swap(x, y);
                return frame->data[plane][y * frame->linesize[plane] + x];
            };
            const FrameView view{pixels.data(), format};
            for (int y = 0; y < height; ++y) {
                for (int x = 0; x < width; ++x) {
                    const Yuv got = pixel(view, x, y);
                    ASSERT_EQ(got.y, expected(0, x, y, width, height))
                        << mask << " " << x << " " << y;
                    ASSERT_EQ(got.cb, expected(1, x / 2, y / 2, width / 2, height / 2)) << mask;
                    ASSERT_EQ(got.cr, expected(2, x / 2, y / 2, width / 2, height / 2)) << mask;
                }
            }
        }
    }
}

TEST(FrameConverter, TurnsWhatItScales) {
    const FrameFormat format{.width = 48, .height = 64};
    FrameConverter converter(format, {.swap_axes = true, .mirror_x = true});
    const FramePtr frame = picture(AV_PIX_FMT_YUV422P, 128, 96);
    fill(*frame, 50);
    // The left half is bright: turned clockwise, it is on top.
    for (int y = 0; y < 96; ++y) std::fill_n(frame->data[0] + y * frame->linesize[0], 64, 200);
    const auto pixels = converted(converter, *frame, format);
    EXPECT_EQ(pixel({pixels.data(), format}, 24, 5).y, 200);
    EXPECT_EQ(pixel({pixels.data(), format}, 24, 60).y, 50);
}

TEST(FrameConverter, UnusablePixelFormatIsAnError) {
    FrameConverter converter({.width = 64, .height = 48}, {});
    FramePtr frame(av_frame_alloc());
    frame->width = 64;
    frame->height = 48;
    frame->format = AV_PIX_FMT_VAAPI;
    const auto ready = converter.prepare(*frame);
    ASSERT_FALSE(ready.ok());
    EXPECT_NE(ready.error().message.find("vaapi"), std::string::npos);
}

TEST(Orientation, FromDisplayMatrices) {
    EXPECT_TRUE(Orientation::from_display_matrix(nullptr).is_upright());
    const std::int32_t zeros[9] = {};
    EXPECT_TRUE(Orientation::from_display_matrix(zeros).is_upright());
    // This function of libav's turns clockwise. Anything else goes to the nearest right angle.
    const std::pair<double, int> angles[] = {{0, 0},     {90, 90},  {180, 180}, {-90, 270},
                                             {80, 90},   {100, 90}, {44, 0},    {-44, 0},
                                             {-46, 270}, {170, 180}};
    for (const auto& [clockwise, degrees] : angles) {
        std::int32_t matrix[9];
        av_display_rotation_set(matrix, clockwise);
        const Orientation orientation = Orientation::from_display_matrix(matrix);
        EXPECT_EQ(orientation.degrees(), degrees) << clockwise;
        EXPECT_EQ(orientation.swap_axes, degrees % 180 == 90);
    }
    std::int32_t mirrored[9];
    av_display_rotation_set(mirrored, 0);
    av_display_matrix_flip(mirrored, 1, 0);
    EXPECT_EQ(Orientation::from_display_matrix(mirrored), (Orientation{.mirror_x = true}));
}

}  // namespace
}  // namespace dashcam
