#include "reading/fusion_confidence.h"

#include <algorithm>
#include <cmath>

namespace dashcam {
namespace {

// Coefficients of the logistic model in confidence_but_twins(), fitted on 3200 rendered tracks
// whose texts follow the formats, without those that a rule below settles; half of their faces draw
// O and 0, I and 1 alike. Agreement among the readings is in the fused probability already; counts
// of readings and the plate's size add nothing to these three.
constexpr double kBias = -0.906;
constexpr double kPerLogOdds = 0.637;
constexpr double kPerBestQuality = 2.054;
// Several looks at one picture err alike, and agree more often than they are right: fitted on 865
// rendered pictures with four looks each.
constexpr double kOnePicture = -0.74;
// The fused probability is no surer than this, as no rendered track is.
constexpr double kSurest = 1e-4;

// Thresholds on the confidence. With kConfirmedConfidence the mean of the tier was above 0.98.
constexpr double kConfirmedConfidence = 0.96;
constexpr double kProbableConfidence = 0.5;
// The same of one picture, of which there will be no better look: a clear favourite is shown.
constexpr double kProbableInPicture = 0.32;
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

bool is_repeated_look(const FusionSigns& signs) {
    return signs.pictures == 1 && signs.members > 1;
}

}  // namespace

double confidence_but_twins(const FusionSigns& signs) {
    const double logit = kBias + kPerLogOdds * log_odds(signs.probability) +
                         kPerBestQuality * signs.best_quality +
                         (is_repeated_look(signs) ? kOnePicture : 0);
    const double confidence = sigmoid(logit) * signs.whole;
    const double undisputed = signs.contested ? confidence * signs.dominance : confidence;
    return is_odd(signs) ? std::min(undisputed, kOddTextConfidence) : undisputed;
}

double calibrated_confidence(const FusionSigns& signs) {
    return confidence_but_twins(signs) * signs.twin_share;
}

double partial_confidence(double known, double confidence) {
    return sigmoid(kPartialBias + kPartialPerKnown * log_odds(known) +
                   kPartialPerConfidence * log_odds(confidence));
}

std::vector<TierCondition> tier_conditions(const FusionSigns& signs, double weakest_character) {
    std::vector<TierCondition> out;
    const auto at_least = [&](PlateTier tier, const char* what, double value, double needed) {
        out.push_back({tier, what, value, needed, value >= needed});
    };
    at_least(PlateTier::kPartial, "characters of the text", static_cast<double>(signs.length),
             static_cast<double>(kShortestPlate));
    for (const PlateTier tier : {PlateTier::kProbable, PlateTier::kConfirmed}) {
        at_least(tier, "characters of the text", static_cast<double>(signs.length),
                 static_cast<double>(kShortestPlate));
        at_least(tier, "probability that the text is no piece of a longer one", signs.whole,
                 kWholeText);
    }
    at_least(PlateTier::kProbable, "confidence, O and 0, I and 1 taken as one",
             confidence_but_twins(signs),
             is_repeated_look(signs) ? kProbableInPicture : kProbableConfidence);
    at_least(PlateTier::kProbable, "certainty of the weakest character, twins taken as one",
             weakest_character, kProbableCharacter);

    constexpr PlateTier kTop = PlateTier::kConfirmed;
    at_least(kTop, "confidence of the text", calibrated_confidence(signs), kConfirmedConfidence);
    at_least(kTop, "readings that say exactly this text alone", static_cast<double>(signs.agreeing),
             static_cast<double>(kConfirmedReadings));
    const auto members = static_cast<double>(signs.members);
    const auto readings = static_cast<double>(signs.readings);
    out.push_back({kTop, "share of the readings that were fused (more than)",
                   readings > 0 ? members / readings : 0, kConfirmedShare,
                   members > kConfirmedShare * readings});
    at_least(kTop, "their share of the evidence", signs.dominance, kConfirmedDominance);
    at_least(kTop, "no good reading of another text (1: none)", signs.contested ? 0 : 1, 1);
    at_least(kTop, "digits in the text", static_cast<double>(signs.digits), 1);
    return out;
}

PlateTier tier_of(const FusionSigns& signs, double weakest_character) {
    const std::vector<TierCondition> conditions = tier_conditions(signs, weakest_character);
    for (const PlateTier tier :
         {PlateTier::kConfirmed, PlateTier::kProbable, PlateTier::kPartial}) {
        const bool all =
            std::all_of(conditions.begin(), conditions.end(), [&](const TierCondition& condition) {
                return condition.tier != tier || condition.met;
            });
        if (all) return tier;
    }
    return PlateTier::kNone;
}

}  // namespace dashcam
