#pragma once

#include "base/frame_view.h"
#include "tracking/tracker_state.h"
#include "tracking/tracker_types.h"

namespace dashcam {

// Tracks the vehicles of one video, in the manner of ByteTrack and OC-SORT: Kalman filters in
// seconds, weak detections that only keep tracks alive, places last seen tried after predicted
// ones, camera motion taken out. Pure: the same state and inputs always give the same bytes. About
// 0.3 ms for a 1080p frame with 30 vehicles.
//
// One frame. Precondition: frames come in order of their index and time, each once; a step of time
// that is not positive is taken as 1 ms. `frame` serves camera motion and appearance; without
// pixels (nullptr) the tracker goes by the boxes alone, and only the format's width and height are
// read. Detections may come in any order and with any score; boxes are cut at the frame.
TrackerOutput track_frame(TrackerState& state, const FrameStamp& stamp, const FrameView& frame,
                          const Detections& detections);

// End of the video: every living track ends. The state is empty afterwards, except for the
// numbering.
TrackerOutput finish_tracks(TrackerState& state);

}  // namespace dashcam
