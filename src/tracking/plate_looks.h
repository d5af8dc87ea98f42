#pragma once

#include "tracking/tracker_state.h"
#include "tracking/tracker_types.h"

namespace dashcam {

// Narrower vehicles have plates of fewer than about 10 pixels: nothing to read.
constexpr float kNarrowestLook_px = 40.0f;
// Looks that time alone gives a track, and looks with those that growth gives it; afterwards one in
// a long while.
constexpr std::uint32_t kTimedLooks = 20;
constexpr std::uint32_t kFrequentLooks = 28;

// Decides from geometry alone, never from what was read, so that the looks are the same whatever
// the order in which readings come in. A vehicle is looked at often at first and then at growing
// intervals, and again whenever it has grown; at up to two frames per second, in every frame. The
// most overdue come first; those that find no room in `output.looks` stay due. Looks at tracks that
// were detected in the frame at `time_us` and marks them.
void choose_looks(TrackerState& state, std::int64_t time_us, TrackerOutput& output);

// Whether the plate can be in the picture: wide enough and not mostly cut off by the frame's edge.
bool worth_a_look(const Box& box, VehicleClass vehicle_class, int width, int height);

// Seconds between the looks number `looks` and `looks` + 1, without growth.
float look_interval_s(std::uint32_t looks);

}  // namespace dashcam
