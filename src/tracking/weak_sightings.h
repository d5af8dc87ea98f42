#pragma once

#include <cstdint>

#include "tracking/camera_motion.h"
#include "tracking/tracker_state.h"

namespace dashcam {

// A vehicle that comes into sight is often found with weak scores for a while before a detection
// is sure enough to start a track. Those weak ones are kept for a moment, and a track that is born
// is led back through them: it says since when the vehicle was seen, also where few frames of a
// second are analysed. Whether it becomes a row still depends on what came after its birth.

// Detections below this are dropped; those up to kWeakScore serve as sightings only.
constexpr float kFaintScore = 0.2f;
// How far a track may be led back. Longer chains end at other vehicles that passed the same place.
constexpr float kLeadBack_s = 0.4f;
// Narrower ones are too far away to count as seen, as in the sample drive's truth.
constexpr float kNarrowestSighting_px = 48.0f;

// Moves the sightings along with the camera to the frame at `time_us`, and drops the old ones.
void move_sightings(TrackerState& state, std::int64_t time_us, const CameraMotion& motion);

// Adds one of the current frame; the oldest one makes room.
void add_sighting(TrackerState& state, const FrameStamp& stamp, const Detection& detection);

// Sets first and first_box of a track that was born in the current frame to the earliest sighting
// that an unbroken chain of sightings, each near the place that the later ones lead to, connects
// with it. The chain's sightings are used up. A track born at the left or right edge is not led
// back.
void lead_back(TrackerState& state, Track& track);

}  // namespace dashcam
