#pragma once

#include <vector>

#include "evaluation/report.h"
#include "evaluation/truth.h"
#include "stores/rows.h"

namespace dashcam {

// A clip's truth and the pipeline's rows of it.
struct ClipResult {
    TrueClip truth;
    std::vector<VehicleWithReadings> vehicles;
};

// Plates that a person can read: "exact" if a row has the text in tier confirmed or probable,
// "partly" if it has it in a lower tier or is one character off, "missed" otherwise. Rows in tier
// confirmed or probable that no plate of the truth comes near are "not listed", and "invented" in a
// clip without a readable plate.
EvaluationReport evaluate_clips(const std::vector<ClipResult>& clips);

}  // namespace dashcam
