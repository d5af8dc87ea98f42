#pragma once

#include <cstdint>
#include <vector>

#include "pipeline/stages/messages.h"
#include "reading/track_evidence.h"
#include "stores/rows.h"

namespace dashcam {

// The stages' messages as rows of the database.

VideoStatus status_of(VideoOutcome outcome);
VideoRow video_row(const VideoDescription& video, const VideoEnd& end, VideoStatus status);
VehicleRow vehicle_row(const VideoDescription& video, const TrackFacts& facts,
                       const PlateSummary& plate);
// The readings that found a plate, by frame.
std::vector<ReadingRow> reading_rows(const VideoDescription& video, std::uint32_t track,
                                     const TrackEvidence& evidence);

// The most probable symbol of each slot, blanks left out, and the product of their probabilities.
struct SlotText {
    std::string text;
    double confidence = 1;
};
SlotText most_probable_text(const std::array<SlotPosterior, kPlateSlots>& posterior);

}  // namespace dashcam
