#include "reading/plate_piece.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "reading/plate_formats.h"
#include "reading/plate_twins.h"

namespace dashcam {
namespace {

// Coefficients of the model, fitted on 1481 rendered plates: whole ones read without an error and
// cut ones.
constexpr double kBias = 16.7;
constexpr double kPerLogPitch = -2.79;  // distance of the characters over the plate's height
constexpr double kPerCharacter = -2.48;
constexpr double kPerBoost = -0.45;   // format_boost()
constexpr double kPerMargin = -6.62;  // the smaller margin over the distance of the characters
// The rendered plates were cut in 37.5 of 100 cases; detected ones are in about 5.
constexpr double kRarity = -2.43;
// More characters, and wider margins, say no more.
constexpr double kMostCharacters = 7;
constexpr double kWidestMargin = 1.6;
// Characters further apart than this in height stand in two lines.
constexpr double kTwoLines = 0.3;
constexpr double kLeastPitch = 0.02;
constexpr double kPlaceUnit = 1.0 / 255;

struct TextExtent {
    std::string text;
    double left = 1;
    double right = 0;
    double top = 1;
    double bottom = 0;
};

TextExtent extent_of(const PlateReading& reading) {
    TextExtent out;
    for (std::size_t k = 0; k < kPlateSlots; ++k) {
        const SlotPosterior& slot = reading.posterior[k];
        const auto best = std::max_element(slot.begin(), slot.end()) - slot.begin();
        if (best == kBlankSymbol || slot[static_cast<std::size_t>(best)] == 0) continue;
        const double x = reading.place[k][0] * kPlaceUnit;
        const double y = reading.place[k][1] * kPlaceUnit;
        out.text += kPlateAlphabet[best];
        out.left = std::min(out.left, x);
        out.right = std::max(out.right, x);
        out.top = std::min(out.top, y);
        out.bottom = std::max(out.bottom, y);
    }
    return out;
}

double boost_of(const std::string& text) {
    double gain = 0;
    for (const FormatFit& fit : formats_up_to_twins(text)) gain += fit.gain;
    return format_boost(gain);
}

}  // namespace

double piece_probability(const PlateReading& reading) {
    if (reading.cut != 0) return 1;
    if (reading.whole != 0) return 0;
    const TextExtent extent = extent_of(reading);
    const bool measurable = extent.text.size() > 1 && reading.width_px > 0 &&
                            reading.height_px > 0 && std::isfinite(reading.width_px) &&
                            std::isfinite(reading.height_px);
    if (!measurable || extent.bottom - extent.top > kTwoLines) return 0;
    const auto characters = static_cast<double>(extent.text.size());
    const double pitch = std::max(kLeastPitch, (extent.right - extent.left) / (characters - 1));
    const double margin = std::min(extent.left, 1 - extent.right) / pitch;
    const double logit =
        kBias + kRarity + kPerLogPitch * std::log(pitch * reading.width_px / reading.height_px) +
        kPerCharacter * std::min(characters, kMostCharacters) + kPerBoost * boost_of(extent.text) +
        kPerMargin * std::clamp(margin, 0.0, kWidestMargin);
    return 1 / (1 + std::exp(-logit));
}

}  // namespace dashcam
