#pragma once

#include <cstdint>

#include "base/geometry.h"

namespace dashcam {

// Whole pixels of a frame: x1 and y1 are exclusive.
struct PixelRect {
    std::int32_t x0 = 0;
    std::int32_t y0 = 0;
    std::int32_t x1 = 0;
    std::int32_t y1 = 0;

    int width() const { return x1 - x0; }
    int height() const { return y1 - y0; }
    bool operator==(const PixelRect&) const = default;
};

// How a part of a frame lies in a network's input: scaled to fit with its proportions kept, and
// centred on grey. The rule is the one that the networks were trained with (models' cards).
struct Letterbox {
    PixelRect source;      // part of the frame
    double scale = 1;      // input pixels per frame pixel
    int scaled_width = 0;  // of the picture in the input, at least 1
    int scaled_height = 0;
    int offset_x = 0;  // of the picture's left upper corner in the input
    int offset_y = 0;

    bool operator==(const Letterbox&) const = default;

    // A point of the network's input in pixels of the full frame. Not clipped.
    Point to_frame(float x, float y) const;
    // The inverse of to_frame.
    Point to_input(const Point& frame) const;
    Box to_frame(const Box& input) const;
};

// Fits `source` (at least 1x1) into an input of width x height pixels.
Letterbox fit_letterbox(const PixelRect& source, int width, int height);

// `box` with each side moved out by `factor` of its width or height, cut at the edges of a frame of
// width x height pixels, rounded outwards to whole pixels. Empty (a side of zero) for a box that
// lies outside.
PixelRect grown(const Box& box, double factor, int width, int height);

}  // namespace dashcam
