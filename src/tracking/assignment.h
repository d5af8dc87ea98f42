#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "tracking/tracker_types.h"

namespace dashcam {

constexpr std::size_t kMaxAssignment = 64;
static_assert(kMaxAssignment >= kMaxLiveTracks && kMaxAssignment >= kMaxDetectionsPerFrame);

// Costs of pairing rows (tracks) with columns (detections). Whole numbers, so that the optimum does
// not depend on rounding.
struct CostMatrix {
    std::size_t rows = 0;     // up to kMaxAssignment
    std::size_t columns = 0;  // up to kMaxAssignment
    std::int32_t gate = 0;    // > 0; a pair that costs this much or more is not made
    std::array<std::array<std::int32_t, kMaxAssignment>, kMaxAssignment> cost{};
};

constexpr int kUnassigned = -1;
using Assignment = std::array<int, kMaxAssignment>;  // the column of each row, or kUnassigned

// The pairing with the least total cost, where each row left alone costs `gate`. Hungarian method
// with shortest augmenting paths (Jonker & Volgenant 1987), O(n^3). Equal optima are told apart by
// the order of rows and columns, so the same matrix always gives the same pairing.
Assignment assign(const CostMatrix& costs);

}  // namespace dashcam
