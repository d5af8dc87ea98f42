#pragma once

#include <cstddef>

#include "base/bounded_vector.h"

namespace dashcam {

// How one block of the picture moved. Cells; (x, y) from the picture's centre.
struct BlockMotion {
    float x = 0;
    float y = 0;
    float u = 0;         // motion along x
    float v = 0;         // along y
    float weight_u = 0;  // how sharply the match is defined along x, >= 0
    float weight_v = 0;
};

constexpr std::size_t kMaxBlocks = 64;
using BlockMotions = BoundedVector<BlockMotion, kMaxBlocks>;

// The motion (u, v) at the centre, with roll and growth:
//   u(x, y) = u + growth * x - roll * y,   v(x, y) = v + growth * y + roll * x.
struct MotionFit {
    float u = 0;
    float v = 0;
    float growth = 0;
    float roll = 0;
    float support = 0;   // share of the blocks that agree
    bool found = false;  // false: too few blocks agree
};

// Starts at the densest cluster of shifts and refines by iteratively re-weighted least squares with
// Cauchy weights: near scenery and unseen moving things are outliers. With few blocks only the
// shift is fitted.
MotionFit fit_motion(const BlockMotions& blocks);

}  // namespace dashcam
