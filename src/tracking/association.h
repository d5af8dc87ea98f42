#pragma once

#include <span>

#include "base/frame_view.h"
#include "tracking/assignment.h"
#include "tracking/tracker_state.h"

namespace dashcam {

// Detections from kSureScore on start tracks; lower ones only keep tracks alive (ByteTrack, Zhang
// et al. 2022). Those below this are noise.
constexpr float kWeakScore = 0.3f;

// Which detection each living track takes in this frame, by place in `detections`, or kUnassigned.
// Precondition: the tracks' filters and anchors have been moved to this frame's time and camera; at
// most kMaxDetectionsPerFrame detections. `time_us`: of this frame. When two pairings are about
// equally likely, neither is made: a split track is better than one that jumps to another vehicle.
Assignment associate(const TrackerState& state, std::int64_t time_us, const FrameView& frame,
                     std::span<const Detection> detections);

// What it costs to take `detection` for `track`, 0 (certainly the same) upwards; kNeverPaired if
// the sizes cannot fit. `expected`: where the track should be, also beyond the frame's edges;
// `found`: the detection's completed box; `look`: its appearance; `unseen_s`: time since the
// track's last detection.
constexpr float kNeverPaired = 1e3f;
float pair_cost(const Track& track, const Box& expected, const Box& found, VehicleClass found_class,
                const Appearance& look, float unseen_s);

}  // namespace dashcam
