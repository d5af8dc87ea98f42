#include "cli/dry_run_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "cli/exit_codes.h"
#include "pipeline/scheduler/hud.h"
#include "video/printable_path.h"

namespace dashcam {
namespace {

std::string megabytes(double bytes) { return fmt::format("{:.1f} MB", bytes / 1e6); }

}  // namespace

int print_dry_run(const DryRun& dry) {
    for (const std::string& reason : dry.unreadable)
        fmt::print(stderr, "cannot be used: {}\n", printable_text(reason));
    fmt::print("dry run: nothing is written\n{} clips, {} of them finished already, {} unusable\n",
               dry.clips, dry.skipped, dry.unreadable.size());
    if (dry.sampled_clips > 0) {
        fmt::print("to do       {} of video, {} frames, {}\n", clock_text(dry.media_s), dry.frames,
                   megabytes(static_cast<double>(dry.bytes)));
        fmt::print("sampled     {} frames at the beginning of {} clips\n", dry.sampled_frames,
                   dry.sampled_clips);
        const double rate = static_cast<double>(dry.frames) / std::max(1e-9, dry.seconds.likely);
        fmt::print(
            "time        {} ({} to {}) when nothing else runs: {:.0f} frames/s, {:.1f}x real "
            "time\n",
            clock_text(dry.seconds.likely), clock_text(dry.seconds.low),
            clock_text(dry.seconds.high), rate, dry.media_s / std::max(1e-9, dry.seconds.likely));
        fmt::print(
            "a frame     decoding {:.1f} ms, vehicles {:.1f} ms, tracking {:.1f} ms, plates {:.1f} "
            "ms "
            "of processor time\n",
            dry.decode_ms, dry.detect_ms, dry.track_ms, dry.plates_ms);
        fmt::print("vehicles    {:.0f} ({:.0f} to {:.0f})\n", dry.vehicles.likely, dry.vehicles.low,
                   dry.vehicles.high);
        fmt::print("disk        {} ({} to {})\n", megabytes(dry.disk_bytes.likely),
                   megabytes(dry.disk_bytes.low), megabytes(dry.disk_bytes.high));
    }
    return dry.unreadable.empty() ? kExitOk : kExitSomeFailed;
}

}  // namespace dashcam
