#include "reading/reading_quality.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "reading/plate_twins.h"

namespace dashcam {
namespace {

// Coefficients of the logistic model in reading_quality(), fitted on the 16 930 readings of 2500
// rendered tracks: of the plate's size, focus and contrast only the focus says more than the
// posteriors do.
constexpr double kBias = -1.35;
constexpr double kPerLogConfidence = 0.60;
constexpr double kPerConfidence = 3.37;
constexpr double kPerSharpness = 1.66;
// Below this one more slot in doubt makes no difference: log(0.001).
constexpr double kLowestLogConfidence = -6.9;

// Plates are at most 5 times as wide as high and not higher than wide; perspective can double or
// halve that. A quadrilateral outside of this is hardly a plate, whatever is read on it.
constexpr double kLeastAspect = 0.5;
constexpr double kMostAspect = 9.0;
constexpr double kOddAspectFactor = 0.3;

double finite_or_zero(float value) {
    return std::isfinite(value) ? static_cast<double>(value) : 0.0;
}

}  // namespace

Distribution distribution_of(const SlotPosterior& posterior) {
    double sum = 0;
    for (const std::uint16_t p : posterior) sum += p;
    Distribution out;
    for (std::size_t s = 0; s < kPlateSymbols; ++s) {
        out[s] = sum > 0 ? posterior[s] / sum : 1.0 / kPlateSymbols;
    }
    return out;
}

SingleReading read_alone(const PlateReading& reading) {
    SingleReading out;
    for (const SlotPosterior& slot : reading.posterior) {
        const Distribution seen = distribution_of(slot);
        const Distribution merged = without_twins(seen);
        const auto best = static_cast<std::size_t>(std::max_element(merged.begin(), merged.end()) -
                                                   merged.begin());
        out.log_confidence += std::log(merged[best]);
        const bool empty = std::all_of(slot.begin(), slot.end(), [](auto p) { return p == 0; });
        if (best == kBlankSymbol || empty) continue;
        std::size_t favourite = best;
        for (std::size_t s = 0; s < kBlankSymbol; ++s) {
            if (without_twin(s) == best && seen[s] > seen[favourite]) favourite = s;
        }
        out.text += kPlateAlphabet[favourite];
    }
    return out;
}

double reading_quality(const PlateReading& reading) {
    const double log_confidence =
        std::max(kLowestLogConfidence, read_alone(reading).log_confidence);
    const double sharpness = std::clamp(finite_or_zero(reading.sharpness), 0.0, 1.0);
    const double logit = kBias + kPerLogConfidence * log_confidence +
                         kPerConfidence * std::exp(log_confidence) + kPerSharpness * sharpness;
    const double quality = 1.0 / (1.0 + std::exp(-logit));
    const double aspect =
        finite_or_zero(reading.width_px) / std::max(1.0, finite_or_zero(reading.height_px));
    return aspect < kLeastAspect || aspect > kMostAspect ? kOddAspectFactor * quality : quality;
}

bool more_useful(const PlateReading& a, const PlateReading& b) {
    return more_useful(a, reading_quality(a), b, reading_quality(b));
}

bool more_useful(const PlateReading& a, double quality_a, const PlateReading& b, double quality_b) {
    if (quality_a != quality_b) return quality_a > quality_b;
    if (a.frame.index != b.frame.index) return a.frame.index < b.frame.index;
    return std::memcmp(&a, &b, sizeof(PlateReading)) < 0;
}

}  // namespace dashcam
