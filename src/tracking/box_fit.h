#pragma once

#include "base/geometry.h"

namespace dashcam {

// What pairing boxes of one vehicle over time needs.

// Each side moved out by `share` of the box's size: overlaps of grown boxes forgive a few pixels.
Box grown(const Box& box, float share);

// The box `dx` to the right and `dy` down.
Box moved(const Box& box, float dx, float dy);

// Logarithm of the ratio of two lengths in pixels, without sign; less than a pixel counts as one.
float log_ratio(float a, float b);

}  // namespace dashcam
