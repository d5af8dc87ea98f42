#pragma once

#include <cstdint>

#include "pipeline/control_region/control_layout.h"
#include "pipeline/task_queue/task.h"

namespace dashcam {

// The sums behind the sizes of the queue, with their reasons. docs/limits.md says the same in
// prose.

// Rebuilding sorts the ready tasks in an array on the stack, without allocation.
constexpr std::uint32_t kMaxTaskSlots = 8192;
// They fit the task word's fields; worker 0 is main.
constexpr std::uint32_t kMaxWorkers = 63;
constexpr std::uint32_t kMostAttempts = 127;

// Task slots that can be needed at once, so that complete() never lacks one:
//   frames x (1 + looks)   a frame's one task before tracking, and while that completes, its looks
//   beside it;
//                          afterwards each look is one task at a time, but for the moment of
//                          completing
//   frames x looks         the outputs of looks that complete at the same moment (one each)
//   streams x 4            begin, end of video and finish, and one more while one of them completes
//   tracks x 2             a track's SUMMARY or FINAL_WRITE, and its successor while it completes
constexpr std::uint32_t task_slots_needed(std::uint32_t frames, std::uint32_t looks,
                                          std::uint32_t streams, std::uint32_t tracks_per_stream) {
    return frames * (1 + looks) + frames * looks + streams * 4 + streams * tracks_per_stream * 2;
}

// What a task counts against QUEUE_SOFT_LIMIT and QUEUE_HARD_LIMIT. A frame that has not been
// tracked yet may still turn into looks_per_frame tasks, so it is charged with all of them at
// admission: follow-ups then never pass the limit, and are never refused. Tasks without a frame are
// not charged: they are bounded by the track slots, and they only ever leave.
constexpr std::uint32_t charge_of(Category category, bool holds_frame, const QueueLimits& limits) {
    if (!holds_frame) return 0;
    const bool before_looks =
        category == Category::kVehicleDetect || category == Category::kVehicleTrack;
    return before_looks ? limits.looks_per_frame : 1;
}

}  // namespace dashcam
