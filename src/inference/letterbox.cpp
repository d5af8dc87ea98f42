#include "inference/letterbox.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"

namespace dashcam {
namespace {

// Halves go to the even neighbour, as in the training's own rounding.
int rounded(double value) { return static_cast<int>(std::nearbyint(value)); }

}  // namespace

Point Letterbox::to_frame(float x, float y) const {
    return {static_cast<float>((static_cast<double>(x) - offset_x) / scale + source.x0),
            static_cast<float>((static_cast<double>(y) - offset_y) / scale + source.y0)};
}

Point Letterbox::to_input(const Point& frame) const {
    return {static_cast<float>((static_cast<double>(frame.x) - source.x0) * scale + offset_x),
            static_cast<float>((static_cast<double>(frame.y) - source.y0) * scale + offset_y)};
}

Box Letterbox::to_frame(const Box& input) const {
    const Point low = to_frame(input.x0, input.y0);
    const Point high = to_frame(input.x1, input.y1);
    return {low.x, low.y, high.x, high.y};
}

Letterbox fit_letterbox(const PixelRect& source, int width, int height) {
    CHECK(source.width() > 0 && source.height() > 0 && width > 0 && height > 0);
    Letterbox out;
    out.source = source;
    out.scale = std::min(static_cast<double>(width) / source.width(),
                         static_cast<double>(height) / source.height());
    out.scaled_width = std::clamp(rounded(source.width() * out.scale), 1, width);
    out.scaled_height = std::clamp(rounded(source.height() * out.scale), 1, height);
    out.offset_x = (width - out.scaled_width) / 2;
    out.offset_y = (height - out.scaled_height) / 2;
    return out;
}

PixelRect grown(const Box& box, double factor, int width, int height) {
    const double dx = (static_cast<double>(box.x1) - box.x0) * factor;
    const double dy = (static_cast<double>(box.y1) - box.y0) * factor;
    // Clamped before the conversion: a box may be far outside of the range of int.
    const auto low = [](double value, int limit) {
        return static_cast<int>(std::floor(std::clamp(value, 0.0, static_cast<double>(limit))));
    };
    const auto high = [](double value, int limit) {
        return static_cast<int>(std::ceil(std::clamp(value, 0.0, static_cast<double>(limit))));
    };
    PixelRect out{low(box.x0 - dx, width), low(box.y0 - dy, height), high(box.x1 + dx, width),
                  high(box.y1 + dy, height)};
    out.x1 = std::max(out.x0, out.x1);
    out.y1 = std::max(out.y0, out.y1);
    return out;
}

}  // namespace dashcam
