#pragma once

#include <cstdint>
#include <span>

#include "base/frame_view.h"
#include "tracking/assignment.h"
#include "tracking/tracker_state.h"
#include "tracking/tracker_types.h"

namespace dashcam {

// The stages of a track's life, from its birth to its facts. All times in seconds of video.

// Gives a track its detection in the frame at `stamp`.
void record_hit(Track& track, const FrameStamp& stamp, const FrameView& frame,
                const Detection& detection);

// Starts tracks for those detections that no track took and that are sure enough, unless they look
// like a second box of, or a part of, a vehicle that is tracked already. `taken[i]`: detection i
// belongs to a track. Precondition: `detections` are sorted, best first. Numbers go to
// `output.born`; their detections are taken then. Each is led back to its first weak sightings.
void start_tracks(TrackerState& state, const FrameStamp& stamp, const FrameView& frame,
                  std::span<const Detection> detections, std::span<bool> taken,
                  TrackerOutput& output);

// Keeps the detections that no track took, unless they are second boxes or parts of tracked
// vehicles: a track that is born later may begin with them. Called after start_tracks().
void remember_weak(TrackerState& state, const FrameStamp& stamp,
                   std::span<const Detection> detections, std::span<const bool> taken);

// Counts, for each track, the frames in which it lies on an older one or looks like a part of
// another.
void mark_duplicates(TrackerState& state);

// Ends the tracks that are lost for good, have left the frame, or are second tracks of one vehicle.
void end_tracks(TrackerState& state, std::int64_t time_us, TrackerOutput& output);

// Ends all.
void end_all_tracks(TrackerState& state, TrackerOutput& output);

// Whether `inner` looks like a part of the vehicle in `outer`: its cab, its load, a car seen
// through its windows. A car in front of a lorry reaches as low as the lorry or lower, and is none.
bool is_part_of(const Box& inner, const Box& outer);

// What is known of a track.
TrackFacts facts_of(const Track& track);

}  // namespace dashcam
