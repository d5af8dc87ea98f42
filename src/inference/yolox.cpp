#include "inference/yolox.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"

namespace dashcam {
namespace {

constexpr int kStrides[] = {8, 16, 32};
constexpr int kLargestStride = 32;
constexpr std::size_t kBoxValues = 5;  // x, y, width, height, objectness

}  // namespace

std::size_t yolox_rows(int width, int height) {
    if (width < 1 || height < 1 || width % kLargestStride != 0 || height % kLargestStride != 0)
        return 0;
    std::size_t rows = 0;
    for (const int stride : kStrides) rows += std::size_t(width / stride) * (height / stride);
    return rows;
}

YoloxBoxes decode_yolox(std::span<const float> output, int width, int height,
                        std::size_t all_classes, const std::vector<std::size_t>& columns) {
    const std::size_t values = kBoxValues + all_classes;
    CHECK(output.size() == yolox_rows(width, height) * values);
    YoloxBoxes out;
    const float* row = output.data();
    for (const int stride : kStrides) {
        const auto step = static_cast<float>(stride);
        for (int y = 0; y < height / stride; ++y) {
            for (int x = 0; x < width / stride; ++x, row += values) {
                const float cx = (row[0] + static_cast<float>(x)) * step;
                const float cy = (row[1] + static_cast<float>(y)) * step;
                const float half_width = std::exp(row[2]) * step / 2;
                const float half_height = std::exp(row[3]) * step / 2;
                out.boxes.insert(out.boxes.end(), {cx - half_width, cy - half_height,
                                                   cx + half_width, cy + half_height});
                float best = 0;
                for (const std::size_t column : columns) {
                    out.classes.push_back(row[kBoxValues + column]);
                    best = std::max(best, row[kBoxValues + column]);
                }
                out.scores.push_back(row[4] * best);
            }
        }
    }
    return out;
}

Letterbox yolox_input(Preprocessor& preprocessor, const FrameView& frame, int width, int height,
                      std::span<float> input) {
    const auto plane = static_cast<std::size_t>(width) * static_cast<std::size_t>(height);
    CHECK(input.size() == 3 * plane);
    const PixelRect whole = whole_frame(frame.format);
    const Letterbox fit = fit_letterbox(whole, width, height);
    const int w = fit.scaled_width, h = fit.scaled_height;
    std::vector<std::uint8_t> bgr(static_cast<std::size_t>(w) * static_cast<std::size_t>(h) * 3);
    preprocessor.run(frame, whole, w, h, bgr);
    std::fill(input.begin(), input.end(), static_cast<float>(kLetterboxGrey));
    for (int y = 0; y < h; ++y) {
        for (int x = 0; x < w; ++x) {
            const std::size_t at = static_cast<std::size_t>(y) * static_cast<std::size_t>(width) +
                                   static_cast<std::size_t>(x);
            const std::uint8_t* pixel =
                &bgr[(static_cast<std::size_t>(y) * static_cast<std::size_t>(w) +
                      static_cast<std::size_t>(x)) *
                     3];
            for (std::size_t c = 0; c < 3; ++c) input[c * plane + at] = pixel[c];
        }
    }
    Letterbox corner = fit;
    corner.offset_x = 0;
    corner.offset_y = 0;
    return corner;
}

}  // namespace dashcam
