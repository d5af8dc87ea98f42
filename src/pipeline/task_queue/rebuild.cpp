#include "pipeline/task_queue/rebuild.h"

#include <algorithm>
#include <array>

#include "base/check.h"
#include "pipeline/frame_store/frame_store.h"
#include "pipeline/task_queue/damage.h"
#include "pipeline/task_queue/derived_state.h"
#include "pipeline/task_queue/limits.h"

namespace dashcam {
namespace {

constexpr auto kRelaxed = std::memory_order_relaxed;
constexpr auto kRelease = std::memory_order_release;

// A parent that still has its lease under the same generation has not committed.
bool committed(const ControlRegion& control, std::uint32_t parent, std::uint32_t generation) {
    const TaskWord word = control.tasks()[parent].word.load(kRelaxed);
    return !(word.state == TaskState::kLeased && word.generation == generation);
}

void settle_prepared(const ControlRegion& control) {
    // States before tasks: as long as a task is still Prepared, its parent's slot cannot have been
    // used again.
    for (StateSlot& state : control.states()) {
        if (state.pending.armed.load(kRelaxed) == 0) continue;
        if (committed(control, state.pending.parent, state.pending.parent_generation)) {
            state.word.store(state.pending.target, kRelease);
        }
        state.pending.armed.store(0, kRelease);
    }
    for (TaskSlot& task : control.tasks()) {
        TaskWord word = task.word.load(kRelaxed);
        if (word.state != TaskState::kPrepared) continue;
        word.state = committed(control, task.parent, task.parent_generation) ? TaskState::kReady
                                                                             : TaskState::kFree;
        task.word.store(word, kRelease);
    }
}

void clear_derived(const ControlRegion& control) {
    ControlHeader& header = control.header();
    for (CategoryQueue& queue : header.queues) {
        queue.head = queue.tail = kNoSlot;
        queue.claimable.store(0, kRelaxed);
        queue.waiting.store(0, kRelaxed);
        queue.leased.store(0, kRelaxed);
        queue.dead.store(0, kRelaxed);
    }
    header.free_task = kNoSlot;
    header.free_tasks = 0;
    header.free_frame = kNoSlot;
    header.free_frames.store(0, kRelaxed);
    header.charge.store(0, kRelaxed);
    for (FrameSlot& frame : control.frames()) frame.references = 0;
    for (StateSlot& state : control.states()) {
        state.references = 0;
        state.exclusive = 0;
        state.waiting = kNoSlot;
        state.free_children = state.parent == kNoSlot ? control.sizes().tracks_per_stream : 0;
    }
}

void recount_frames(const ControlRegion& control) {
    ControlHeader& header = control.header();
    const auto frames = control.frames();
    for (std::uint32_t slot = control.sizes().frame_slots; slot-- > 0;) {
        const FrameLife life = frames[slot].word.load(kRelaxed).life;
        if (life == FrameLife::kFilling)
            header.charge.fetch_add(control.limits().looks_per_frame, kRelaxed);
        const bool unused = life == FrameLife::kLive && frames[slot].references == 0;
        if (life == FrameLife::kFree || unused) free_frame(control, slot);
    }
}

}  // namespace

Damage rebuild(const ControlRegion& control) {
    if (const Damage damage = find_damage(control); damage != Damage::kNone) return damage;
    ControlHeader& header = control.header();
    header.counters.rebuilds.fetch_add(1, kRelaxed);
    settle_prepared(control);
    clear_derived(control);

    for (const StateSlot& state : control.states()) {
        if (state.parent != kNoSlot && state.word.load(kRelaxed).life == StateLife::kLive) {
            account_child_opened(control, state);
        }
    }
    // References first: whether a task may run depends on all of them.
    std::array<std::uint32_t, kMaxTaskSlots> ready;
    std::size_t ready_count = 0;
    const auto tasks = control.tasks();
    for (std::uint32_t slot = control.sizes().task_slots; slot-- > 0;) {
        const TaskState state = tasks[slot].word.load(kRelaxed).state;
        if (state == TaskState::kFree) {
            push_free_task(control, slot);
            continue;
        }
        account_birth(control, tasks[slot]);
        CategoryQueue& queue = header.queues[index(tasks[slot].category)];
        if (state == TaskState::kReady) {
            ready[ready_count++] = slot;
            continue;
        }
        (state == TaskState::kLeased ? queue.leased : queue.dead).fetch_add(1, kRelaxed);
        if (is_exclusive(tasks[slot].access))
            control.states()[tasks[slot].state_slot].exclusive = 1;
    }
    std::sort(ready.begin(), ready.begin() + ready_count,
              [&](std::uint32_t a, std::uint32_t b) { return tasks[a].order < tasks[b].order; });
    WakeUps wake_ups;  // main wakes everybody after any death
    for (std::size_t i = 0; i < ready_count; ++i) list_ready_task(control, ready[i], wake_ups);
    recount_frames(control);
    return Damage::kNone;
}

}  // namespace dashcam
