#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/result.h"
#include "pipeline/control_region/control_layout.h"
#include "shared_memory/shared_region.h"

namespace dashcam {

// The control region, typed: header, worker table, task slots, frame slots, state slots with their
// buffers, and stream entries. Read-write in main and workers, read-only in the scheduler. Owns the
// mapping; what the accessors return is valid as long as this object.
class ControlRegion {
  public:
    // Only main calls this. Every count in `sizes` is at least 1.
    static Result<ControlRegion> create(const ControlSizes& sizes, const QueueLimits& limits);
    // Errors: the region is of another build, or too small for what its header says.
    static Result<ControlRegion> attach(int descriptor, RegionAccess access);

    // Bytes that `sizes` need.
    static std::size_t bytes_needed(const ControlSizes& sizes);

    ControlHeader& header() const { return *header_; }
    // This process's own copies: they stay right if the region's are damaged.
    const ControlSizes& sizes() const { return sizes_; }
    const QueueLimits& limits() const { return limits_; }
    std::span<WorkerEntry> workers() const { return {workers_, sizes_.workers}; }
    std::span<TaskSlot> tasks() const { return {tasks_, sizes_.task_slots}; }
    std::span<FrameSlot> frames() const { return {frames_, sizes_.frame_slots}; }
    std::span<StreamEntry> streams() const { return {streams_, sizes_.streams}; }

    // Videos' states come first (slot number = stream number), then tracks_per_stream children of
    // each.
    std::span<StateSlot> states() const { return {states_, state_slots(sizes_)}; }
    std::span<StateSlot> children_of(std::uint32_t stream) const;
    std::uint32_t child_slot(std::uint32_t stream, std::uint32_t child) const;

    // One of the two buffers of a state slot.
    std::span<std::byte> state_buffer(std::uint32_t state_slot, std::uint32_t buffer) const;

    int descriptor() const { return region_.descriptor(); }

  private:
    struct Offsets {
        std::size_t workers, tasks, frames, streams, states, stream_buffers, track_buffers, total;
    };
    static Offsets offsets(const ControlSizes& sizes);
    static std::size_t state_slots(const ControlSizes& sizes) {
        return static_cast<std::size_t>(sizes.streams) * (1 + sizes.tracks_per_stream);
    }
    explicit ControlRegion(SharedRegion region) : region_(std::move(region)) {}
    void locate(const Offsets& at);

    SharedRegion region_;
    ControlSizes sizes_;
    QueueLimits limits_;
    ControlHeader* header_ = nullptr;
    WorkerEntry* workers_ = nullptr;
    TaskSlot* tasks_ = nullptr;
    FrameSlot* frames_ = nullptr;
    StreamEntry* streams_ = nullptr;
    StateSlot* states_ = nullptr;
    std::byte* stream_buffers_ = nullptr;
    std::byte* track_buffers_ = nullptr;
};

}  // namespace dashcam
