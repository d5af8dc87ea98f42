#pragma once

#include <optional>

#include "inference/plate_detector.h"

namespace dashcam {

// Which of the plates in a vehicle's crop is its own: its centre lies inside the vehicle's box, and
// among those the score decides, with a little less for plates far from the box's middle line,
// where neighbours' plates are. Nothing if there is none.
std::optional<PlateDetection> plate_of_vehicle(const PlateDetections& plates, const Box& vehicle);

}  // namespace dashcam
