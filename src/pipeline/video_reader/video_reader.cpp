#include "pipeline/video_reader/video_reader.h"

#include <chrono>
#include <filesystem>
#include <thread>

#include "shared_memory/monotonic_clock.h"

namespace dashcam {
namespace {

// Producers are woken when there is room; this is the safety net, and how soon `stop` is seen at
// the latest.
constexpr int kRoomWaitMs = 50;
// Above the soft limit a reader gives the workers this much of a lead per frame.
constexpr auto kSoftLimitPause = std::chrono::milliseconds(2);

VideoOutcome outcome_of(DecodeStatus status) {
    return status == DecodeStatus::kEnd ? VideoOutcome::kFinished : VideoOutcome::kTruncated;
}

void add_ns(std::atomic<std::uint64_t>& sum, std::int64_t ns) {
    sum.fetch_add(static_cast<std::uint64_t>(ns), std::memory_order_relaxed);
}

}  // namespace

template <typename Attempt>
auto VideoReader::when_there_is_room(Attempt attempt) -> decltype(attempt()) {
    std::int64_t paused_since = 0;
    for (;;) {
        const std::uint32_t seen = queue_.room_events();
        if (stopping()) return {};
        if (auto result = attempt()) {
            if (paused_since != 0) {
                add_ns(control_.header().counters.paused_ns, monotonic_ns() - paused_since);
            }
            return result;
        }
        if (paused_since == 0) {
            paused_since = monotonic_ns();
            control_.header().counters.pauses.fetch_add(1, std::memory_order_relaxed);
        }
        queue_.wait_for_room(seen, kRoomWaitMs);
    }
}

std::uint32_t VideoReader::open_stream(const VideoToRead& video, const Decoder* decoder) {
    VideoDescription description;
    put_text(description.id, video.id);
    // Whoever looks at the row later may do so from another folder.
    std::error_code failed;
    const std::string whole = std::filesystem::absolute(video.path, failed).lexically_normal();
    put_text(description.path, failed ? video.path : whole);
    put_text(description.settings, video.settings);
    description.bytes = video.bytes;
    description.modified_us = video.modified_us;
    if (decoder != nullptr) {
        const VideoInfo& info = decoder->info();
        put_text(description.codec, info.codec);
        put_text(description.recorded_at, info.recorded_at);
        description.width = info.format.width;
        description.height = info.format.height;
        description.frame_rate = info.frame_rate;
    }
    const auto bytes = std::as_bytes(std::span(&description, 1));
    const auto stream = when_there_is_room([&] { return queue_.open_stream(bytes); });
    if (!stream) return kNoSlot;
    StreamEntry& entry = control_.streams()[*stream];
    if (decoder != nullptr) {
        entry.frames_expected.store(static_cast<std::uint64_t>(decoder->info().estimated_frames),
                                    std::memory_order_relaxed);
        entry.duration_us.store(decoder->info().duration_us, std::memory_order_relaxed);
    }
    return *stream;
}

void VideoReader::admit_begin(std::uint32_t stream) {
    TaskSpec spec;
    spec.category = Category::kFinalWrite;
    // Exclusive: the video's first VEHICLE_TRACK waits until the video's row is there.
    spec.access = StateAccess::kExclusive;
    spec.payload = Payload::of(BeginVideoMessage{});
    queue_.admit(stream, spec);
}

void VideoReader::admit_end(std::uint32_t stream, const VideoEnd& end, std::uint32_t analysed) {
    EndOfVideoMessage message;
    message.stamp = {end.frames, analysed, end.duration_us};
    message.end = end;
    TaskSpec spec;
    spec.category = Category::kVehicleTrack;
    spec.access = StateAccess::kOrdered;
    spec.sequence = analysed;
    spec.frame_index = end.frames;
    spec.payload = Payload::of(message);
    queue_.admit(stream, spec);
}

void VideoReader::note_frames_held() {
    const ControlHeader& header = control_.header();
    const std::uint32_t held =
        header.sizes.frame_slots - header.free_frames.load(std::memory_order_relaxed);
    std::atomic<std::uint32_t>& most = control_.header().counters.most_frames_held;
    std::uint32_t seen = most.load(std::memory_order_relaxed);
    while (held > seen && !most.compare_exchange_weak(seen, held, std::memory_order_relaxed)) {
    }
}

bool VideoReader::admit_frame(std::uint32_t stream, Decoder& decoder, const FrameStamp& stamp) {
    const auto frame = when_there_is_room(
        [&] { return queue_.reserve_frame(stream, stamp.index, decoder.info().format); });
    if (!frame) return false;
    RunCounters& counters = control_.header().counters;
    note_frames_held();
    const std::int64_t cpu_before_ns = thread_cpu_ns();
    decoder.copy_to(frames_.pixels_to_fill(*frame));
    add_ns(counters.copy_cpu_ns, thread_cpu_ns() - cpu_before_ns);
    TaskSpec spec;
    spec.category = Category::kVehicleDetect;
    spec.access = StateAccess::kShared;
    spec.frame_index = stamp.index;
    spec.payload_ref = *frame;
    spec.dependencies.push_back(*frame);
    spec.payload = Payload::of(VehicleDetectMessage{stamp});
    queue_.admit(stream, spec);
    counters.frames_analysed.fetch_add(1, std::memory_order_relaxed);
    if (queue_.above_soft_limit()) std::this_thread::sleep_for(kSoftLimitPause);
    return true;
}

ReadReport VideoReader::read(const VideoToRead& video) {
    ReadReport report;
    Result<std::unique_ptr<Decoder>> opened = opener_(video.path, options_);
    Decoder* decoder = opened.ok() ? opened->get() : nullptr;
    if (decoder != nullptr &&
        decoder->info().format.bytes() > control_.header().sizes.frame_slot_bytes) {
        report.outcome = ReadOutcome::kTooLarge;
        report.frame_bytes = decoder->info().format.bytes();
        return report;
    }
    const std::uint32_t stream = open_stream(video, decoder);
    if (stream == kNoSlot) {
        report.outcome = ReadOutcome::kStopped;
        return report;
    }
    admit_begin(stream);
    if (decoder == nullptr) {
        report.end.outcome = VideoOutcome::kFailed;
        put_text(report.end.reason, opened.error().message);
        admit_end(stream, report.end, 0);
        return report;
    }
    FrameChoice choice(rates_, decoder->info().frame_rate);
    std::uint32_t analysed = 0;
    for (;;) {
        const std::int64_t cpu_before_ns = thread_cpu_ns();
        const Result<NextFrame> next = decoder->next();
        add_ns(control_.header().counters.decode_cpu_ns, thread_cpu_ns() - cpu_before_ns);
        if (!next.ok()) {
            report.end.outcome = VideoOutcome::kFailed;
            put_text(report.end.reason, next.error().message);
            break;
        }
        if (next->status != DecodeStatus::kFrame) {
            report.end.outcome = outcome_of(next->status);
            put_text(report.end.reason, decoder->damage());
            break;
        }
        report.end.duration_us = next->time_us;
        if (choice.take(next->time_us, decoder->luma())) {
            const FrameStamp stamp{report.end.frames, analysed, next->time_us};
            if (!admit_frame(stream, *decoder, stamp)) {
                report.outcome = ReadOutcome::kStopped;
                return report;
            }
            ++analysed;
        } else if (stopping()) {
            report.outcome = ReadOutcome::kStopped;
            return report;
        }
        ++report.end.frames;
        StreamEntry& entry = control_.streams()[stream];
        entry.frames_read.fetch_add(1, std::memory_order_relaxed);
        entry.position_us.store(next->time_us, std::memory_order_relaxed);
        control_.header().counters.frames_read.fetch_add(1, std::memory_order_relaxed);
    }
    admit_end(stream, report.end, analysed);
    return report;
}

}  // namespace dashcam
