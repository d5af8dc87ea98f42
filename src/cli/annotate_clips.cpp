#include "cli/annotate_clips.h"

#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <set>
#include <thread>
#include <vector>

#include "annotate/annotate.h"
#include "base/mutex.h"
#include "stores/store.h"
#include "video/printable_path.h"

namespace dashcam {
namespace {

// How soon a signal is seen.
constexpr int kPollMs = 200;

Result<std::vector<ClipToAnnotate>> clips_to_annotate(const RunReport& report,
                                                      const RunPlan& plan) {
    TRY_ASSIGN(const auto store, open_store(plan.settings.db, Access::kReadOnly));
    std::vector<ClipToAnnotate> result;
    std::set<std::string> listed;
    std::error_code ignored;
    for (const Clip& clip : report.clips) {
        if (clip.id.empty() || !listed.insert(clip.id).second) continue;
        TRY_ASSIGN(const auto video, store->find_video(clip.id));
        if (!video ||
            (video->status != VideoStatus::kFinished && video->status != VideoStatus::kTruncated)) {
            continue;
        }
        ClipToAnnotate one;
        one.video = *video;
        // The place where it was found this time.
        one.video.path = clip.path;
        const bool is_new = clip.state == ClipState::kAdmitted;
        if (!is_new &&
            std::filesystem::exists(annotated_file(plan.settings.out, one.video), ignored))
            continue;
        VehicleFilter filter;
        filter.video = clip.id;
        filter.view = PlateView::kCorrected;  // what a person said, where somebody did
        TRY_ASSIGN(one.vehicles, store->vehicles(filter));
        for (const VehicleRow& row : one.vehicles) {
            TRY_ASSIGN(auto readings, store->readings(row.video, row.track));
            one.readings.push_back(std::move(readings));
        }
        result.push_back(std::move(one));
    }
    return result;
}

void tell(const ClipToAnnotate& clip, const Result<AnnotatedClip>& done) {
    if (!done.ok()) {
        fmt::print(stderr, "not annotated: {}: {}\n", printable_path(clip.video.path),
                   done.error().message);
        return;
    }
    fmt::print("annotated: {} ({} frames, {}{})\n", printable_text(done->file), done->frames,
               done->video_codec,
               done->audio_codec.empty() ? ", without sound" : " with " + done->audio_codec);
    if (done->rows_not_met > 0) {
        fmt::print(stderr,
                   "{}: {} rows were made with other models or settings and are not drawn; process "
                   "it again with --redo\n",
                   printable_path(clip.video.path), done->rows_not_met);
    }
}

}  // namespace

std::size_t annotate_clips(const RunReport& report, const RunPlan& plan, Signals& signals) {
    const Result<std::vector<ClipToAnnotate>> clips = clips_to_annotate(report, plan);
    if (!clips.ok()) {
        fmt::print(stderr, "dashcam: nothing is annotated: {}\n", clips.error().message);
        return 1;
    }
    std::atomic<std::uint32_t> stop = 0;
    std::atomic<std::size_t> next = 0, failed = 0, running = 0;
    Mutex printing;
    std::vector<std::thread> threads;
    const std::size_t at_once = std::min<std::size_t>(plan.settings.num_gpu_workers, clips->size());
    running = at_once;
    for (std::size_t i = 0; i < at_once; ++i) {
        threads.emplace_back([&] {
            for (std::size_t at = next++; at < clips->size() && stop == 0; at = next++) {
                const auto done = annotate((*clips)[at], plan.settings, stop);
                failed += done.ok() ? 0 : 1;
                const MutexLock lock(printing);
                tell((*clips)[at], done);
            }
            --running;
        });
    }
    pollfd event{signals.descriptor(), POLLIN, 0};
    while (running > 0) {
        if (poll(&event, 1, kPollMs) > 0 && signals.collect() > 0) stop = 1;
    }
    for (std::thread& thread : threads) thread.join();
    return failed;
}

}  // namespace dashcam
