#include "pipeline/task_queue/derived_state.h"

#include <climits>

#include "pipeline/frame_store/frame_store.h"
#include "pipeline/task_queue/limits.h"
#include "shared_memory/futex.h"

namespace dashcam {
namespace {

constexpr auto kRelaxed = std::memory_order_relaxed;

void push_claimable(const ControlRegion& control, std::uint32_t index_of_task, WakeUps& wake_ups) {
    TaskSlot& task = task_at(control, index_of_task);
    CategoryQueue& queue = queue_of(control, task.category);
    task.next = kNoSlot;
    task.placement = Placement::kListed;
    if (queue.tail == kNoSlot) {
        queue.head = index_of_task;
    } else {
        task_at(control, queue.tail).next = index_of_task;
    }
    queue.tail = index_of_task;
    queue.claimable.fetch_add(1, kRelaxed);
    if (is_exclusive(task.access)) state_at(control, task.state_slot).exclusive = 1;
    (pool_of(task.category) == Pool::kGpu ? wake_ups.gpu_tasks : wake_ups.cpu_tasks) += 1;
}

}  // namespace

bool may_run(const ControlRegion& control, const TaskSlot& task) {
    const StateSlot& state = state_at(control, task.state_slot);
    if (task.access == StateAccess::kShared) return true;
    if (state.exclusive != 0) return false;
    if (task.access == StateAccess::kExclusive) return true;
    if (task.access == StateAccess::kBarrier) return state.references == 1;
    return state.word.load(kRelaxed).version == task.sequence &&
           state.free_children >= control.sizes().births_per_task;
}

void list_ready_task(const ControlRegion& control, std::uint32_t index_of_task, WakeUps& wake_ups) {
    TaskSlot& task = task_at(control, index_of_task);
    if (may_run(control, task)) {
        push_claimable(control, index_of_task, wake_ups);
        return;
    }
    StateSlot& state = state_at(control, task.state_slot);
    task.placement = Placement::kWaiting;
    task.next = state.waiting;
    state.waiting = index_of_task;
    queue_of(control, task.category).waiting.fetch_add(1, kRelaxed);
}

std::uint32_t pop_claimable(const ControlRegion& control, Category category) {
    CategoryQueue& queue = queue_of(control, category);
    const std::uint32_t task = queue.head;
    QUEUE_CHECK(task != kNoSlot);
    queue.head = task_at(control, task).next;
    if (queue.head == kNoSlot) queue.tail = kNoSlot;
    task_at(control, task).placement = Placement::kNone;
    queue.claimable.fetch_sub(1, kRelaxed);
    return task;
}

void promote_waiting(const ControlRegion& control, std::uint32_t state_slot, WakeUps& wake_ups) {
    StateSlot& state = state_at(control, state_slot);
    if (state.waiting == kNoSlot || state.exclusive != 0) return;
    // The oldest one that may run: at most one exclusive task is listed at a time.
    std::uint32_t best = kNoSlot;
    std::uint32_t before_best = kNoSlot;
    std::uint32_t before = kNoSlot;
    std::size_t steps = 0;
    for (std::uint32_t task = state.waiting; task != kNoSlot; task = task_at(control, task).next) {
        QUEUE_CHECK(++steps <= control.tasks().size());  // else it has no end
        if (may_run(control, task_at(control, task)) &&
            (best == kNoSlot || task_at(control, task).order < task_at(control, best).order)) {
            best = task;
            before_best = before;
        }
        before = task;
    }
    if (best == kNoSlot) return;
    TaskSlot& task = task_at(control, best);
    (before_best == kNoSlot ? state.waiting : task_at(control, before_best).next) = task.next;
    queue_of(control, task.category).waiting.fetch_sub(1, kRelaxed);
    push_claimable(control, best, wake_ups);
}

void account_birth(const ControlRegion& control, const TaskSlot& task) {
    add_refs(control, task.dependencies);
    ++state_at(control, task.state_slot).references;
    control.header().charge.fetch_add(
        charge_of(task.category, !task.dependencies.empty(), control.limits()), kRelaxed);
}

void account_death(const ControlRegion& control, const TaskSlot& task, WakeUps& wake_ups) {
    release_refs(control, task.dependencies);
    control.header().charge.fetch_sub(
        charge_of(task.category, !task.dependencies.empty(), control.limits()), kRelaxed);
    StateSlot& state = state_at(control, task.state_slot);
    QUEUE_CHECK(state.references > 0);
    --state.references;
    if (is_exclusive(task.access)) state.exclusive = 0;
    wake_ups.room = true;
    promote_waiting(control, task.state_slot, wake_ups);
}

void account_child_opened(const ControlRegion& control, const StateSlot& child) {
    StateSlot& video = state_at(control, child.parent);
    ++video.references;
    QUEUE_CHECK(video.free_children > 0);
    --video.free_children;
}

void account_child_closed(const ControlRegion& control, const StateSlot& child, WakeUps& wake_ups) {
    StateSlot& video = state_at(control, child.parent);
    QUEUE_CHECK(video.references > 0);
    --video.references;
    ++video.free_children;
    promote_waiting(control, child.parent, wake_ups);
}

std::uint32_t pop_free_task(const ControlRegion& control) {
    ControlHeader& header = control.header();
    const std::uint32_t task = header.free_task;
    QUEUE_CHECK(task != kNoSlot);  // room is guaranteed: task_slots_needed()
    header.free_task = task_at(control, task).next;
    --header.free_tasks;
    return task;
}

void push_free_task(const ControlRegion& control, std::uint32_t index_of_task) {
    ControlHeader& header = control.header();
    TaskSlot& task = task_at(control, index_of_task);
    task.placement = Placement::kNone;
    task.next = header.free_task;
    header.free_task = index_of_task;
    ++header.free_tasks;
}

namespace {

void wake_pool(const ControlRegion& control, Pool pool, std::uint32_t tasks) {
    if (tasks == 0) return;
    WakeWord& word = control.header().work[index(pool)];
    word.value.fetch_add(1);
    for (const WorkerEntry& worker : control.workers()) {
        if (worker.pool.load(kRelaxed) == index(pool) && worker.asleep.load() != 0) {
            futex_wake(word.value, static_cast<int>(tasks));
            return;
        }
    }
}

}  // namespace

void wake(const ControlRegion& control, const WakeUps& wake_ups) {
    wake_pool(control, Pool::kGpu, wake_ups.gpu_tasks);
    wake_pool(control, Pool::kCpu, wake_ups.cpu_tasks);
    if (wake_ups.room) {
        WakeWord& room = control.header().room;
        room.value.fetch_add(1);
        if (room.sleepers.load() != 0) futex_wake(room.value, INT_MAX);
    }
}

}  // namespace dashcam
