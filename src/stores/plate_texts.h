#pragma once

#include <vector>

#include "base/result.h"
#include "stores/record.h"
#include "stores/rows.h"

namespace dashcam {

// Less probable alternatives are not searched: they would be more rows than all others, and hits
// that nobody believes.
constexpr double kMinSearchedAlternative = 0.01;

// The texts that a vehicle is found by, most probable first, then by text: its plate as it was
// read and the alternatives that are probable enough, or, if a correction is in force, its text
// alone. `correction` may be null.
std::vector<PlateTextRow> texts_of(const VehicleRow& vehicle, const CorrectionRow* correction);

// The same as rows of plate_texts.
Result<std::vector<Record>> encoded_texts(const VehicleRow& vehicle,
                                          const CorrectionRow* correction);

}  // namespace dashcam
