#include "tracking/box_fit.h"

#include <algorithm>
#include <cmath>

namespace dashcam {

Box grown(const Box& box, float share) {
    const float dx = box.width() * share;
    const float dy = box.height() * share;
    return {box.x0 - dx, box.y0 - dy, box.x1 + dx, box.y1 + dy};
}

Box moved(const Box& box, float dx, float dy) {
    return {box.x0 + dx, box.y0 + dy, box.x1 + dx, box.y1 + dy};
}

float log_ratio(float a, float b) {
    return std::abs(std::log(std::max(a, 1.0f) / std::max(b, 1.0f)));
}

}  // namespace dashcam
