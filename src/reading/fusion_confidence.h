#pragma once

#include <cstddef>
#include <vector>

#include "reading/plate_summary.h"

namespace dashcam {

// What is known of a fused text besides the text.
struct FusionSigns {
    double probability = 0;  // of the best text, from the columns and formats, if O and 0, I and 1
                             // are taken as one (plate_twins.h)
    double twin_share = 1;   // the part of it in which they are as in the text, 0 to 1
    double whole = 1;        // probability that the text is not a piece of a longer one
    std::size_t readings = 0;  // readings of the track
    std::size_t members = 0;   // readings fused
    std::size_t pictures = 0;  // frames, told by their times, that those come from
    std::size_t agreeing = 0;  // of them, those that alone give the very same text
    double dominance = 1;      // the fused readings' share of the mass of all readings, 0 to 1
    double best_quality = 0;   // highest reading_quality() of the fused readings
    std::size_t length = 0;    // characters of the text
    std::size_t digits = 0;    // of them, digits
    bool contested = false;    // another text was read, with confidence of its own
};

// Probability that the text is right, 0 to 1.
double calibrated_confidence(const FusionSigns& signs);
// The same if O and 0, I and 1 are taken as one.
double confidence_but_twins(const FusionSigns& signs);

// Probability that the characters shown of a partial text are right, 0 to 1. `known` is the product
// of their certainties, `confidence` that of the whole text.
double partial_confidence(double known, double confidence);

// The tier of a text of which every character is shown. Twins in doubt keep a text from being
// confirmed, not from being shown: `weakest_character` is the least certainty with twins taken as
// one.
PlateTier tier_of(const FusionSigns& signs, double weakest_character);

// One thing that a tier asks for.
struct TierCondition {
    PlateTier tier = PlateTier::kNone;
    const char* what = "";  // for people
    double value = 0;
    double needed = 0;
    bool met = false;
};
// All that tier_of() goes by: the tier is the highest of which every condition is met.
std::vector<TierCondition> tier_conditions(const FusionSigns& signs, double weakest_character);

// A text that is whole with less than this probability is shown as a piece, with '?' at both ends.
constexpr double kWholeText = 0.6;
// In a text of which something must be hidden, characters less probable than this are hidden.
constexpr double kKnownInPartial = 0.75;
// A partial text has at least so many known characters, and more than it hides.
constexpr std::size_t kFewestKnown = 3;
// A partial text that is less probable than this is not shown.
constexpr double kPartialConfidence = 0.3;

}  // namespace dashcam
