#include "main/session_sizes.h"

#include <algorithm>

#include "pipeline/task_queue/limits.h"
#include "reading/track_evidence.h"
#include "tracking/tracker.h"
#include "video/printable_path.h"

namespace dashcam {
namespace {

// A video whose reader is done is still being worked on while the reader opens the next one.
constexpr std::uint32_t kStreamsPerReader = 2;
// Living tracks, and ended ones whose summaries are under way: two frames' worth of births may be
// waiting for theirs before tracking has to wait.
constexpr std::uint32_t kTracksPerStream = kMaxLiveTracks + 2 * kMaxBirthsPerFrame;
// Each reader fills one frame while others are worked on.
constexpr std::uint32_t kLeastFramesPerReader = 4;
// More would only be memory: the hard limit admits fewer.
constexpr std::uint32_t kMostFrames = 128;

}  // namespace

ControlSizes session_sizes(const Settings& settings, std::size_t frame_bytes) {
    const std::size_t budget = static_cast<std::size_t>(settings.frame_store_mb) << 20;
    const auto affordable =
        static_cast<std::uint32_t>(budget / std::max<std::size_t>(frame_bytes, 1));
    ControlSizes sizes;
    sizes.frame_slots =
        std::clamp(affordable, kLeastFramesPerReader * settings.num_video_readers, kMostFrames);
    sizes.streams = kStreamsPerReader * settings.num_video_readers;
    sizes.tracks_per_stream = kTracksPerStream;
    sizes.workers = settings.num_gpu_workers + settings.num_cpu_workers;
    sizes.births_per_task = kMaxBirthsPerFrame;
    sizes.frame_slot_bytes = frame_bytes;
    sizes.stream_state_bytes = sizeof(TrackerState);
    sizes.track_state_bytes = sizeof(TrackEvidence);
    sizes.task_slots = task_slots_needed(sizes.frame_slots, kMaxLooksPerFrame, sizes.streams,
                                         sizes.tracks_per_stream);
    return sizes;
}

QueueLimits session_limits(const Settings& settings) {
    QueueLimits limits;
    limits.max_gpu_backlog = settings.max_gpu_backlog;
    limits.max_cpu_backlog = settings.max_cpu_backlog;
    limits.soft_limit = settings.queue_soft_limit;
    limits.hard_limit = settings.queue_hard_limit;
    limits.looks_per_frame = kMaxLooksPerFrame;
    limits.max_attempts = settings.max_task_attempts;
    return limits;
}

VideoOpener clip_opener(const Settings& settings) {
    const std::int64_t most = settings.max_frame_pixels_mp * 1'000'000LL;
    return [most](const std::string& path,
                  const DecoderOptions& options) -> Result<std::unique_ptr<Decoder>> {
        TRY_ASSIGN(std::unique_ptr<Decoder> decoder, open_video(path, options));
        const FrameFormat& format = decoder->info().format;
        if (std::int64_t{format.width} * format.height <= most) return decoder;
        return Error{printable_path(path) + " has frames of " + std::to_string(format.width) + "x" +
                     std::to_string(format.height) +
                     ", more than max_frame_pixels_mp = " + std::to_string(most / 1'000'000) +
                     " megapixels: raise it if the clip is meant to be that large"};
    };
}

DecoderOptions decoder_options(const Settings& settings) {
    DecoderOptions options;
    options.threads = static_cast<int>(settings.decoder_threads);
    return options;
}

FrameChoice::Rates analysis_rates(const Settings& settings) {
    return {static_cast<double>(settings.analysis_rate), static_cast<double>(settings.still_rate)};
}

}  // namespace dashcam
