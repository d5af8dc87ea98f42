#pragma once

#include <cstdint>
#include <vector>

#include "annotate/annotated_tracks.h"
#include "base/frame_view.h"

namespace dashcam {

// Draws boxes and texts into a frame in place. Green: the plate is confirmed; yellow: probable;
// orange: partial; white: no plate; grey: a track without a row. Texts do not cover each other (see
// label_places.h).
void paint(std::uint8_t* pixels, const FrameFormat& format,
           const std::vector<VehicleLabel>& labels);

}  // namespace dashcam
