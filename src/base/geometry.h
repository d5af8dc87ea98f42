#pragma once

#include <array>

namespace dashcam {

// Pixels of the upright, full-resolution frame; (0, 0) is the outer corner of the top-left pixel,
// so the centre of that pixel is (0.5, 0.5).
struct Point {
    float x = 0;
    float y = 0;
    bool operator==(const Point&) const = default;
};

// Axis-aligned box: left, top, right, bottom, in pixels; x1 and y1 are exclusive.
struct Box {
    float x0 = 0;
    float y0 = 0;
    float x1 = 0;
    float y1 = 0;

    float width() const { return x1 - x0; }
    float height() const { return y1 - y0; }
    // Zero for an inverted box.
    float area() const;
    Point centre() const { return {(x0 + x1) / 2, (y0 + y1) / 2}; }
    bool operator==(const Box&) const = default;
};

// Intersection over union, 0 to 1.
float iou(const Box& a, const Box& b);

// The share of `inner`'s area that lies in `outer`; 0 where it has none.
float share_inside(const Box& inner, const Box& outer);

// Whether `inner` looks like a part of the vehicle in `outer`, its mirror or its front half: at
// least `share` of it lies inside, with its lower edge well above. A vehicle that stands behind
// would be hidden there, and one in front stands lower.
bool is_raised_part(const Box& inner, const Box& outer, float share);

// The part of `box` inside a frame of width x height pixels.
Box clipped(const Box& box, int width, int height);

// A plate's corners as a reader of the plate sees them: top-left, top-right, bottom-right,
// bottom-left.
struct Quad {
    std::array<Point, 4> corners{};
    // The smallest axis-aligned box around the corners.
    Box bounds() const;
    bool operator==(const Quad&) const = default;
};

}  // namespace dashcam
