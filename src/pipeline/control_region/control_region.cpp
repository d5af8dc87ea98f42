#include "pipeline/control_region/control_region.h"

#include <cerrno>
#include <cstring>

#include "base/check.h"
#include "shared_memory/monotonic_clock.h"

namespace dashcam {
namespace {

constexpr std::size_t kAlignment = 64;  // of every table, so that no two share a cache line

std::size_t aligned(std::size_t bytes) {
    return (bytes + kAlignment - 1) / kAlignment * kAlignment;
}

void initialise_lock(pthread_mutex_t& lock) {
    pthread_mutexattr_t attributes;
    CHECK(pthread_mutexattr_init(&attributes) == 0);
    CHECK(pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED) == 0);
    CHECK(pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST) == 0);
    CHECK(pthread_mutex_init(&lock, &attributes) == 0);
    pthread_mutexattr_destroy(&attributes);
}

}  // namespace

ControlRegion::Offsets ControlRegion::offsets(const ControlSizes& sizes) {
    Offsets at{};
    std::size_t next = aligned(sizeof(ControlHeader));
    auto take = [&next](std::size_t bytes) {
        const std::size_t here = next;
        next += aligned(bytes);
        return here;
    };
    at.workers = take(sizeof(WorkerEntry) * sizes.workers);
    at.tasks = take(sizeof(TaskSlot) * sizes.task_slots);
    at.frames = take(sizeof(FrameSlot) * sizes.frame_slots);
    at.streams = take(sizeof(StreamEntry) * sizes.streams);
    at.states = take(sizeof(StateSlot) * state_slots(sizes));
    at.stream_buffers = take(aligned(sizes.stream_state_bytes) * 2 * sizes.streams);
    at.track_buffers =
        take(aligned(sizes.track_state_bytes) * 2 * sizes.streams * sizes.tracks_per_stream);
    at.total = next;
    return at;
}

std::size_t ControlRegion::bytes_needed(const ControlSizes& sizes) { return offsets(sizes).total; }

void ControlRegion::locate(const Offsets& at) {
    std::byte* base = region_.data();
    header_ = reinterpret_cast<ControlHeader*>(base);
    workers_ = reinterpret_cast<WorkerEntry*>(base + at.workers);
    tasks_ = reinterpret_cast<TaskSlot*>(base + at.tasks);
    frames_ = reinterpret_cast<FrameSlot*>(base + at.frames);
    streams_ = reinterpret_cast<StreamEntry*>(base + at.streams);
    states_ = reinterpret_cast<StateSlot*>(base + at.states);
    stream_buffers_ = base + at.stream_buffers;
    track_buffers_ = base + at.track_buffers;
}

Result<ControlRegion> ControlRegion::create(const ControlSizes& sizes, const QueueLimits& limits) {
    const Offsets at = offsets(sizes);
    TRY_ASSIGN(SharedRegion memory, SharedRegion::create("dashcam-control", at.total));
    ControlRegion control(std::move(memory));
    control.sizes_ = sizes;
    control.limits_ = limits;
    control.locate(at);
    ControlHeader& header = control.header();
    header.layout_version = kControlLayoutVersion;
    header.total_bytes = at.total;
    header.sizes = sizes;
    header.limits = limits;
    header.started_ns = monotonic_ns();
    initialise_lock(header.lock);
    for (TaskSlot& task : control.tasks()) task.word.store(TaskWord{});
    for (FrameSlot& frame : control.frames()) frame.word.store({});
    for (StateSlot& state : control.states()) state.word.store({});
    for (std::uint32_t stream = 0; stream < sizes.streams; ++stream) {
        control.states()[stream].parent = kNoSlot;
        for (StateSlot& child : control.children_of(stream)) child.parent = stream;
    }
    header.magic = kControlMagic;
    return control;
}

Result<ControlRegion> ControlRegion::attach(int descriptor, RegionAccess access) {
    TRY_ASSIGN(SharedRegion memory, SharedRegion::attach(descriptor, access));
    if (memory.bytes() < sizeof(ControlHeader)) return Error{"the control region is too small"};
    ControlRegion control(std::move(memory));
    const auto* header = reinterpret_cast<const ControlHeader*>(control.region_.data());
    if (header->magic != kControlMagic || header->layout_version != kControlLayoutVersion) {
        return Error{"the control region is of another build of dashcam: start the run again"};
    }
    const Offsets at = offsets(header->sizes);
    if (at.total != header->total_bytes || at.total > control.region_.bytes()) {
        return Error{"the control region does not have the size that its header says"};
    }
    control.sizes_ = header->sizes;
    control.limits_ = header->limits;
    control.locate(at);
    return control;
}

std::uint32_t ControlRegion::child_slot(std::uint32_t stream, std::uint32_t child) const {
    return sizes_.streams + stream * sizes_.tracks_per_stream + child;
}

std::span<StateSlot> ControlRegion::children_of(std::uint32_t stream) const {
    return {states_ + child_slot(stream, 0), sizes_.tracks_per_stream};
}

std::span<std::byte> ControlRegion::state_buffer(std::uint32_t state_slot,
                                                 std::uint32_t buffer) const {
    CHECK(state_slot < state_slots(sizes_) && buffer < 2);
    if (state_slot < sizes_.streams) {
        const std::size_t bytes = aligned(sizes_.stream_state_bytes);
        return {stream_buffers_ + bytes * (2 * std::size_t{state_slot} + buffer),
                sizes_.stream_state_bytes};
    }
    const std::size_t bytes = aligned(sizes_.track_state_bytes);
    return {track_buffers_ + bytes * (2 * std::size_t{state_slot - sizes_.streams} + buffer),
            sizes_.track_state_bytes};
}

}  // namespace dashcam
