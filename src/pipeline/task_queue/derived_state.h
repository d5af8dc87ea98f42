#pragma once

#include <cstdint>

#include "pipeline/control_region/control_region.h"
#include "pipeline/control_region/queue_fault.h"

namespace dashcam {

// Slots by numbers that lie in shared memory themselves. QueueFault: there is none of that number.
inline TaskSlot& task_at(const ControlRegion& control, std::uint32_t slot) {
    QUEUE_CHECK(slot < control.tasks().size());
    return control.tasks()[slot];
}
inline StateSlot& state_at(const ControlRegion& control, std::uint32_t slot) {
    QUEUE_CHECK(slot < control.states().size());
    return control.states()[slot];
}
inline CategoryQueue& queue_of(const ControlRegion& control, Category category) {
    QUEUE_CHECK(index(category) < kCategories);
    return control.header().queues[index(category)];
}

// The derived part of the queue: lists, counts and references that follow from the words alone.
// Callers hold the lock. A kill in the middle of any of these functions is mended by rebuild().

// What became possible, and so whom to wake after the lock is released.
struct WakeUps {
    std::uint32_t gpu_tasks = 0;
    std::uint32_t cpu_tasks = 0;
    bool room = false;
};

constexpr bool is_exclusive(StateAccess access) { return access != StateAccess::kShared; }

// Whether a Ready task may be claimed now, by its access to its state (StateAccess).
bool may_run(const ControlRegion& control, const TaskSlot& task);

// A Ready task joins its category's claimable list, or its state's waiting list if it may not run
// yet.
void list_ready_task(const ControlRegion& control, std::uint32_t task, WakeUps& wake_ups);

// Takes the oldest claimable task off its list. Precondition: there is one.
std::uint32_t pop_claimable(const ControlRegion& control, Category category);

// Lists those waiting tasks of a state slot that may run now.
void promote_waiting(const ControlRegion& control, std::uint32_t state_slot, WakeUps& wake_ups);

// A task has become alive: its references to frames and state, and its charge.
void account_birth(const ControlRegion& control, const TaskSlot& task);
// A living task has ended. Its state slot's exclusive use ends too, if it had it.
void account_death(const ControlRegion& control, const TaskSlot& task, WakeUps& wake_ups);

// A state slot opens or closes: its video's count of children.
void account_child_opened(const ControlRegion& control, const StateSlot& child);
void account_child_closed(const ControlRegion& control, const StateSlot& child, WakeUps& wake_ups);

std::uint32_t pop_free_task(const ControlRegion& control);
void push_free_task(const ControlRegion& control, std::uint32_t task);

// Wakes sleepers. Call it without the lock.
void wake(const ControlRegion& control, const WakeUps& wake_ups);

}  // namespace dashcam
