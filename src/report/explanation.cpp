#include "report/explanation.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <span>
#include <string_view>

#include "reading/false_plates.h"
#include "reading/fusion.h"

namespace dashcam {
namespace {

// A part of the readings that gives the row is looked for among at most so many; fusing takes up
// to a millisecond.
constexpr std::size_t kMostPartsTried = 4000;

PlateReading reading_of_row(const ReadingRow& row) {
    PlateReading reading;
    reading.frame.index = row.frame;
    reading.frame.time_us = row.time_us;
    reading.found = 1;
    reading.cut = row.cut ? 1 : 0;
    reading.plate_score = static_cast<float>(row.plate_score);
    reading.corners = row.corners;
    reading.width_px = static_cast<float>(row.width_px);
    reading.height_px = static_cast<float>(row.height_px);
    reading.sharpness = static_cast<float>(row.sharpness);
    reading.contrast = static_cast<float>(row.contrast);
    std::copy_n(row.slots.begin(), std::min(row.slots.size(), kPlateSlots),
                reading.posterior.begin());
    std::copy_n(row.places.begin(), std::min(row.places.size(), kPlateSlots),
                reading.place.begin());
    return reading;
}

TrackEvidence evidence_of(std::span<const ReadingRow> readings, std::uint32_t looks,
                          std::uint32_t found) {
    TrackEvidence evidence;
    for (const ReadingRow& row : readings) add_reading(evidence, reading_of_row(row));
    evidence.looks = looks;
    evidence.found = found;
    return evidence;
}

std::string_view text_of(const PlateText& text) { return {text.data()}; }

// What of the summary is not as it is stored. Of a part only what joining takes over.
std::vector<std::string> differences(const PlateSummary& summary, const VehicleRow& row,
                                     bool of_part) {
    std::vector<std::string> out;
    const auto compare = [&](const char* what, const auto& now, const auto& stored) {
        if (now != stored) out.push_back(fmt::format("{} {}, stored {}", what, now, stored));
    };
    compare("text", std::string(text_of(summary.text)), row.plate);
    compare("tier", std::string(to_string(summary.tier)), row.tier);
    if (!of_part) compare("reason", std::string(to_string(summary.unread)), row.unread_reason);
    compare("confidence", static_cast<double>(summary.confidence), row.confidence);
    compare("region", std::string(text_of(summary.region)), row.region);
    compare("region's share", static_cast<double>(summary.region_confidence),
            row.region_confidence);
    for (std::size_t i = 0; i < std::min<std::size_t>(summary.characters, row.characters.size());
         ++i) {
        compare("certainty of a character", static_cast<double>(summary.character_confidence[i]),
                row.characters[i].confidence);
    }
    compare("number of alternatives", summary.alternatives.size(), row.alternatives.size());
    for (std::size_t i = 0; i < std::min(summary.alternatives.size(), row.alternatives.size());
         ++i) {
        compare("alternative", std::string(text_of(summary.alternatives[i].text)),
                row.alternatives[i].text);
        compare("an alternative's probability",
                static_cast<double>(summary.alternatives[i].probability),
                row.alternatives[i].probability);
    }
    if (row.best_frame >= 0)
        compare("best frame", std::int64_t{summary.best_frame}, row.best_frame);
    return out;
}

// Whether these readings give the row.
bool try_part(std::span<const ReadingRow> part, const VehicleRow& row, Explanation& out) {
    const auto count = static_cast<std::uint32_t>(part.size());
    const TrackEvidence evidence = evidence_of(part, count, count);
    const PlateSummary summary = summarise_plate(evidence);
    if (!differences(summary, row, true).empty()) return false;
    out.evidence = evidence;
    out.summary = summary;
    return true;
}

// The readings of the piece whose text was taken when pieces of one vehicle were joined.
bool find_piece(const VehicleRecord& record, Explanation& out) {
    std::map<std::int64_t, std::vector<ReadingRow>> pieces;
    for (const ReadingRow& row : record.readings) pieces[row.piece].push_back(row);
    return std::any_of(pieces.begin(), pieces.end(), [&](const auto& piece) {
        return piece.first >= 0 && try_part(piece.second, record.vehicle, out);
    });
}

// The same where it is not known which reading belongs to which piece: the longest run of readings
// that gives the row.
bool find_part(const VehicleRecord& record, Explanation& out) {
    const std::span<const ReadingRow> all(record.readings);
    std::size_t tried = 0;
    for (std::size_t length = all.size(); length-- > 1;) {
        for (std::size_t first = 0; first + length <= all.size(); ++first) {
            if (++tried > kMostPartsTried) return false;
            if (try_part(all.subspan(first, length), record.vehicle, out)) return true;
        }
    }
    return false;
}

}  // namespace

TrackEvidence evidence_of_rows(const VehicleRow& vehicle, const std::vector<ReadingRow>& readings) {
    return evidence_of(readings, vehicle.looks, vehicle.readings);
}

Explanation explain(const VehicleRecord& record) {
    Explanation out;
    out.evidence = evidence_of_rows(record.vehicle, record.readings);
    out.summary = summarise_plate(out.evidence);
    out.differences = differences(out.summary, record.vehicle, false);
    const bool incomplete = std::any_of(record.readings.begin(), record.readings.end(),
                                        [](const ReadingRow& row) { return row.places.empty(); });
    if (incomplete) {
        out.fused_again = FusedAgain::kIncomplete;
    } else if (out.differences.empty()) {
        out.fused_again = FusedAgain::kSame;
    } else if (find_piece(record, out) || find_part(record, out)) {
        out.fused_again = FusedAgain::kSameFromPart;
    }
    out.fused = fuse_plate(out.evidence);
    if (!out.fused.texts.empty() && !out.fused.twin_certainty.empty()) {
        out.conditions = tier_conditions(
            out.fused.signs,
            *std::min_element(out.fused.twin_certainty.begin(), out.fused.twin_certainty.end()));
    }
    return out;
}

std::string verdict(const Explanation& explanation) {
    const PlateSummary& summary = explanation.summary;
    const FusedPlate& fused = explanation.fused;
    if (fused.texts.empty() || fused.texts.front().text.empty()) {
        return fmt::format("No text: {} ({} looks, {} found a plate).", to_string(summary.unread),
                           summary.looks, summary.readings);
    }
    const std::string& text = fused.texts.front().text;
    if (is_false_plate(text))
        return text + " is something that no plate carries: a word, a number or a date.";
    if (fused.signs.contested && fused.signs.dominance < kLeastDominance) {
        return fmt::format(
            "No text: readings of {} have only {:.0f} % of the evidence (needed: {:.0f} %), and "
            "{} was read well, too.",
            text, 100 * fused.signs.dominance, 100 * kLeastDominance, fused.rival);
    }
    if (summary.tier == PlateTier::kNone) {
        return fmt::format(
            "{} was fused, but too little of it is known to be shown: at least {} characters "
            "of {:.0f} % certainty, more than are hidden, and {:.0f} % for all of them.",
            text, kFewestKnown, 100 * kKnownInPartial, 100 * kPartialConfidence);
    }
    if (summary.tier == PlateTier::kPartial) {
        return fmt::format(
            "partial: characters less certain than {:.0f} % are hidden{}.", 100 * kKnownInPartial,
            fused.signs.whole < kWholeText ? ", and it is probably a piece of a longer text" : "");
    }
    return fmt::format("{}: every condition is met.", to_string(summary.tier));
}

}  // namespace dashcam
