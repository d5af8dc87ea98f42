#pragma once

#include <optional>

#include "inference/plate_detector.h"

namespace dashcam {

// Which of the plates in a vehicle's crop is its own: its centre lies inside the vehicle's box, and
// among those the score decides, with a little less for plates far from the box's middle line,
// where neighbours' plates are. Nothing if there is none.
std::optional<PlateDetection> plate_of_vehicle(const PlateDetections& plates, const Box& vehicle);

// True if the plate is so wide for its vehicle's box that the plate network may have found a piece
// of it only.
bool may_be_piece(const PlateDetection& plate, const Box& vehicle);

// True if the vehicle takes up so much of a frame of `width` pixels that its plate may be too large
// to be found at all.
bool fills_frame(const Box& vehicle, int width);

// The one of two detections of a plate to read: `wide` was found in a smaller picture of the
// vehicle, and is coarser, so it is taken only where it shows that the other is a piece of it.
PlateDetection better_of(const PlateDetection& plate, const PlateDetection& wide);

// True if an edge of a frame of width x height pixels cuts the plate.
bool is_cut(const Quad& plate, int width, int height);

}  // namespace dashcam
