#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/frame_view.h"
#include "base/geometry.h"
#include "reading/plate_reading.h"

namespace dashcam {

// A plate as the text network sees it, and what the cut says about its legibility.
struct RectifiedPlate {
    // Rows from the top, full-range luma 0 to 255. All zero where nothing could be cut out.
    std::array<std::uint8_t, static_cast<std::size_t>(kPlateWidth) * kPlateHeight> grey{};
    // Root mean square of the horizontal central difference over the standard deviation of the
    // grey: about 0.05 for a plate out of focus, 0.3 for a sharp one, 0 for an even surface.
    float sharpness = 0;
    // The grey between the 5th and the 95th percentile, over 255.
    float contrast = 0;
    // Mean lengths of the upper and lower, and of the left and right edge, in pixels of the frame.
    float width_px = 0;
    float height_px = 0;
};

// The corners with each side moved out by `share` of the plate's size, along its own edges; inward
// if negative.
Quad grown(const Quad& quad, float share);

// Cuts the plate out along its four corners (as the plate detector gives them: the plate's own
// outline) and stretches it to kPlateWidth x kPlateHeight, as the text network was trained: every
// side moves out by 3 %, plates wider than 307 pixels are averaged down first, and the perspective
// is undone with bilinear sampling; outside the frame its border is repeated. Limited-range luma is
// stretched to 0..255.
//
// Corners that enclose nothing, that are not numbers, that are not convex or that lie outside the
// frame give a plate without grey, size, sharpness and contrast.
RectifiedPlate rectify(const FrameView& frame, const Quad& corners);

}  // namespace dashcam
