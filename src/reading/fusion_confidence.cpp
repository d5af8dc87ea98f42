#include "reading/fusion_confidence.h"

#include <algorithm>
#include <cmath>

namespace dashcam {
namespace {

constexpr double kConfirmedConfidence = 0.98;
constexpr double kProbableConfidence = 0.5;
constexpr double kProbableCharacter = 0.6;
constexpr std::size_t kConfirmedLooks = 2;
constexpr std::size_t kShortestPlate = 4;

}  // namespace

double calibrated_confidence(const FusionSigns& signs) {
    const double p = std::clamp(signs.probability, 1e-4, 1 - 1e-4);
    const double logit = std::log(p / (1 - p));
    return 1 / (1 + std::exp(-logit));
}

PlateTier tier_of(const FusionSigns& signs, double confidence, double weakest_character) {
    if (signs.length < kShortestPlate || signs.digits == 0) {
        return PlateTier::kPartial;
    }
    if (confidence >= kConfirmedConfidence && signs.agreeing >= kConfirmedLooks) {
        return PlateTier::kConfirmed;
    }
    if (confidence >= kProbableConfidence && weakest_character >= kProbableCharacter) {
        return PlateTier::kProbable;
    }
    return PlateTier::kPartial;
}

}  // namespace dashcam
