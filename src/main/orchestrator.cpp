#include "main/orchestrator.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <future>

#include "main/clip_journal.h"
#include "main/folder_lock.h"
#include "main/session_sizes.h"
#include "shared_memory/monotonic_clock.h"
#include "video/printable_path.h"
#include "video/probe.h"
#include "video/read_watch.h"

namespace dashcam {
namespace {

// Clips whose size is looked up before the start, so that frame slots fit them at once. Others that
// turn out larger get a session of their own.
constexpr std::size_t kClipsToProbe = 200;
// Frames of 1920x1080, where no clip could be probed.
constexpr FrameFormat kUsualFormat{.width = 1920, .height = 1080};
// A queue that is damaged again and again is a fault that new memory does not mend.
constexpr int kMaxDamagedSessions = 3;

std::string utc_now() {
    return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)));
}

struct Probed {
    std::size_t largest_frame = 0;
    std::uint64_t frames_expected = 0;
};

// Sizes of the first pending clips, and how many frames all of them may have, judged by their
// bytes.
Probed probe_clips(ClipList& list, ClipJournal& journal, const DecoderOptions& options,
                   std::size_t largest_allowed, const std::atomic<bool>& stop) {
    Probed result;
    double probed_bytes = 0;
    double all_bytes = 0;
    double frames = 0;
    std::size_t probed = 0;
    for (const Clip& clip : list.clips()) {
        if (stop.load()) break;
        if (clip.state != ClipState::kPending) continue;
        all_bytes += static_cast<double>(clip.bytes);
        if (probed == kClipsToProbe) continue;
        const ClipKey key{clip.path, clip.bytes, clip.modified_us};
        journal.opened(key);
        const auto info = probe_video(clip.path, options);
        journal.closed(key, ClipJournal::Close::kLeft);
        if (!info.ok()) continue;  // its reader will say why
        ++probed;
        probed_bytes += static_cast<double>(clip.bytes);
        frames += static_cast<double>(info->estimated_frames);
        const std::size_t bytes = info->format.bytes();
        if (bytes > largest_allowed) continue;
        list.note_frame_bytes(clip.path, bytes);
        result.largest_frame = std::max(result.largest_frame, bytes);
    }
    if (probed_bytes > 0)
        result.frames_expected = static_cast<std::uint64_t>(frames * all_bytes / probed_bytes);
    return result;
}

// The same in a thread, so that a disk that does not answer holds neither main nor Ctrl-C. A thread
// that is stuck in the operating system cannot be ended: then the program leaves at once.
Probed probe_clips_watched(ClipList& list, ClipJournal& journal, const Settings& settings,
                           std::size_t largest_allowed, Signals& signals) {
    std::atomic<bool> stop = false;
    auto probing = std::async(std::launch::async, [&] {
        return probe_clips(list, journal, decoder_options(settings), largest_allowed, stop);
    });
    constexpr auto kTick = std::chrono::milliseconds(20);
    constexpr std::int64_t kSecondNs = 1'000'000'000;
    std::uint64_t reads_seen = 0;
    std::int64_t since_ns = monotonic_ns();
    while (probing.wait_for(kTick) != std::future_status::ready) {
        if (signals.collect() > 0) stop = true;
        const ReadCounts reads = read_counts();
        if (reads.ended != reads_seen || !reads.under_way()) since_ns = monotonic_ns();
        reads_seen = reads.ended;
        const std::uint32_t patience_s =
            stop.load() ? settings.terminate_timeout_s : settings.stale_after_s;
        if (monotonic_ns() - since_ns < patience_s * kSecondNs) continue;
        spdlog::error(
            "reading {} has not come back for {} s (a dead disk or network share?): leaving",
            printable_path(journal.last_opened()), patience_s);
        journal.end();
        std::_Exit(kExitStuckReader);
    }
    return probing.get();
}

}  // namespace

Result<RunReport> run_pipeline(const RunPlan& plan, const std::vector<std::string>& clips,
                               Redo redo, Signals& signals) {
    const std::int64_t started_ns = monotonic_ns();
    TRY_ASSIGN(const FolderLock folder_lock, FolderLock::take(plan.settings.out, plan.log_file));
    TRY_ASSIGN(const std::unique_ptr<Store> store,
               open_store(plan.settings.db, Access::kReadWrite));
    RunRow run{plan.settings_hash, DASHCAM_VERSION, plan.settings_text, utc_now(), ""};
    TRY(store->write_run(run));

    ClipJournal journal;
    if (const auto begun = ClipJournal::begin(plan.settings.out + "/open-clips.journal", journal);
        !begun.ok()) {
        spdlog::warn("a clip that brings down the program would not be known to the next run: {}",
                     begun.error().message);
    }
    ClipList list(clips, plan.settings_hash, *store, redo);
    list.keep_journal(journal, plan.settings.max_clip_crashes);
    const std::size_t largest_allowed =
        static_cast<std::size_t>(plan.settings.max_frame_pixels_mp) * 1'000'000 * 2;
    Probed probed = probe_clips_watched(list, journal, plan.settings, largest_allowed, signals);
    RunReport report;
    int damaged_sessions = 0;
    std::size_t frame_bytes =
        probed.largest_frame > 0 ? probed.largest_frame : kUsualFormat.bytes();
    while (list.anything_pending()) {
        frame_bytes = std::max(frame_bytes, list.largest_pending_frame());
        TRY_ASSIGN(const auto session, Session::create(plan, list, signals, frame_bytes));
        TRY_ASSIGN(const SessionReport part, session->run(probed.frames_expected));
        session->add_to(report.statistics);
        report.end = part.end;
        report.reason = part.reason;
        report.incidents.insert(report.incidents.end(), part.incidents.begin(),
                                part.incidents.end());
        report.frames += part.frames;
        report.restarts += part.restarts;
        report.switches += part.switches;
        report.forced += part.forced;
        if (part.end != SessionEnd::kFinished && part.end != SessionEnd::kDamaged) break;
        if (part.end == SessionEnd::kDamaged && ++damaged_sessions == kMaxDamagedSessions) {
            report.end = SessionEnd::kGaveUp;
            break;
        }
        // What is still pending after a session that finished: clips with larger frames. Others
        // would fare no better in another session: their tasks were set aside, or their rows could
        // not be written.
        if (part.end == SessionEnd::kFinished && list.largest_pending_frame() <= frame_bytes) break;
    }
    run.ended_at = utc_now();
    if (const auto written = store->write_run(run); !written.ok()) {
        spdlog::warn("the end of the run could not be noted: {}", written.error().message);
    }
    report.clips = list.clips();
    if (report.statistics.first_detected_ns != 0) {
        report.first_detection_s =
            static_cast<double>(report.statistics.first_detected_ns - started_ns) / 1e9;
    }
    report.elapsed_s = static_cast<double>(monotonic_ns() - started_ns) / 1e9;
    return report;
}

}  // namespace dashcam
