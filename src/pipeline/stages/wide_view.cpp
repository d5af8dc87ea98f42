#include "pipeline/stages/wide_view.h"

#include <algorithm>
#include <cmath>

namespace dashcam {
namespace {

// Picture pixels are this many frame pixels wide.
constexpr int kReduction = 2;
// Chroma is subsampled by 2: parts that are multiples of 4 keep the planes aligned after the
// reduction.
constexpr int kAlignment = 2 * kReduction;
constexpr float kGrowth = 0.1f;  // of the vehicle's box on each side, as the plate network's crop
constexpr std::uint8_t kGreyLuma = 114;  // the networks' letterbox
constexpr std::uint8_t kGreyChroma = 128;

int aligned_down(float value, int limit) {
    const int whole = static_cast<int>(std::clamp(value, 0.0f, static_cast<float>(limit)));
    return whole / kAlignment * kAlignment;
}

// Averages kReduction x kReduction samples.
void reduce(const std::uint8_t* from, int from_stride, std::uint8_t* to, int to_stride, int width,
            int height) {
    for (int y = 0; y < height; ++y) {
        const std::uint8_t* upper =
            from + static_cast<std::ptrdiff_t>(kReduction) * y * from_stride;
        const std::uint8_t* lower = upper + from_stride;
        std::uint8_t* out = to + static_cast<std::ptrdiff_t>(y) * to_stride;
        for (int x = 0; x < width; ++x) {
            const int sum = upper[2 * x] + upper[2 * x + 1] + lower[2 * x] + lower[2 * x + 1];
            out[x] = static_cast<std::uint8_t>((sum + 2) / 4);
        }
    }
}

}  // namespace

WideView::WideView(const FrameView& frame, const Box& vehicle) {
    const FrameFormat& from = frame.format;
    const float dx = vehicle.width() * kGrowth;
    const float dy = vehicle.height() * kGrowth;
    const int x0 = aligned_down(vehicle.x0 - dx, from.width);
    const int y0 = aligned_down(vehicle.y0 - dy, from.height);
    const int width = std::max(0, aligned_down(vehicle.x1 + dx, from.width) - x0);
    const int height = std::max(0, aligned_down(vehicle.y1 + dy, from.height) - y0);
    format_ = from;
    format_.width = width;
    format_.height = height;
    pixels_.assign(format_.bytes(), kGreyChroma);
    std::fill_n(pixels_.begin(), static_cast<std::ptrdiff_t>(format_.luma_stride()) * height,
                kGreyLuma);
    // The part in the middle leaves a quarter of the size on each side.
    const int left = width / 4 / 2 * 2;
    const int top = height / 4 / 2 * 2;
    shift_ = {static_cast<float>(x0 - kReduction * left),
              static_cast<float>(y0 - kReduction * top)};
    const auto at = [](int x, int y, int stride) {
        return static_cast<std::ptrdiff_t>(y) * stride + x;
    };
    reduce(frame.luma() + at(x0, y0, from.luma_stride()), from.luma_stride(),
           pixels_.data() + at(left, top, format_.luma_stride()), format_.luma_stride(), width / 2,
           height / 2);
    const FrameView own = picture();
    for (const auto& [source, plane] :
         {std::pair{frame.cb(), own.cb()}, std::pair{frame.cr(), own.cr()}}) {
        reduce(
            source + at(x0 / 2, y0 / 2, from.chroma_stride()), from.chroma_stride(),
            pixels_.data() + (plane - own.pixels) + at(left / 2, top / 2, format_.chroma_stride()),
            format_.chroma_stride(), width / 4, height / 4);
    }
}

Quad WideView::to_frame(const Quad& quad) const {
    Quad out = quad;
    for (Point& p : out.corners) p = {shift_.x + kReduction * p.x, shift_.y + kReduction * p.y};
    return out;
}

}  // namespace dashcam
