#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "reading/fused_plate.h"
#include "reading/plate_summary.h"
#include "reading/track_evidence.h"
#include "report/vehicle_record.h"

namespace dashcam {

// How far fusing the stored readings again gives the stored row.
enum class FusedAgain : std::uint8_t {
    kSame,          // every number is the same
    kSameFromPart,  // the same from a part of the readings: the row was joined from pieces
    kIncomplete,    // the readings were stored by schema 1 or 2, without all that fusing needs
    kDiffers,       // made by another version, or joined from pieces that overlap by schema 1 to 4
};

// How a vehicle's text came about, found by fusing its readings again with the code that a run
// uses (reading/fusion.h).
struct Explanation {
    FusedAgain fused_again = FusedAgain::kDiffers;
    std::vector<std::string> differences;  // "confidence 0.98, stored 0.97"
    TrackEvidence evidence;  // the readings that were fused again: all, or the part that agrees
    FusedPlate fused;
    PlateSummary summary;
    std::vector<TierCondition> conditions;  // empty where nothing was fused
};
Explanation explain(const VehicleRecord& record);

// The stored readings as the fusion takes them; at most kMaxReadingsPerTrack, the most useful ones.
TrackEvidence evidence_of_rows(const VehicleRow& vehicle, const std::vector<ReadingRow>& readings);

// In words: why the text has its tier or was not shown.
std::string verdict(const Explanation& explanation);

}  // namespace dashcam
