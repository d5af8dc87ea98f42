#include "pipeline/stages/plate_choice.h"

#include <algorithm>
#include <cmath>

namespace dashcam {
namespace {

// A plate at the box's edge counts for half of one in the middle: front and rear plates sit near
// the middle line, and a view from the side moves them to an edge, but then the neighbour's plate
// lies further out still.
constexpr float kEdgeDiscount = 0.5f;

}  // namespace

std::optional<PlateDetection> plate_of_vehicle(const PlateDetections& plates, const Box& vehicle) {
    std::optional<PlateDetection> best;
    float best_value = 0;
    for (const PlateDetection& plate : plates) {
        const Point centre = plate.corners.bounds().centre();
        const bool inside = centre.x >= vehicle.x0 && centre.x <= vehicle.x1 &&
                            centre.y >= vehicle.y0 && centre.y <= vehicle.y1;
        if (!inside) continue;
        const float off_middle = std::min(
            1.0f, std::fabs(centre.x - vehicle.centre().x) / std::max(1.0f, vehicle.width() / 2));
        const float value = plate.score * (1 - kEdgeDiscount * off_middle);
        if (value > best_value) {
            best = plate;
            best_value = value;
        }
    }
    return best;
}

}  // namespace dashcam
