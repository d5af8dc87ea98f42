#include "pipeline/stages/rows_of.h"

#include <algorithm>

#include "pipeline/stages/crop_folder.h"
#include "reading/reading_quality.h"

namespace dashcam {
namespace {

constexpr double kPosteriorUnit = 1.0 / 65535;

CharacterPosterior character_posterior(const SlotPosterior& posterior, float confidence) {
    CharacterPosterior character;
    character.confidence = confidence;
    for (std::size_t symbol = 0; symbol < kBlankSymbol; ++symbol) {
        const double probability = posterior[symbol] * kPosteriorUnit;
        if (probability >= kMinSymbolProbability)
            character.symbols[kPlateAlphabet[symbol]] = probability;
    }
    return character;
}

}  // namespace

VideoStatus status_of(VideoOutcome outcome) {
    switch (outcome) {
        case VideoOutcome::kFinished:
            return VideoStatus::kFinished;
        case VideoOutcome::kTruncated:
            return VideoStatus::kTruncated;
        case VideoOutcome::kFailed:
            return VideoStatus::kFailed;
    }
    return VideoStatus::kFailed;
}

VideoRow video_row(const VideoDescription& video, const VideoEnd& end, VideoStatus status) {
    VideoRow row;
    row.id = text_of(video.id);
    row.path = text_of(video.path);
    row.bytes = video.bytes;
    row.modified_us = video.modified_us;
    row.duration_us = end.duration_us;
    row.frames = end.frames;
    row.width = video.width;
    row.height = video.height;
    row.codec = text_of(video.codec);
    row.frame_rate = video.frame_rate;
    row.recorded_at = text_of(video.recorded_at);
    row.status = status;
    row.reason = text_of(end.reason);
    row.settings = text_of(video.settings);
    return row;
}

VehicleRow vehicle_row(const VideoDescription& video, const TrackFacts& facts,
                       const PlateSummary& plate) {
    VehicleRow row;
    row.video = text_of(video.id);
    row.track = facts.track;
    row.vehicle_class = to_string(facts.vehicle_class);
    row.class_confidence = facts.class_confidence;
    row.first_us = facts.first.time_us;
    row.last_us = facts.last.time_us;
    row.first_box = facts.first_box;
    row.last_box = facts.last_box;
    row.largest_box = facts.largest_box;
    row.hits = facts.hits;
    row.plate = text_of(plate.text);
    row.tier = to_string(plate.tier);
    row.unread_reason = to_string(plate.unread);
    row.region = text_of(plate.region);
    row.confidence = plate.confidence;
    row.region_confidence = plate.region_confidence;
    for (std::size_t i = 0; i < plate.characters; ++i) {
        row.characters.push_back(
            character_posterior(plate.posterior[i], plate.character_confidence[i]));
    }
    for (const PlateAlternative& alternative : plate.alternatives) {
        row.alternatives.push_back(
            {std::string(text_of(alternative.text)), alternative.probability});
    }
    row.looks = plate.looks;
    row.readings = plate.readings;
    if (plate.readings > 0) {
        row.best_frame = plate.best_frame;
        row.plate_shot =
            CropFolder::relative_path(row.video, facts.track, plate.best_frame, CropKind::kPlate);
    }
    if (facts.best_shot_quality > 0) {
        row.best_shot = CropFolder::relative_path(row.video, facts.track, facts.best_shot_frame,
                                                  CropKind::kVehicle);
    }
    row.settings = text_of(video.settings);
    return row;
}

std::vector<ReadingRow> reading_rows(const VideoDescription& video, std::uint32_t track,
                                     const TrackEvidence& evidence) {
    std::vector<ReadingRow> rows;
    for (const PlateReading& reading : evidence.readings) {
        if (reading.found == 0) continue;
        ReadingRow row;
        row.video = text_of(video.id);
        row.track = track;
        row.frame = reading.frame.index;
        row.time_us = reading.frame.time_us;
        row.corners = reading.corners;
        row.plate_score = reading.plate_score;
        row.width_px = reading.width_px;
        row.height_px = reading.height_px;
        row.sharpness = reading.sharpness;
        row.contrast = reading.contrast;
        const SlotText best = most_probable_text(reading.posterior);
        row.text = best.text;
        row.confidence = best.confidence;
        row.slots.assign(reading.posterior.begin(), reading.posterior.end());
        row.cut = reading.cut != 0;
        row.places.assign(reading.place.begin(), reading.place.end());
        row.piece = track;
        rows.push_back(row);
    }
    return rows;
}

SlotText most_probable_text(const std::array<SlotPosterior, kPlateSlots>& posterior) {
    SlotText result;
    for (const SlotPosterior& slot : posterior) {
        const auto best = std::max_element(slot.begin(), slot.end());
        const auto symbol = static_cast<std::size_t>(best - slot.begin());
        result.confidence *= *best * kPosteriorUnit;
        if (symbol != kBlankSymbol) result.text += kPlateAlphabet[symbol];
    }
    return result;
}

}  // namespace dashcam
