#include "reading/fusion.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "reading/false_plates.h"
#include "reading/fused_plate.h"
#include "reading/fusion_confidence.h"
#include "reading/plate_formats.h"

namespace dashcam {
namespace {

// Plates smaller than this in every look can't be read: about 5 pixels for a character.
constexpr float kReadableWidth = 48;
constexpr float kReadableHeight = 11;

PlateText plate_text(const std::string& text) {
    PlateText out{};
    std::copy_n(text.begin(), std::min(text.size(), kPlateSlots), out.begin());
    return out;
}

UnreadReason why_unread(const TrackEvidence& evidence) {
    if (evidence.looks == 0) return UnreadReason::kNeverLooked;
    if (evidence.readings.empty()) return UnreadReason::kNoPlateFound;
    for (const PlateReading& r : evidence.readings) {
        if (r.width_px >= kReadableWidth && r.height_px >= kReadableHeight)
            return UnreadReason::kTooBlurred;
    }
    return UnreadReason::kTooSmall;
}

const PlateReading* most_useful(const TrackEvidence& evidence) {
    const PlateReading* best = nullptr;
    for (const PlateReading& r : evidence.readings) {
        if (best == nullptr || more_useful(r, *best)) best = &r;
    }
    return best;
}

// In units of 1/65535 that sum to 65535: rounded down, then the largest remainders get what is
// missing.
SlotPosterior quantised(const Distribution& posterior) {
    constexpr std::uint32_t kUnits = 65535;
    SlotPosterior out{};
    std::array<double, kPlateSymbols> remainder{};
    std::uint32_t sum = 0;
    for (std::size_t s = 0; s < kPlateSymbols; ++s) {
        const double exact = std::clamp(posterior[s], 0.0, 1.0) * kUnits;
        out[s] = static_cast<std::uint16_t>(exact);
        remainder[s] = exact - out[s];
        sum += out[s];
    }
    std::array<std::size_t, kPlateSymbols> order{};
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return remainder[a] > remainder[b]; });
    for (std::size_t i = 0; sum < kUnits; i = (i + 1) % kPlateSymbols, ++sum) ++out[order[i]];
    return out;
}

// Hides the characters that are not known well enough; at least one. False if too few are left.
bool hide_unknown(std::string& text, const FusedPlate& plate) {
    const std::vector<double>& certainty = plate.twin_certainty;
    const auto weakest = std::min_element(certainty.begin(), certainty.end());
    text[static_cast<std::size_t>(weakest - certainty.begin())] = '?';
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (certainty[i] < kKnownInPartial) text[i] = '?';
    }
    const auto hidden = static_cast<std::size_t>(std::count(text.begin(), text.end(), '?'));
    return text.size() >= kFewestKnown + hidden && text.size() > 2 * hidden;
}

// Puts an unknown character at both ends of a piece of a plate: how much is missing is not known.
void surround(std::string& text, FusedPlate& plate) {
    if (text.size() + 2 > kPlateSlots) return;
    Distribution unknown{};
    std::fill_n(unknown.begin(), kBlankSymbol, 1.0 / kBlankSymbol);
    const double chance = 1.0 / kBlankSymbol;
    text = "?" + text + "?";
    plate.posterior.insert(plate.posterior.begin(), unknown);
    plate.posterior.push_back(unknown);
    for (std::vector<double>* certainty : {&plate.certainty, &plate.twin_certainty}) {
        certainty->insert(certainty->begin(), chance);
        certainty->push_back(chance);
    }
    plate.signs.whole = 1;  // as it claims no more to be all of the plate
}

// Confidence of the characters of a partial text that are not hidden.
double shown_confidence(const std::string& shown, const FusedPlate& plate, double confidence) {
    double known = 1;
    for (std::size_t i = 0; i < shown.size(); ++i) {
        if (shown[i] != '?') known *= plate.certainty[i];
    }
    return partial_confidence(known, confidence);
}

void list_alternatives(PlateSummary& summary, const FusedPlate& plate, const std::string& shown,
                       double confidence) {
    const double rest = std::max(1e-9, 1 - plate.texts.front().probability);
    for (std::size_t i = 0; i < plate.texts.size() && !summary.alternatives.full(); ++i) {
        const PlateHypothesis& h = plate.texts[i];
        if (h.text == shown || h.text.empty()) continue;
        const double p =
            i == 0 ? confidence : std::min(confidence, h.probability / rest * (1 - confidence));
        summary.alternatives.push_back(
            {.text = plate_text(h.text),
             .probability = static_cast<float>(std::clamp(p, 0.0, 1.0))});
    }
}

// Two vehicles' plates on one track: names both.
void list_rivals(PlateSummary& summary, const FusedPlate& plate) {
    const double confidence = calibrated_confidence(plate.signs);
    PlateAlternative first{.text = plate_text(plate.texts.front().text),
                           .probability = static_cast<float>(confidence)};
    PlateAlternative second{.text = plate_text(plate.rival),
                            .probability = static_cast<float>(plate.rival_probability)};
    if (first.probability < second.probability) std::swap(first, second);
    summary.alternatives.push_back(first);
    summary.alternatives.push_back(second);
}

void fill_text(PlateSummary& summary, const FusedPlate& plate, std::string shown, PlateTier tier,
               double confidence) {
    summary.tier = tier;
    summary.unread = UnreadReason::kNotUnread;
    summary.text = plate_text(shown);
    summary.characters = static_cast<std::uint8_t>(shown.size());
    for (std::size_t i = 0; i < shown.size(); ++i) {
        summary.posterior[i] = quantised(plate.posterior[i]);
        summary.character_confidence[i] = static_cast<float>(plate.certainty[i]);
    }
    const bool partial = tier == PlateTier::kPartial;
    summary.confidence =
        static_cast<float>(partial ? shown_confidence(shown, plate, confidence) : confidence);
    list_alternatives(summary, plate, shown, confidence);
    summary.best_frame = plate.best_frame;
    std::vector<WeightedText> texts;
    for (const PlateHypothesis& h : plate.texts) texts.push_back({h.text, h.probability});
    const RegionShare region = guess_region(texts);
    summary.region = region.region;
    summary.region_confidence = static_cast<float>(region.share);
}

}  // namespace

PlateSummary summarise_plate(const TrackEvidence& evidence) {
    PlateSummary summary;
    summary.looks = evidence.looks;
    summary.readings = evidence.found;
    summary.unread = why_unread(evidence);
    if (const PlateReading* best = most_useful(evidence)) summary.best_frame = best->frame.index;

    FusedPlate plate = fuse_plate(evidence);
    if (plate.texts.empty() || plate.texts.front().text.empty()) return summary;
    const std::string& text = plate.texts.front().text;
    if (is_false_plate(text)) {
        summary.unread = UnreadReason::kNoPlateFound;
        return summary;
    }
    if (plate.signs.dominance < kLeastDominance && plate.signs.contested) {
        summary.unread = UnreadReason::kInconsistent;
        list_rivals(summary, plate);
        return summary;
    }
    double confidence = calibrated_confidence(plate.signs);
    const PlateTier tier = tier_of(
        plate.signs, *std::min_element(plate.twin_certainty.begin(), plate.twin_certainty.end()));
    std::string shown = text;
    if (tier == PlateTier::kNone) return summary;
    if (tier == PlateTier::kPartial) {
        if (plate.signs.whole < kWholeText) surround(shown, plate);
        if (!hide_unknown(shown, plate)) return summary;
        confidence = calibrated_confidence(plate.signs);
        if (shown_confidence(shown, plate, confidence) < kPartialConfidence) return summary;
    }
    fill_text(summary, plate, shown, tier, confidence);
    return summary;
}

}  // namespace dashcam
