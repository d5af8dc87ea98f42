#pragma once

#include <vector>

#include "base/result.h"
#include "stores/store.h"

namespace dashcam {

// Rules of corrections that every kind of store shares.

// The row for a correction of `vehicle`, numbered after `earlier`, the others of that video.
// Not assigned yet.
CorrectionRow correction_row(const Correction& correction, const VehicleRow& vehicle,
                             const std::vector<CorrectionRow>& earlier);

// Sets `vehicle` and `in_force` of a video's corrections, given all its vehicles as they were read.
//
// A correction belongs to the vehicle that is the same as then (track number, times, box, plate),
// else to the one that resembles it most, among those that share time with it. Resemblance is the
// sum of: time in common (intersection over union), place in common (the same of the largest
// boxes), and 1 if the plate has the text it had then or the corrected one. Below kLeastResemblance
// it is nobody's, until a later run finds the vehicle again. Of equal ones the first track counts.
// Of several corrections of one vehicle the last is in force.
void assign_corrections(std::vector<CorrectionRow>& corrections,
                        const std::vector<VehicleRow>& vehicles);

// Time and place alone agree on average to a half, or the text agrees.
constexpr double kLeastResemblance = 1.0;

}  // namespace dashcam
