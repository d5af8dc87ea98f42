#include "base/geometry.h"

#include <algorithm>

namespace dashcam {
namespace {

// The lower edge of a part is above the whole's by this share of the whole's height.
constexpr float kPartRaised = 0.1f;

Box intersection_of(const Box& a, const Box& b) {
    return {std::max(a.x0, b.x0), std::max(a.y0, b.y0), std::min(a.x1, b.x1),
            std::min(a.y1, b.y1)};
}

}  // namespace

float Box::area() const { return std::max(0.0f, x1 - x0) * std::max(0.0f, y1 - y0); }

float iou(const Box& a, const Box& b) {
    const float intersection = intersection_of(a, b).area();
    const float together = a.area() + b.area() - intersection;
    return together > 0 ? intersection / together : 0.0f;
}

float share_inside(const Box& inner, const Box& outer) {
    const float area = inner.area();
    return area > 0 ? intersection_of(inner, outer).area() / area : 0.0f;
}

bool is_raised_part(const Box& inner, const Box& outer, float share) {
    return share_inside(inner, outer) >= share &&
           outer.y1 - inner.y1 > kPartRaised * outer.height();
}

Box clipped(const Box& box, int width, int height) {
    const auto w = static_cast<float>(width);
    const auto h = static_cast<float>(height);
    return {std::clamp(box.x0, 0.0f, w), std::clamp(box.y0, 0.0f, h), std::clamp(box.x1, 0.0f, w),
            std::clamp(box.y1, 0.0f, h)};
}

Box Quad::bounds() const {
    Box box{corners[0].x, corners[0].y, corners[0].x, corners[0].y};
    for (const Point& p : corners) {
        box.x0 = std::min(box.x0, p.x);
        box.y0 = std::min(box.y0, p.y);
        box.x1 = std::max(box.x1, p.x);
        box.y1 = std::max(box.y1, p.y);
    }
    return box;
}

}  // namespace dashcam
