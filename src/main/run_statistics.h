#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "pipeline/control_region/control_region.h"

namespace dashcam {

// What a run did and what it cost, summed over its sessions and all their processes. Processor
// times are those of the threads that did the work; a worker that died takes none of its past away.
struct RunStatistics {
    struct Line {
        std::uint64_t tasks = 0;
        std::uint64_t batches = 0;
        std::uint64_t cpu_ns = 0;
    };

    std::array<Line, kCategories> categories;
    std::uint64_t frames = 0;         // decoded
    std::uint64_t analysed = 0;       // of them, sent through the stages
    std::uint64_t decode_cpu_ns = 0;  // of the readers' threads, without the decoder's own threads
    std::uint64_t copy_cpu_ns = 0;
    std::uint64_t load_cpu_ns = 0;
    std::uint64_t loads = 0;
    std::uint64_t switches = 0;
    std::uint64_t pauses = 0;
    std::uint64_t paused_ns = 0;  // of all readers together
    std::uint32_t most_frames_held = 0;
    std::uint32_t frame_slots = 0;
    std::int64_t first_detected_ns = 0;  // CLOCK_MONOTONIC; 0: never

    // Adds what a session's region says.
    void add(const ControlRegion& control);
};

}  // namespace dashcam
