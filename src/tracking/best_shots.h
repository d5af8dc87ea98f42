#pragma once

#include "tracking/tracker_state.h"
#include "tracking/tracker_types.h"

namespace dashcam {

// A new best shot must be better than the last one by this factor: few pictures are made of one
// vehicle.
constexpr float kShotGain = 1.2f;
// No pictures of vehicles narrower than this.
constexpr float kNarrowestShot_px = 24.0f;

// Asks for a picture of each track that is seen clearly better in this frame than ever before, most
// gained first; those that find no room in `output.shots` have their chance in the next frames.
void choose_shots(TrackerState& state, std::uint32_t frame_index, TrackerOutput& output);

// What a picture of the vehicle would show: its size in pixels, less where it is cut off by the
// frame's edge or weakly detected. 0: not worth a picture.
float shot_quality(const Box& box, float score, int width, int height);

}  // namespace dashcam
