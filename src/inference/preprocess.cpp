#include "inference/preprocess.h"

#include <algorithm>

#include "base/check.h"
#include "inference/resample.h"
#include "inference/yuv_to_bgr.h"

namespace dashcam {
namespace {

// One plane's way into the picture.
struct PlaneFilter {
    AxisFilter x;
    AxisFilter y;
    int begin_x = 0;  // the columns that the rows are filtered over
    int width = 0;

    // Samples are `size` pixels wide and high: 1 for luma, 2 for chroma.
    PlaneFilter(const Letterbox& box, int size) {
        const PixelRect& s = box.source;
        const auto span = [size](int low, int high, int pixels) {
            AxisSpan out;
            out.origin = static_cast<double>(low) / size;
            out.step = static_cast<double>(high - low) / pixels / size;
            out.low = low / size;
            out.high = (high + size - 1) / size;
            return out;
        };
        const AxisSpan along = span(s.x0, s.x1, box.scaled_width);
        const AxisSpan down = span(s.y0, s.y1, box.scaled_height);
        const auto make = box.scale < 1 ? area_filter : linear_filter;
        x = make(along, box.scaled_width);
        y = make(down, box.scaled_height);
        begin_x = along.low;
        width = along.high - along.low;
    }

    void filter(const std::uint8_t* plane, std::size_t stride, int row, std::uint16_t* scratch,
                std::int16_t* out) const {
        const auto index = static_cast<std::size_t>(row);
        const std::uint8_t* source =
            plane + static_cast<std::size_t>(y.first[index]) * stride + begin_x;
        filter_rows(source, stride, &y.weights[index * static_cast<std::size_t>(y.taps)], y.taps,
                    width, scratch);
        filter_columns(scratch, begin_x, x, out);
    }
};

// Everything around the picture.
void fill_border(const Letterbox& box, int width, int height, std::span<std::uint8_t> bgr) {
    const auto row_bytes = static_cast<std::size_t>(width) * 3;
    const auto fill = [&bgr](std::size_t begin, std::size_t end) {
        std::fill(bgr.begin() + static_cast<std::ptrdiff_t>(begin),
                  bgr.begin() + static_cast<std::ptrdiff_t>(end), kLetterboxGrey);
    };
    const auto top = static_cast<std::size_t>(box.offset_y);
    const auto bottom = top + static_cast<std::size_t>(box.scaled_height);
    const auto left = static_cast<std::size_t>(box.offset_x) * 3;
    const auto right = left + static_cast<std::size_t>(box.scaled_width) * 3;
    fill(0, top * row_bytes);
    for (std::size_t y = top; y < bottom; ++y) {
        fill(y * row_bytes, y * row_bytes + left);
        fill(y * row_bytes + right, (y + 1) * row_bytes);
    }
    fill(bottom * row_bytes, static_cast<std::size_t>(height) * row_bytes);
}

}  // namespace

struct Preprocessor::Filters {
    explicit Filters(const Letterbox& of) : box(of), luma(of, 1), chroma(of, 2) {}

    Letterbox box;
    PlaneFilter luma;
    PlaneFilter chroma;
};

Preprocessor::Preprocessor() = default;
Preprocessor::~Preprocessor() = default;
Preprocessor::Preprocessor(Preprocessor&&) noexcept = default;
Preprocessor& Preprocessor::operator=(Preprocessor&&) noexcept = default;

PixelRect whole_frame(const FrameFormat& format) { return {0, 0, format.width, format.height}; }

Letterbox Preprocessor::run(const FrameView& frame, const PixelRect& source, int width, int height,
                            std::span<std::uint8_t> bgr) {
    const FrameFormat& format = frame.format;
    CHECK(source.x0 >= 0 && source.y0 >= 0 && source.x1 <= format.width &&
          source.y1 <= format.height);
    CHECK(bgr.size() == static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 3);
    const Letterbox box = fit_letterbox(source, width, height);
    if (filters_ == nullptr || filters_->box != box) filters_ = std::make_unique<Filters>(box);
    const PlaneFilter& luma = filters_->luma;
    const PlaneFilter& chroma = filters_->chroma;
    const ColourCoefficients colour = colour_coefficients(format.range, format.matrix);
    const auto pixels = static_cast<std::size_t>(box.scaled_width);
    row_.resize(static_cast<std::size_t>(luma.width) + 1);
    luma_.resize(pixels);
    cb_.resize(pixels);
    cr_.resize(pixels);
    fill_border(box, width, height, bgr);
    const auto luma_stride = static_cast<std::size_t>(format.luma_stride());
    const auto chroma_stride = static_cast<std::size_t>(format.chroma_stride());
    for (int y = 0; y < box.scaled_height; ++y) {
        luma.filter(frame.luma(), luma_stride, y, row_.data(), luma_.data());
        chroma.filter(frame.cb(), chroma_stride, y, row_.data(), cb_.data());
        chroma.filter(frame.cr(), chroma_stride, y, row_.data(), cr_.data());
        const std::size_t at =
            static_cast<std::size_t>(y + box.offset_y) * static_cast<std::size_t>(width) +
            static_cast<std::size_t>(box.offset_x);
        yuv_to_bgr(colour, luma_.data(), cb_.data(), cr_.data(), box.scaled_width, &bgr[at * 3]);
    }
    return box;
}

}  // namespace dashcam
