#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "reading/plate_alignment.h"

namespace dashcam {

// One way to read all columns.
struct PlateHypothesis {
    std::array<std::uint8_t, kMaxColumns> symbols{};  // of each column; kBlankSymbol: no character
    std::string text;                                 // at most kPlateSlots characters
    double probability = 0;
};

// Texts considered: enough that the rest rarely matters, few enough to compare with every format.
constexpr std::size_t kMaxHypotheses = 48;

// The most probable readings of the columns under the product of the columns' posteriors and the
// formats' boost (plate_formats.h), each text once. First comes the best way to write the text that
// is most probable with its twins (plate_twins.h) taken as one; the others follow, most probable
// first. The probabilities sum to at most 1; what is missing belongs to the texts left out. At most
// kMaxColumns columns.
std::vector<PlateHypothesis> likely_texts(std::span<const AlignedColumn> columns);

}  // namespace dashcam
