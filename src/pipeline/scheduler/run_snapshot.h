#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "pipeline/control_region/control_region.h"
#include "pipeline/control_region/plate_notes.h"
#include "pipeline/task_queue/task_queue.h"
#include "pipeline/worker_status/worker_status.h"

namespace dashcam {

struct StreamGlimpse {
    std::string name;                   // file name of the video
    std::uint64_t frames = 0;           // admitted
    std::uint64_t frames_expected = 0;  // 0: unknown
    std::int64_t position_us = 0;
    std::int64_t duration_us = 0;  // 0: unknown
    double open_s = 0;
    std::uint32_t stream = 0;    // its slot; with opened_ns it names the video
    std::int64_t opened_ns = 0;  // CLOCK_MONOTONIC
};

// Everything that the scheduler sees of a running pipeline at one moment, without the lock.
struct RunSnapshot {
    BacklogSnapshot backlog;
    QueueLimits limits;
    std::uint32_t frame_slots = 0;
    std::vector<WorkerGlimpse> workers;
    std::vector<StreamGlimpse> streams;  // open videos
    std::uint64_t videos_total = 0;
    std::uint64_t videos_done = 0;  // finished, failed or skipped
    std::uint64_t videos_failed = 0;
    std::uint64_t videos_skipped = 0;
    std::uint64_t frames = 0;
    std::uint64_t frames_expected = 0;  // of all videos; 0: unknown
    std::uint64_t vehicles = 0;
    std::uint64_t plates = 0;
    std::uint64_t restarts = 0;
    std::uint64_t pauses = 0;
    std::uint64_t rebuilds = 0;
    std::uint32_t readers_waiting = 0;  // for room, at this moment
    std::vector<PlateGlimpse> newest;   // plates, the newest first
    double elapsed_s = 0;
    bool stopping = false;
    bool terminating = false;

    // No task alive and no worker busy: nothing happens any more.
    bool idle() const;
};

RunSnapshot take_snapshot(const ControlRegion& control);

}  // namespace dashcam
