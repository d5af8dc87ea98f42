#pragma once

#include "reading/plate_summary.h"
#include "reading/track_evidence.h"

namespace dashcam {

// What a track's readings say together: the readings of the dominant text are aligned and fused
// character by character, formats settle what they leave open, and the confidence is what rendered
// tracks with the same signs were right in.
//
// A pure function of the evidence; never fails. The cost is at most about a millisecond.
PlateSummary summarise_plate(const TrackEvidence& evidence);

}  // namespace dashcam
