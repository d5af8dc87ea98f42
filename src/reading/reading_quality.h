#pragma once

#include <array>
#include <cstddef>
#include <string>

#include "reading/plate_reading.h"

namespace dashcam {

// Symbols in the order of a SlotPosterior, without the blank.
constexpr char kPlateAlphabet[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

// A slot's posterior as probabilities that sum to 1. An all-zero posterior becomes an even one.
using Distribution = std::array<double, kPlateSymbols>;
Distribution distribution_of(const SlotPosterior& posterior);

// What one reading says alone.
struct SingleReading {
    std::string text;  // each slot's favourite, blanks left out
    // Log of the product of the slots' highest probabilities, O and 0, I and 1 taken as one (see
    // plate_twins.h); 0 is certain.
    double log_confidence = 0;
};
SingleReading read_alone(const PlateReading& reading);

// Probability that the reading alone is right, guessed from its size, focus, contrast and its own
// confidence, 0 to 1. Logistic model fitted on rendered tracks. Never NaN, whatever the reading
// holds.
double reading_quality(const PlateReading& reading);

// A total order of readings with their qualities: true if `a` is of more use than `b`. Ties go to
// the earlier frame, then to the bytes, so that equal only means identical.
bool more_useful(const PlateReading& a, double quality_a, const PlateReading& b, double quality_b);
bool more_useful(const PlateReading& a, const PlateReading& b);

}  // namespace dashcam
