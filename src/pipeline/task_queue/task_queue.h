#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/frame_view.h"
#include "base/result.h"
#include "pipeline/control_region/control_region.h"
#include "pipeline/task_queue/derived_state.h"

namespace dashcam {

// What happens to the task's own state when it commits.
enum class StateChange : std::uint8_t { kNone, kUpdate, kClose };

// Everything that a finished task leaves behind. It all becomes visible with one store, or not at
// all.
struct Completion {
    std::vector<TaskSpec> outputs;
    // Tracks that begin: a child state of the task's video is opened for each key.
    std::vector<std::uint32_t> opened_keys;
    // kUpdate: next_state() was written and becomes current. kClose: the state slot is free
    // afterwards.
    StateChange own_state = StateChange::kNone;

    void clear();
};

// A control region with an empty queue. Only main calls this.
// Errors: too little memory; more task slots or workers than the design allows (limits.h).
Result<ControlRegion> create_queue(const ControlSizes& sizes, const QueueLimits& limits);

// How many tasks of each category there are; a glimpse without the lock.
struct BacklogSnapshot {
    struct Line {
        std::uint32_t ready = 0;    // claimable or waiting for others
        std::uint32_t waiting = 0;  // of those, waiting for others
        std::uint32_t leased = 0;
        std::uint32_t dead = 0;
        std::uint64_t done = 0;
    };
    std::array<Line, kCategories> categories;
    std::uint32_t frames_held = 0;
    std::uint32_t charge = 0;  // what the soft and the hard limit compare with

    std::uint32_t backlog(Pool pool) const;  // ready tasks of the pool
    std::uint32_t alive() const;             // ready, leased or dead tasks
};

BacklogSnapshot snapshot(const ControlRegion& control);

// The central task queue (design: docs/shared_memory.md). Every operation that changes it takes the
// region's lock for a few hundred nanoseconds and commits by one store, so a kill at any
// instruction leaves a task either as it was or completed with all its outputs. One object per
// process and actor; not shared between threads, except that main's reader threads have one each.
//
// If the region turns out to be damaged (damage.h, QueueFault), a worker aborts; for main every
// operation does nothing from then on, and ControlHeader::damage says why.
class TaskQueue {
  public:
    // `actor`: worker number from 1, or 0 for main.
    TaskQueue(const ControlRegion& control, std::uint8_t actor)
        : control_(control), actor_(actor) {}

    // ---- Producers: main's reader threads only.

    // A state slot for a video, or nothing while all are in use. `description` is kept for the
    // stages.
    std::optional<std::uint32_t> open_stream(std::span<const std::byte> description);
    // A free frame slot to fill, or nothing while back-pressure holds: GPU or CPU backlog above
    // their limits, QUEUE_HARD_LIMIT reached, or no slot free.
    std::optional<FrameRef> reserve_frame(std::uint32_t stream, std::uint32_t frame_index,
                                          const FrameFormat& format);
    // Gives a reserved frame back unused.
    void cancel_frame(FrameRef frame);
    // Admits a task of a video. Its frames are reserved ones, filled by now.
    void admit(std::uint32_t stream, const TaskSpec& spec);
    // True when the charge has reached QUEUE_SOFT_LIMIT: producers slow down.
    bool above_soft_limit() const;
    // Sleeps until something has changed that reserve_frame() or open_stream() may wait for.
    void wait_for_room(std::uint32_t seen, int timeout_ms);
    std::uint32_t room_events() const { return control_.header().room.value.load(); }

    // ---- Workers.

    // The category of this pool with most claimable tasks, the later stage on a tie; `current` is
    // kept while it has work and no other has clearly more, so that workers do not thrash. Nothing:
    // no work.
    std::optional<Category> busiest(Pool pool, std::optional<Category> current) const;
    // Leases up to claimed.size() tasks. Tasks that failed before are leased alone, so that a
    // poisonous one cannot take others along. Returns how many.
    std::size_t claim(Category category, std::span<std::uint32_t> claimed);
    // Preconditions for the rest: this actor holds the lease on `task`.
    const TaskSlot& task(std::uint32_t task) const { return control_.tasks()[task]; }
    // The current version of the task's state; empty if nothing was written to it yet.
    std::span<const std::byte> current_state(std::uint32_t task) const;
    // Where the next version is written before complete() with kUpdate. Holds anything.
    std::span<std::byte> next_state(std::uint32_t task) const;
    // A task that closes its state is the last one to name it, and its outputs do not name it
    // either. Only an ordered task of the video opens keys. An ordered task that others follow
    // updates its state: its successor waits for the next version.
    void complete(std::uint32_t task, const Completion& completion);
    // Ready again with one more failed attempt, or set aside at the limit.
    void fail(std::uint32_t task);

    // ---- Main only.

    // The worker is known to be dead: its leases are Ready again, or set aside at the limit.
    // Returns how many it held. Main wakes everyone afterwards.
    // `at_fault`: the task that the worker was busy with, kNoSlot if none; only that one is charged
    // with a failed attempt, the others of its batch are innocent. Without it all are charged.
    std::size_t give_back(std::uint8_t worker,
                          std::optional<std::uint32_t> at_fault = std::nullopt);
    // Leases one task that was set aside, to settle it with complete().
    std::optional<std::uint32_t> claim_dead();
    // Exact, under the lock: no task is alive. And: no video is open either.
    bool no_task_alive() const;
    bool no_stream_open() const;
    // Keys of a video's open child states, ascending.
    std::vector<std::uint32_t> open_keys(std::uint32_t stream) const;
    void wake_everyone();

  private:
    // Main goes on: the lock's end has noted that the region is damaged.
    void abort_worker(const QueueFault& fault) const;
    enum class Attempt { kFailed, kInnocent };
    std::uint32_t resolve_state(const TaskSlot& parent, std::uint32_t state_key) const;
    struct Origin {
        std::uint32_t stream, state_slot;
        std::uint32_t parent, parent_generation;  // kNoSlot: none
    };
    void fill(std::uint32_t slot, const TaskSpec& spec, const Origin& origin);
    void prepare_states(std::uint32_t task, const Completion& completion);
    void apply_states(std::uint32_t task, const Completion& completion, WakeUps& wake_ups);
    void end_lease_unfinished(std::uint32_t task, Attempt attempt, WakeUps& wake_ups);

    const ControlRegion& control_;
    std::uint8_t actor_;
};

}  // namespace dashcam
