#pragma once

#include <cstdint>

#include "pipeline/control_region/control_region.h"

namespace dashcam {

enum class HudMode : std::uint8_t { kLive, kLines, kOff };

struct SchedulerOptions {
    HudMode hud = HudMode::kLines;
    double stale_after_s = 60;
    std::uint32_t gpu_batch = 0;  // for the HUD
    int report_descriptor = -1;   // a pipe to main, see IdleReport
};

// What the scheduler tells main: the pipeline has been idle since then (CLOCK_MONOTONIC). Main
// checks it under the lock before it believes it; without a scheduler it finds out by itself, a
// little later.
struct IdleReport {
    std::int64_t idle_since_ns = 0;
};

// The monitor: draws the HUD on stdout, warns of stale workers, detects idleness. Maps the control
// region read-only, takes no lock, runs no task; may be killed at any time. Returns when
// `terminate` is raised.
void run_scheduler_loop(const ControlRegion& control, const SchedulerOptions& options);

}  // namespace dashcam
