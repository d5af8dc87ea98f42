#include "tracking/appearance.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <span>

namespace dashcam {
namespace {

constexpr float kInset = 0.1f;  // of the box's size on each side: there the background shows
constexpr float kSmallest_px = 12.0f;
constexpr int kSamples = 4;  // along each side of a cell
// Mean differences at which two vehicles are clearly different, in steps of 8-bit video.
constexpr float kClearLuma = 40.0f;
constexpr float kClearChroma = 12.0f;
constexpr float kUnknownDistance = 0.5f;

struct Plane {
    const std::uint8_t* pixels;
    int width;
    int height;
    int stride;
};

// Means of a columns x rows grid laid on `box`, given in the plane's pixels.
void grid_means(const Plane& plane, const Box& box, int columns, int rows, std::uint8_t* means) {
    const float step_x = box.width() / static_cast<float>(columns * kSamples);
    const float step_y = box.height() / static_cast<float>(rows * kSamples);
    for (int row = 0; row < rows; ++row) {
        for (int column = 0; column < columns; ++column) {
            int sum = 0;
            for (int j = 0; j < kSamples; ++j) {
                const float at_y =
                    box.y0 + (static_cast<float>(row * kSamples + j) + 0.5f) * step_y;
                const int y = std::clamp(static_cast<int>(at_y), 0, plane.height - 1);
                for (int i = 0; i < kSamples; ++i) {
                    const float at_x =
                        box.x0 + (static_cast<float>(column * kSamples + i) + 0.5f) * step_x;
                    const int x = std::clamp(static_cast<int>(at_x), 0, plane.width - 1);
                    sum += plane.pixels[static_cast<std::size_t>(y) * plane.stride + x];
                }
            }
            *means++ = static_cast<std::uint8_t>(sum / (kSamples * kSamples));
        }
    }
}

// Mean distance of two vectors after taking `shift` off the first.
float mean_distance(std::span<const std::uint8_t> a, std::span<const std::uint8_t> b, float shift) {
    float sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        sum += std::abs(static_cast<float>(a[i]) - static_cast<float>(b[i]) - shift);
    }
    return sum / static_cast<float>(a.size());
}

float mean_shift(std::span<const std::uint8_t> a, std::span<const std::uint8_t> b) {
    int sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] - b[i];
    return static_cast<float>(sum) / static_cast<float>(a.size());
}

}  // namespace

Appearance appearance_of(const FrameView& frame, const Box& box) {
    Appearance appearance;
    const FrameFormat& format = frame.format;
    const Box inside = clipped(box, format.width, format.height);
    if (frame.pixels == nullptr || std::min(inside.width(), inside.height()) < kSmallest_px)
        return appearance;
    const Box inner{inside.x0 + kInset * inside.width(), inside.y0 + kInset * inside.height(),
                    inside.x1 - kInset * inside.width(), inside.y1 - kInset * inside.height()};
    const Box halved{inner.x0 / 2, inner.y0 / 2, inner.x1 / 2, inner.y1 / 2};
    const int chroma_width = format.chroma_width();
    const int chroma_height = format.chroma_height();
    const int chroma_stride = format.chroma_stride();
    grid_means({frame.luma(), format.width, format.height, format.luma_stride()}, inner, 4, 4,
               appearance.luma.data());
    grid_means({frame.cb(), chroma_width, chroma_height, chroma_stride}, halved, 3, 2,
               appearance.cb.data());
    grid_means({frame.cr(), chroma_width, chroma_height, chroma_stride}, halved, 3, 2,
               appearance.cr.data());
    appearance.known = 1;
    return appearance;
}

float appearance_distance(const Appearance& a, const Appearance& b) {
    if (a.known == 0 || b.known == 0) return kUnknownDistance;
    const float shift = mean_shift(a.luma, b.luma);
    // Black and white cars differ by their mean alone; a shadow's change is smaller and forgiven.
    const float luma = mean_distance(a.luma, b.luma, shift) + std::abs(shift) / 4;
    const float chroma = (mean_distance(a.cb, b.cb, 0) + mean_distance(a.cr, b.cr, 0)) / 2;
    return luma / kClearLuma + chroma / kClearChroma;
}

}  // namespace dashcam
