#include "pipeline/stages/plate_choice.h"

#include <algorithm>
#include <cmath>

namespace dashcam {
namespace {

// A plate at the box's edge counts for half of one in the middle: front and rear plates sit near
// the middle line, and a view from the side moves them to an edge, but then the neighbour's plate
// lies further out still.
constexpr float kEdgeDiscount = 0.5f;
// Up to half of the crop's width plates are found whole; of larger ones pieces that are 0.25 to 0.5
// of it. The crop is 1.2 times the box.
constexpr float kLargePlate = 0.3f;
// A vehicle this wide is close, or reaches out of the frame.
constexpr float kFillsFrame = 0.7f;
// A detection is a piece of another if it covers less than this share of its width.
constexpr float kPieceWidth = 0.85f;
// Corners are found with an error; more than this share of the plate's size outside of the frame is
// cut off.
constexpr float kCutShare = 0.03f;

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

bool may_be_piece(const PlateDetection& plate, const Box& vehicle) {
    return plate.corners.bounds().width() > kLargePlate * vehicle.width();
}

bool fills_frame(const Box& vehicle, int width) {
    return vehicle.width() > kFillsFrame * static_cast<float>(width);
}

PlateDetection better_of(const PlateDetection& plate, const PlateDetection& wide) {
    const Box part = plate.corners.bounds();
    const Box whole = wide.corners.bounds();
    const Point centre = part.centre();
    const bool holds =
        centre.x > whole.x0 && centre.x < whole.x1 && centre.y > whole.y0 && centre.y < whole.y1;
    return holds && part.width() < kPieceWidth * whole.width() ? wide : plate;
}

bool is_cut(const Quad& plate, int width, int height) {
    const Box box = plate.bounds();
    const float dx = kCutShare * box.width();
    const float dy = kCutShare * box.height();
    return box.x0 < -dx || box.y0 < -dy || box.x1 > static_cast<float>(width) + dx ||
           box.y1 > static_cast<float>(height) + dy;
}

}  // namespace dashcam
