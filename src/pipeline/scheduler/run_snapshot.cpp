#include "pipeline/scheduler/run_snapshot.h"

#include <algorithm>

#include "pipeline/control_region/stream_description.h"
#include "pipeline/stages/messages.h"
#include "shared_memory/monotonic_clock.h"
#include "video/printable_path.h"

namespace dashcam {
namespace {

constexpr auto kRelaxed = std::memory_order_relaxed;

StreamGlimpse glimpse_of(const StreamEntry& entry, std::int64_t now_ns) {
    alignas(VideoDescription) const auto description = glimpse_description(entry);
    const auto& video = *reinterpret_cast<const VideoDescription*>(description.data());
    StreamGlimpse glimpse;
    const std::string_view path = text_of(video.path);
    glimpse.name = file_name_of(path);
    glimpse.frames = entry.frames_read.load(kRelaxed);
    glimpse.frames_expected = entry.frames_expected.load(kRelaxed);
    glimpse.position_us = entry.position_us.load(kRelaxed);
    glimpse.duration_us = entry.duration_us.load(kRelaxed);
    glimpse.opened_ns = entry.opened_ns.load(kRelaxed);
    glimpse.open_s = static_cast<double>(now_ns - glimpse.opened_ns) / 1e9;
    return glimpse;
}

}  // namespace

bool RunSnapshot::idle() const {
    return backlog.alive() == 0 &&
           std::none_of(workers.begin(), workers.end(),
                        [](const WorkerGlimpse& worker) { return worker.busy(); });
}

RunSnapshot take_snapshot(const ControlRegion& control) {
    const ControlHeader& header = control.header();
    const RunCounters& counters = header.counters;
    const std::int64_t now_ns = monotonic_ns();
    RunSnapshot result;
    result.backlog = snapshot(control);
    result.limits = header.limits;
    result.frame_slots = header.sizes.frame_slots;
    result.workers = worker_glimpses(control);
    for (std::uint32_t stream = 0; stream < header.sizes.streams; ++stream) {
        if (control.states()[stream].word.load(std::memory_order_acquire).life ==
            StateLife::kLive) {
            result.streams.push_back(glimpse_of(control.streams()[stream], now_ns));
            result.streams.back().stream = stream;
        }
    }
    result.videos_total = counters.videos_total.load(kRelaxed);
    result.videos_failed = counters.videos_failed.load(kRelaxed);
    result.videos_skipped = counters.videos_skipped.load(kRelaxed);
    result.videos_done =
        counters.videos_finished.load(kRelaxed) + result.videos_failed + result.videos_skipped;
    result.frames = counters.frames_read.load(kRelaxed);
    result.frames_expected = counters.frames_expected.load(kRelaxed);
    result.vehicles = counters.vehicles.load(kRelaxed);
    result.plates = counters.plates.load(kRelaxed);
    result.restarts = counters.restarts.load(kRelaxed);
    result.pauses = counters.pauses.load(kRelaxed);
    result.rebuilds = counters.rebuilds.load(kRelaxed);
    result.readers_waiting = header.room.sleepers.load(kRelaxed);
    result.newest = newest_plates(control);
    result.elapsed_s = static_cast<double>(now_ns - header.started_ns) / 1e9;
    result.stopping = header.stop.load() != 0;
    result.terminating = header.terminate.load() != 0;
    return result;
}

}  // namespace dashcam
