#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "reading/fusion_confidence.h"
#include "reading/plate_hypotheses.h"
#include "reading/track_evidence.h"

namespace dashcam {

// What became of one reading in the fusion.
struct ReadingShare {
    std::uint32_t frame = 0;
    std::string alone;    // what it says by itself
    double quality = 0;   // reading_quality()
    double piece = 0;     // probability that it shows a piece of the plate only
    bool fused = false;   // it speaks of the dominant text; else the rest is zero
    double weight = 0;    // of its posteriors in the product
    SlotColumns columns;  // column of each of its slots, or -1
};

// A track's readings put together, before it is decided what may be said of them.
struct FusedPlate {
    std::vector<PlateHypothesis> texts;   // most probable first; empty: nothing was read
    std::vector<Distribution> posterior;  // of each character of texts[0]
    std::vector<double> certainty;        // probability of each character of texts[0]
    std::vector<double> twin_certainty;   // the same with O and 0, I and 1 taken as one
    FusionSigns signs;
    std::string rival;  // what the second most probable text's best reading says; or empty
    double rival_probability = 0;        // that the rival is right, 0 to 1
    std::uint32_t best_frame = 0;        // of the most useful reading that is closest to texts[0]
    std::vector<ReadingShare> readings;  // most useful first
    std::vector<AlignedColumn> columns;  // of which texts[0] is one way to read
};

// A text with a smaller share than this of the readings' mass does not stand for the track, if
// contested.
constexpr double kLeastDominance = 0.6;

// Clusters the readings, fuses those of the dominant text, and lists the texts that they may mean.
FusedPlate fuse_plate(const TrackEvidence& evidence);

}  // namespace dashcam
