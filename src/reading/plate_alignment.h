#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "reading/plate_reading.h"
#include "reading/reading_quality.h"

namespace dashcam {

// A reading, prepared for alignment.
struct WeightedReading {
    std::array<Distribution, kPlateSlots> slots{};
    std::array<std::array<double, 2>, kPlateSlots> place{};  // x, y of each slot, 0 to 1
    double weight = 1;                                       // above 0; how much it is trusted
};
WeightedReading weighted_reading(const PlateReading& reading, double weight);

// One character's position of the fused text.
struct AlignedColumn {
    Distribution posterior{};       // sums to 1; the blank's part: that there is no such character
    std::array<double, 2> place{};  // mean place of its slots
};

// Columns that an alignment may have: the slots, and characters that only some readings have.
constexpr std::size_t kMaxColumns = kPlateSlots + 4;

// Slot -> column, -1 for a slot that belongs to none. Columns ascend with the slots.
using SlotColumns = std::array<std::int8_t, kPlateSlots>;

// The best alignment of a reading's slots with a profile (Needleman and Wunsch 1970): a slot costs
// how much its posterior and place differ from its column's, a slot or column left out costs how
// little blank it holds.
SlotColumns align(const WeightedReading& reading, std::span<const AlignedColumn> profile);

// Fuses readings, best first, character by character: progressive alignment to a growing profile,
// then realignment of all readings to the result (as ROVER does with words, Fiscus 1997). Each
// column's posterior is the weighted product of its slots' posteriors; as errors of neighbouring
// frames are correlated, the product counts as fewer readings than there are. One reading alone
// keeps its posteriors. With `assigned`: it becomes each reading's slots' columns in the result.
std::vector<AlignedColumn> fuse_columns(std::span<const WeightedReading> readings,
                                        std::vector<SlotColumns>* assigned = nullptr);

}  // namespace dashcam
