#pragma once

#include <array>
#include <cstdint>

#include "base/frame_view.h"
#include "base/geometry.h"

namespace dashcam {

// What a vehicle looks like, in 32 bytes: means over a grid laid on its box. It tells neighbours
// apart when time steps are too long for geometry alone. Lies in shared memory, without padding.
struct Appearance {
    std::array<std::uint8_t, 16> luma{};  // 4 x 4, row by row
    std::array<std::uint8_t, 6> cb{};     // 3 x 2
    std::array<std::uint8_t, 6> cr{};
    std::uint8_t known = 0;  // 0: nothing was measured
    std::uint8_t padding[3] = {};
    bool operator==(const Appearance&) const = default;
};
static_assert(sizeof(Appearance) == 32);

// Samples the inner part of the box, at most 16 pixels for each cell: 2 us. Unknown for boxes
// smaller than 12 pixels and for frames without pixels.
Appearance appearance_of(const FrameView& frame, const Box& box);

// 0: alike, 1: clearly different, larger: more so. Light and exposure are taken out of the luma.
// Half-way, at 0.5, if one of them is unknown.
float appearance_distance(const Appearance& a, const Appearance& b);

}  // namespace dashcam
