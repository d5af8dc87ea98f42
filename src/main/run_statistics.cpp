#include "main/run_statistics.h"

#include <algorithm>

namespace dashcam {

void RunStatistics::add(const ControlRegion& control) {
    constexpr auto kRelaxed = std::memory_order_relaxed;
    for (const WorkerEntry& worker : control.workers()) {
        for (std::size_t i = 0; i < kCategories; ++i) {
            categories[i].tasks += worker.work[i].tasks.load(kRelaxed);
            categories[i].batches += worker.work[i].batches.load(kRelaxed);
            categories[i].cpu_ns += worker.work[i].cpu_ns.load(kRelaxed);
        }
        load_cpu_ns += worker.load_cpu_ns.load(kRelaxed);
        loads += worker.loads.load(kRelaxed);
        switches += worker.switches.load(kRelaxed);
    }
    const RunCounters& counters = control.header().counters;
    frames += counters.frames_read.load(kRelaxed);
    analysed += counters.frames_analysed.load(kRelaxed);
    decode_cpu_ns += counters.decode_cpu_ns.load(kRelaxed);
    copy_cpu_ns += counters.copy_cpu_ns.load(kRelaxed);
    pauses += counters.pauses.load(kRelaxed);
    paused_ns += counters.paused_ns.load(kRelaxed);
    most_frames_held = std::max(most_frames_held, counters.most_frames_held.load(kRelaxed));
    frame_slots = std::max(frame_slots, control.header().sizes.frame_slots);
    if (first_detected_ns == 0) first_detected_ns = counters.first_detected_ns.load(kRelaxed);
}

}  // namespace dashcam
