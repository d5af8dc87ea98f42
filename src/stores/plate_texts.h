#pragma once

#include <vector>

#include "stores/rows.h"

namespace dashcam {

// Less probable alternatives are not searched: they would be more rows than all others, and hits
// that nobody believes.
constexpr double kMinSearchedAlternative = 0.01;

// The texts that a vehicle is found by, most probable first, then by text: its plate as it was
// read and the alternatives that are probable enough, or, if a correction is in force, its text
// alone. `correction` may be null.
std::vector<PlateTextRow> texts_of(const VehicleRow& vehicle, const CorrectionRow* correction);

}  // namespace dashcam
