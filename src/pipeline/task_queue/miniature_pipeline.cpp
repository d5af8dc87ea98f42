#include "pipeline/task_queue/miniature_pipeline.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/check.h"
#include "pipeline/task_queue/limits.h"
#include "pipeline/task_queue/queue_test_support.h"

namespace dashcam::test {
namespace {

std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
    std::uint64_t x = a * 0x9e3779b97f4a7c15 + b;
    x ^= x >> 31;
    x *= 0xbf58476d1ce4e5b9;
    return x ^ x >> 29;
}

std::uint64_t reading(const Item& item) { return mix(mix(item.video, item.frame), item.track); }

// What one frame asks of the pipeline.
struct Step {
    std::vector<std::uint32_t> born, ended, looks;
};

Step track(VideoState& state, std::uint32_t video, std::uint32_t frame) {
    Step step;
    std::uint64_t random = mix(video + 1, frame + 1);
    const bool last = frame + 1 == kFramesPerVideo;
    for (std::uint64_t n = random % (kMiniatureBirths + 1); n > 0 && !state.live.full(); --n) {
        state.live.push_back(++state.keys);
        step.born.push_back(state.keys);
    }
    for (const std::uint32_t key : state.live) {
        random = mix(random, key);
        if (random % 4 != 0 && step.looks.size() < kMiniatureLooks) step.looks.push_back(key);
    }
    for (std::size_t i = state.live.size(); i-- > 0;) {
        random = mix(random, i);
        if (random % 4 != 0 && !last) continue;
        step.ended.push_back(state.live[i]);
        state.live.erase(i);
    }
    ++state.frames;
    state.hash = mix(state.hash, random);
    return step;
}

template <typename T>
T load_state(TaskQueue& queue, std::uint32_t task) {
    T state{};
    const auto bytes = queue.current_state(task);
    if (!bytes.empty()) std::memcpy(static_cast<void*>(&state), bytes.data(), sizeof(T));
    return state;
}

template <typename T>
void store_state(TaskQueue& queue, std::uint32_t task, const T& state) {
    std::memcpy(queue.next_state(task).data(), &state, sizeof(T));
}

TaskSpec spec_of(Category category, StateAccess access, const Item& item, FrameRef frame = {}) {
    TaskSpec spec = make_spec(category, access, item.track);
    if (frame.valid()) spec = with_frame(spec, frame);
    spec.frame_index = item.frame;
    spec.payload = Payload::of(item);
    return spec;
}

Completion run_track(TaskQueue& queue, std::uint32_t task, Item item, FrameRef frame) {
    auto state = load_state<VideoState>(queue, task);
    CHECK(state.frames == item.frame);  // each frame once, in order
    const Step step = track(state, item.video, item.frame);
    Completion done;
    done.opened_keys = step.born;
    done.own_state = StateChange::kUpdate;
    for (const std::uint32_t key : step.looks) {
        item.track = key;
        done.outputs.push_back(spec_of(Category::kPlateDetect, StateAccess::kShared, item, frame));
    }
    for (const std::uint32_t key : step.ended) {
        item.track = key;
        done.outputs.push_back(spec_of(Category::kSummary, StateAccess::kBarrier, item));
    }
    if (item.frame + 1 == kFramesPerVideo) {
        item.track = 0;
        done.outputs.push_back(spec_of(Category::kFinalWrite, StateAccess::kBarrier, item));
    }
    store_state(queue, task, state);
    return done;
}

Completion run_smooth(TaskQueue& queue, std::uint32_t task, const Item& item) {
    auto state = load_state<TrackState>(queue, task);
    ++state.looks;
    state.sum += item.sum;
    store_state(queue, task, state);
    Completion done;
    done.own_state = StateChange::kUpdate;
    return done;
}

Completion run_write(TaskQueue& queue, std::uint32_t task, const Item& item,
                     std::span<VideoRows> rows) {
    Row row{1, item.looks, item.sum};
    if (item.track == 0) {
        const auto state = load_state<VideoState>(queue, task);
        row = {1, state.frames, state.hash};
    }
    rows[item.video][item.track] = row;
    Completion done;
    done.own_state = StateChange::kClose;
    return done;
}

}  // namespace

Completion run_stage(TaskQueue& queue, std::uint32_t number, std::span<VideoRows> rows) {
    const TaskSlot& task = queue.task(number);
    Item item = task.payload.as<Item>();
    Completion done;
    switch (task.category) {
        case Category::kVehicleDetect: {
            TaskSpec next =
                spec_of(Category::kVehicleTrack, StateAccess::kOrdered, item, task.payload_ref);
            next.sequence = item.frame;
            done.outputs.push_back(next);
            return done;
        }
        case Category::kVehicleTrack:
            return run_track(queue, number, item, task.payload_ref);
        case Category::kPlateDetect:
            done.outputs.push_back(
                spec_of(Category::kOcr, StateAccess::kShared, item, task.payload_ref));
            return done;
        case Category::kOcr:
            item.sum = reading(item);
            done.outputs.push_back(
                spec_of(Category::kPlateSmooth, StateAccess::kExclusive, item, task.payload_ref));
            return done;
        case Category::kPlateSmooth:
            return run_smooth(queue, number, item);
        case Category::kSummary: {
            const auto state = load_state<TrackState>(queue, number);
            item.looks = state.looks;
            item.sum = state.sum;
            done.outputs.push_back(spec_of(Category::kFinalWrite, StateAccess::kExclusive, item));
            return done;
        }
        case Category::kFinalWrite:
            return run_write(queue, number, item, rows);
    }
    CHECK(!"an unknown category");
    return done;
}

Reference reference_of(std::uint32_t video) {
    Reference reference;
    auto count = [&](Category category, std::uint64_t n) { reference.tasks[index(category)] += n; };
    VideoState state;
    for (std::uint32_t frame = 0; frame < kFramesPerVideo; ++frame) {
        const Step step = track(state, video, frame);
        for (const std::uint32_t key : step.looks) {
            ++reference.rows[key].count;
            reference.rows[key].value += reading({video, frame, key, 0, 0});
        }
        for (const std::uint32_t key : step.ended) reference.rows[key].written = 1;
        for (const Category look :
             {Category::kPlateDetect, Category::kOcr, Category::kPlateSmooth}) {
            count(look, step.looks.size());
        }
        for (const Category end : {Category::kSummary, Category::kFinalWrite})
            count(end, step.ended.size());
    }
    reference.rows[0] = {1, state.frames, state.hash};
    count(Category::kVehicleDetect, kFramesPerVideo);
    count(Category::kVehicleTrack, kFramesPerVideo);
    count(Category::kFinalWrite, 1);
    return reference;
}

ControlSizes miniature_sizes(std::uint32_t frames, std::uint32_t streams, std::uint32_t workers) {
    ControlSizes sizes;
    sizes.frame_slots = frames;
    sizes.streams = streams;
    sizes.workers = workers;
    sizes.births_per_task = kMiniatureBirths;
    sizes.tracks_per_stream = kMiniatureLive + kMiniatureBirths;
    sizes.task_slots = task_slots_needed(frames, kMiniatureLooks, streams, sizes.tracks_per_stream);
    sizes.frame_slot_bytes = kTinyFormat.bytes();
    sizes.stream_state_bytes = sizeof(VideoState);
    sizes.track_state_bytes = sizeof(TrackState);
    return sizes;
}

QueueLimits tightest_limits() {
    QueueLimits limits;
    limits.max_gpu_backlog = 0;
    limits.max_cpu_backlog = 0;
    limits.soft_limit = 1;
    limits.hard_limit = kMiniatureLooks;
    limits.looks_per_frame = kMiniatureLooks;
    limits.max_attempts = 4;
    return limits;
}

bool MiniatureReader::open_next() {
    if (opened_ == videos_) return false;
    const std::optional<std::uint32_t> stream = queue_.open_stream({});
    if (!stream) return false;
    open_.push_back({*stream, opened_++, 0, std::nullopt});
    return true;
}

bool MiniatureReader::advance(std::size_t which, bool cancel) {
    OpenVideo& video = open_[which];
    if (!video.reserved) {
        video.reserved = queue_.reserve_frame(video.stream, video.frame, kTinyFormat);
        return video.reserved.has_value();
    }
    if (cancel) {
        queue_.cancel_frame(*std::exchange(video.reserved, std::nullopt));
        return true;
    }
    admitted_ = Item{video.video, video.frame, 0, 0, 0};
    queue_.admit(video.stream, spec_of(Category::kVehicleDetect, StateAccess::kShared, *admitted_,
                                       *std::exchange(video.reserved, std::nullopt)));
    if (++video.frame == kFramesPerVideo)
        open_.erase(open_.begin() + static_cast<std::ptrdiff_t>(which));
    return true;
}

bool MiniatureReader::step(std::mt19937_64& random) {
    admitted_ = std::nullopt;
    if (open_.empty() || random() % 4 == 0) {
        if (open_next()) return true;
    }
    if (open_.empty()) return false;
    return advance(random() % open_.size(), random() % 16 == 0);
}

}  // namespace dashcam::test
