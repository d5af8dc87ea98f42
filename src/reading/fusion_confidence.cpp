#include "reading/fusion_confidence.h"

#include <algorithm>
#include <cmath>

namespace dashcam {
namespace {

// Coefficients of the logistic model in calibrated_confidence(), fitted on 2500 rendered tracks
// whose texts follow the formats, without those that a rule below settles. Agreement among the
// readings is in the fused probability already; counts of readings and the plate's size add nothing
// to these three.
constexpr double kBias = -1.08;
constexpr double kPerLogOdds = 0.44;
constexpr double kPerOpenTwin = -0.98;
constexpr double kPerBestQuality = 2.86;
// A face that draws one pair of twins alike draws all alike: more of them add little.
constexpr std::size_t kMostOpenTwins = 2;
// The fused probability is no surer than this, as no rendered track is.
constexpr double kSurest = 1e-4;

// Thresholds on the confidence. With kConfirmedConfidence the mean of the tier was above 0.98.
constexpr double kConfirmedConfidence = 0.965;
constexpr double kProbableConfidence = 0.5;
constexpr double kProbableCharacter = 0.6;
// Texts that are confirmed stand in this many readings at least, and so much of the mass is theirs.
constexpr std::size_t kConfirmedReadings = 2;
constexpr double kConfirmedDominance = 0.9;
// More than this share of all readings was fused: otherwise the others may be another vehicle's,
// unreadable.
constexpr double kConfirmedShare = 0.6;
// Shorter texts, and texts without a digit, are more often a sign's or a sticker's than a plate's.
constexpr std::size_t kShortestPlate = 4;
// Confidence of texts that are too short or have no digit, at most.
constexpr double kOddTextConfidence = 0.75;

// The same for partial texts, from the 1022 of 5000 rendered tracks.
constexpr double kPartialBias = 0.49;
constexpr double kPartialPerKnown = 0.27;
constexpr double kPartialPerConfidence = 0.48;

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

double log_odds(double probability) {
    const double p = std::clamp(probability, kSurest, 1 - kSurest);
    return std::log(p / (1 - p));
}

bool is_odd(const FusionSigns& signs) { return signs.length < kShortestPlate || signs.digits == 0; }

}  // namespace

double calibrated_confidence(const FusionSigns& signs) {
    const double logit =
        kBias + kPerLogOdds * log_odds(signs.probability) +
        kPerOpenTwin * static_cast<double>(std::min(signs.open_twins, kMostOpenTwins)) +
        kPerBestQuality * signs.best_quality;
    const double confidence = sigmoid(logit);
    const double undisputed = signs.contested ? confidence * signs.dominance : confidence;
    return is_odd(signs) ? std::min(undisputed, kOddTextConfidence) : undisputed;
}

double partial_confidence(double known, double confidence) {
    return sigmoid(kPartialBias + kPartialPerKnown * log_odds(known) +
                   kPartialPerConfidence * log_odds(confidence));
}

PlateTier tier_of(const FusionSigns& signs, double confidence, double weakest_character) {
    if (signs.length < kShortestPlate) return PlateTier::kNone;
    if (confidence >= kConfirmedConfidence && signs.agreeing >= kConfirmedReadings &&
        static_cast<double>(signs.members) >
            kConfirmedShare * static_cast<double>(signs.readings) &&
        signs.dominance >= kConfirmedDominance && !signs.contested && !is_odd(signs)) {
        return PlateTier::kConfirmed;
    }
    if (confidence >= kProbableConfidence && weakest_character >= kProbableCharacter) {
        return PlateTier::kProbable;
    }
    return PlateTier::kPartial;
}

}  // namespace dashcam
