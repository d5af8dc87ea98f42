#include "pipeline/task_queue/task_queue.h"

#include <algorithm>
#include <climits>

#include "base/check.h"
#include "pipeline/control_region/stream_description.h"
#include "pipeline/frame_store/frame_store.h"
#include "pipeline/task_queue/limits.h"
#include "pipeline/task_queue/queue_lock.h"
#include "pipeline/task_queue/rebuild.h"
#include "shared_memory/futex.h"
#include "shared_memory/monotonic_clock.h"

namespace dashcam {
namespace {

constexpr auto kRelaxed = std::memory_order_relaxed;
constexpr auto kRelease = std::memory_order_release;

// A worker stays with its category while another one is ahead by no more than this: switching costs
// a model load the first time, and cold caches every time.
constexpr std::uint32_t kSwitchMargin = 2;

void store_state(TaskSlot& task, TaskState state) {
    TaskWord word = task.word.load(kRelaxed);
    word.state = state;
    task.word.store(word, kRelease);
}

// What main acts upon was not written to by anybody else.
bool is_whole(const TaskSlot& task) { return task.word.intact() && task.seal == seal_of(task); }

// Whether taking `count` tasks of a pool brought its backlog down to its limit: readers may be
// waiting for that.
bool ended_back_pressure(const ControlRegion& control, Pool pool, std::size_t count) {
    const QueueLimits& limits = control.limits();
    const std::uint32_t limit =
        pool == Pool::kGpu ? limits.max_gpu_backlog : limits.max_cpu_backlog;
    const std::uint32_t backlog = snapshot(control).backlog(pool);
    return backlog <= limit && backlog + count > limit;
}

}  // namespace

void Completion::clear() {
    outputs.clear();
    opened_keys.clear();
    own_state = StateChange::kNone;
}

std::uint32_t BacklogSnapshot::backlog(Pool pool) const {
    std::uint32_t sum = 0;
    for (std::size_t i = 0; i < kCategories; ++i) {
        if (pool_of(static_cast<Category>(i)) == pool) sum += categories[i].ready;
    }
    return sum;
}

std::uint32_t BacklogSnapshot::alive() const {
    std::uint32_t sum = 0;
    for (const Line& line : categories) sum += line.ready + line.leased + line.dead;
    return sum;
}

Result<ControlRegion> create_queue(const ControlSizes& sizes, const QueueLimits& limits) {
    if (sizes.task_slots > kMaxTaskSlots || sizes.workers > kMaxWorkers) {
        return Error{
            "the queue would need " + std::to_string(sizes.task_slots) + " task slots for " +
            std::to_string(sizes.workers) + " workers, but " + std::to_string(kMaxTaskSlots) +
            " for " + std::to_string(kMaxWorkers) +
            " is the most; lower frame_store_mb, num_video_readers or the numbers of workers"};
    }
    if (limits.max_attempts < 1 || limits.max_attempts > kMostAttempts) {
        return Error{"max_task_attempts must be from 1 to " + std::to_string(kMostAttempts)};
    }
    TRY_ASSIGN(ControlRegion control, ControlRegion::create(sizes, limits));
    CHECK(rebuild(control) == Damage::kNone);
    control.header().counters.rebuilds.store(0, kRelaxed);
    return control;
}

BacklogSnapshot snapshot(const ControlRegion& control) {
    const ControlHeader& header = control.header();
    BacklogSnapshot result;
    for (std::size_t i = 0; i < kCategories; ++i) {
        const CategoryQueue& queue = header.queues[i];
        const std::uint32_t waiting = queue.waiting.load(kRelaxed);
        result.categories[i] = {queue.claimable.load(kRelaxed) + waiting, waiting,
                                queue.leased.load(kRelaxed), queue.dead.load(kRelaxed),
                                queue.done.load(kRelaxed)};
    }
    result.frames_held = control.sizes().frame_slots - header.free_frames.load(kRelaxed);
    result.charge = header.charge.load(kRelaxed);
    return result;
}

// ---------------------------------------------------------------- producers

std::optional<std::uint32_t> TaskQueue::open_stream(std::span<const std::byte> description) try {
    CHECK(description.size() <= kStreamDescriptionBytes);
    const std::int64_t now_ns = monotonic_ns();
    QueueLock lock(control_, actor_);
    if (!lock.sound()) return std::nullopt;
    const std::uint32_t streams = control_.sizes().streams;
    for (std::uint32_t stream = 0; stream < streams; ++stream) {
        StateSlot& state = state_at(control_, stream);
        if (state.word.load(kRelaxed).life != StateLife::kFree) continue;
        StreamEntry& entry = control_.streams()[stream];
        entry.damages.store(0, kRelaxed);
        entry.frames_read.store(0, kRelaxed);
        entry.frames_expected.store(0, kRelaxed);
        entry.position_us.store(0, kRelaxed);
        entry.duration_us.store(0, kRelaxed);
        entry.opened_ns.store(now_ns, kRelaxed);
        write_description(entry, description);
        state.key = 0;
        state.key_seal = seal_of_key(0);
        state.word.store(StateWord{StateLife::kLive, 0, 0, 0}, kRelease);
        return stream;
    }
    return std::nullopt;
} catch (const QueueFault& fault) {
    abort_worker(fault);
    return std::nullopt;
}

std::optional<FrameRef> TaskQueue::reserve_frame(std::uint32_t stream, std::uint32_t frame_index,
                                                 const FrameFormat& format) try {
    ControlHeader& header = control_.header();
    CHECK(format.bytes() <= control_.sizes().frame_slot_bytes);
    QueueLock lock(control_, actor_);
    if (!lock.sound()) return std::nullopt;
    const QueueLimits& limits = control_.limits();
    const BacklogSnapshot now = snapshot(control_);
    if (now.backlog(Pool::kGpu) > limits.max_gpu_backlog ||
        now.backlog(Pool::kCpu) > limits.max_cpu_backlog ||
        now.charge + limits.looks_per_frame > limits.hard_limit) {
        return std::nullopt;
    }
    const std::optional<FrameRef> frame = take_free_frame(control_, stream, frame_index, format);
    if (frame) header.charge.fetch_add(limits.looks_per_frame, kRelaxed);
    return frame;
} catch (const QueueFault& fault) {
    abort_worker(fault);
    return std::nullopt;
}

void TaskQueue::cancel_frame(FrameRef frame) try {
    WakeUps wake_ups{.room = true};
    {
        QueueLock lock(control_, actor_);
        if (!lock.sound()) return;
        QUEUE_CHECK(frame.slot < control_.frames().size());
        const FrameWord word = control_.frames()[frame.slot].word.load(kRelaxed);
        QUEUE_CHECK(word.life == FrameLife::kFilling && word.generation == frame.generation);
        free_frame(control_, frame.slot);
        control_.header().charge.fetch_sub(control_.limits().looks_per_frame, kRelaxed);
    }
    wake(control_, wake_ups);
} catch (const QueueFault& fault) {
    abort_worker(fault);
}

void TaskQueue::admit(std::uint32_t stream, const TaskSpec& spec) try {
    WakeUps wake_ups;
    {
        QueueLock lock(control_, actor_);
        if (!lock.sound()) return;
        const std::uint32_t slot = pop_free_task(control_);
        CHECK(spec.state_key == 0);
        fill(slot, spec, {stream, stream, kNoSlot, 0});
        TaskSlot& task = task_at(control_, slot);
        store_state(task, TaskState::kReady);
        // Each reservation was charged; the task is charged instead.
        for (const FrameRef& frame : spec.dependencies) {
            QUEUE_CHECK(frame.slot < control_.frames().size());
            if (control_.frames()[frame.slot].word.load(kRelaxed).life != FrameLife::kFilling)
                continue;
            control_.header().charge.fetch_sub(control_.limits().looks_per_frame, kRelaxed);
        }
        account_birth(control_, task);
        list_ready_task(control_, slot, wake_ups);
    }
    wake(control_, wake_ups);
} catch (const QueueFault& fault) {
    abort_worker(fault);
}

bool TaskQueue::above_soft_limit() const {
    return control_.header().charge.load(kRelaxed) >= control_.limits().soft_limit;
}

void TaskQueue::wait_for_room(std::uint32_t seen, int timeout_ms) {
    WakeWord& room = control_.header().room;
    room.sleepers.fetch_add(1);
    futex_wait(room.value, seen, timeout_ms);
    room.sleepers.fetch_sub(1);
}

// ---------------------------------------------------------------- workers

std::optional<Category> TaskQueue::busiest(Pool pool, std::optional<Category> current) const {
    const auto& queues = control_.header().queues;
    std::optional<Category> best;
    std::uint32_t most = 0;
    for (std::size_t i = 0; i < kCategories; ++i) {
        const auto category = static_cast<Category>(i);
        const std::uint32_t count = queues[i].claimable.load(kRelaxed);
        if (pool_of(category) == pool && count > 0 && count >= most) {
            best = category;
            most = count;
        }
    }
    if (best && current) {
        const std::uint32_t mine = queues[index(*current)].claimable.load(kRelaxed);
        if (mine > 0 && most <= mine + kSwitchMargin) return current;
    }
    return best;
}

std::size_t TaskQueue::claim(Category category, std::span<std::uint32_t> claimed) try {
    std::size_t count = 0;
    WakeUps wake_ups;
    {
        QueueLock lock(control_, actor_);
        if (!lock.sound()) return 0;
        CategoryQueue& queue = queue_of(control_, category);
        while (count < claimed.size() && queue.head != kNoSlot) {
            TaskSlot& task = task_at(control_, queue.head);
            TaskWord word = task.word.load(kRelaxed);
            QUEUE_CHECK(word.state == TaskState::kReady);
            const bool failed_before = word.attempts > 0;
            if (failed_before && count > 0) break;
            word.state = TaskState::kLeased;
            word.owner = actor_ & kMaxWorkers;
            task.word.store(word, kRelease);  // the commit
            claimed[count++] = pop_claimable(control_, category);
            queue.leased.fetch_add(1, kRelaxed);
            if (failed_before) break;
        }
        wake_ups.room = ended_back_pressure(control_, pool_of(category), count);
    }
    wake(control_, wake_ups);
    return count;
} catch (const QueueFault& fault) {
    abort_worker(fault);
    return 0;
}

std::span<const std::byte> TaskQueue::current_state(std::uint32_t task_number) const {
    const TaskSlot& leased = task(task_number);
    const StateWord word =
        state_at(control_, leased.state_slot).word.load(std::memory_order_acquire);
    if (word.version == 0) return {};
    return control_.state_buffer(leased.state_slot, word.buffer);
}

std::span<std::byte> TaskQueue::next_state(std::uint32_t task_number) const {
    const TaskSlot& leased = task(task_number);
    CHECK(is_exclusive(leased.access));
    const StateWord word = state_at(control_, leased.state_slot).word.load(kRelaxed);
    return control_.state_buffer(leased.state_slot, word.buffer ^ 1u);
}

void TaskQueue::complete(std::uint32_t parent, const Completion& completion) try {
    WakeUps wake_ups;
    {
        QueueLock lock(control_, actor_);
        if (!lock.sound()) return;
        TaskSlot& task = task_at(control_, parent);
        TaskWord word = task.word.load(kRelaxed);
        QUEUE_CHECK(word.state == TaskState::kLeased && word.owner == actor_);

        prepare_states(parent, completion);
        std::uint32_t first = kNoSlot;  // the outputs, chained by `next`
        std::uint32_t last = kNoSlot;
        for (const TaskSpec& spec : completion.outputs) {
            const std::uint32_t slot = pop_free_task(control_);
            TaskSlot& output = task_at(control_, slot);
            fill(slot, spec,
                 {task.stream, resolve_state(task, spec.state_key), parent, word.generation});
            QUEUE_CHECK(completion.own_state != StateChange::kClose ||
                        output.state_slot != task.state_slot);
            output.next = kNoSlot;
            (first == kNoSlot ? first : task_at(control_, last).next) = slot;
            last = slot;
            store_state(output, TaskState::kPrepared);
        }

        word = TaskWord{.generation = word.generation + 1};  // Free
        task.word.store(word, kRelease);                     // the commit

        CategoryQueue& queue = queue_of(control_, task.category);
        queue.leased.fetch_sub(1, kRelaxed);
        queue.done.fetch_add(1, kRelaxed);
        // Outputs refer to their states before anything stops doing so: a barrier must not slip in
        // between.
        for (std::uint32_t slot = first; slot != kNoSlot; slot = task_at(control_, slot).next) {
            store_state(task_at(control_, slot), TaskState::kReady);
            account_birth(control_, task_at(control_, slot));
        }
        apply_states(parent, completion, wake_ups);
        // The parent goes before its outputs are listed: a barrier among them waits for its
        // references.
        account_death(control_, task, wake_ups);
        for (std::uint32_t slot = first; slot != kNoSlot;) {
            const std::uint32_t next = task_at(control_, slot).next;
            list_ready_task(control_, slot, wake_ups);
            slot = next;
        }
        push_free_task(control_, parent);
    }
    wake(control_, wake_ups);
} catch (const QueueFault& fault) {
    abort_worker(fault);
}

void TaskQueue::fail(std::uint32_t task_number) try {
    WakeUps wake_ups;
    {
        QueueLock lock(control_, actor_);
        if (!lock.sound()) return;
        const TaskWord word = task_at(control_, task_number).word.load(kRelaxed);
        QUEUE_CHECK(word.state == TaskState::kLeased && word.owner == actor_);
        end_lease_unfinished(task_number, Attempt::kFailed, wake_ups);
    }
    wake(control_, wake_ups);
} catch (const QueueFault& fault) {
    abort_worker(fault);
}

// ---------------------------------------------------------------- main

std::size_t TaskQueue::give_back(std::uint8_t worker, std::optional<std::uint32_t> at_fault) try {
    WakeUps wake_ups;
    std::size_t count = 0;
    {
        QueueLock lock(control_, actor_);
        if (!lock.sound()) return 0;
        for (std::uint32_t slot = 0; slot < control_.tasks().size(); ++slot) {
            const TaskWord word = task_at(control_, slot).word.load(kRelaxed);
            if (word.state != TaskState::kLeased || word.owner != worker) continue;
            QUEUE_CHECK(is_whole(task_at(control_, slot)));
            const bool innocent = at_fault.has_value() && *at_fault != slot;
            end_lease_unfinished(slot, innocent ? Attempt::kInnocent : Attempt::kFailed, wake_ups);
            ++count;
        }
    }
    wake(control_, wake_ups);
    return count;
} catch (const QueueFault& fault) {
    abort_worker(fault);
    return 0;
}

std::optional<std::uint32_t> TaskQueue::claim_dead() try {
    QueueLock lock(control_, actor_);
    if (!lock.sound()) return std::nullopt;
    for (std::uint32_t slot = 0; slot < control_.tasks().size(); ++slot) {
        TaskSlot& task = task_at(control_, slot);
        TaskWord word = task.word.load(kRelaxed);
        if (word.state != TaskState::kDead) continue;
        QUEUE_CHECK(is_whole(task));
        word.state = TaskState::kLeased;
        word.owner = actor_ & kMaxWorkers;
        task.word.store(word, kRelease);
        CategoryQueue& queue = queue_of(control_, task.category);
        queue.dead.fetch_sub(1, kRelaxed);
        queue.leased.fetch_add(1, kRelaxed);
        return slot;
    }
    return std::nullopt;
} catch (const QueueFault& fault) {
    abort_worker(fault);
    return std::nullopt;
}

bool TaskQueue::no_task_alive() const {
    QueueLock lock(control_, actor_);
    return lock.sound() && snapshot(control_).alive() == 0;
}

bool TaskQueue::no_stream_open() const {
    QueueLock lock(control_, actor_);
    if (!lock.sound()) return false;
    const auto streams = control_.states().first(control_.sizes().streams);
    return std::all_of(streams.begin(), streams.end(), [](const StateSlot& state) {
        return state.word.load(kRelaxed).life == StateLife::kFree;
    });
}

std::vector<std::uint32_t> TaskQueue::open_keys(std::uint32_t stream) const {
    std::vector<std::uint32_t> keys;
    keys.reserve(control_.sizes().tracks_per_stream);
    {
        QueueLock lock(control_, actor_);
        if (!lock.sound()) return {};
        for (const StateSlot& child : control_.children_of(stream)) {
            if (child.word.load(kRelaxed).life == StateLife::kLive) keys.push_back(child.key);
        }
    }
    std::sort(keys.begin(), keys.end());
    return keys;
}

void TaskQueue::wake_everyone() {
    for (WakeWord& word : control_.header().work) {
        word.value.fetch_add(1);
        futex_wake(word.value, INT_MAX);
    }
    control_.header().room.value.fetch_add(1);
    futex_wake(control_.header().room.value, INT_MAX);
}

// ---------------------------------------------------------------- parts, under the lock

void TaskQueue::abort_worker(const QueueFault& fault) const {
    if (actor_ != 0) check_failed(fault.file, fault.line, fault.expression);
}

std::uint32_t TaskQueue::resolve_state(const TaskSlot& parent, std::uint32_t state_key) const {
    if (state_key == 0) return parent.stream;
    if (state_at(control_, parent.state_slot).key == state_key) return parent.state_slot;
    const std::uint32_t first = control_.child_slot(parent.stream, 0);
    for (std::uint32_t child = 0; child < control_.sizes().tracks_per_stream; ++child) {
        const StateSlot& state = state_at(control_, first + child);
        const bool alive = state.word.load(kRelaxed).life == StateLife::kLive ||
                           state.pending.armed.load(kRelaxed) != 0;
        if (alive && state.key == state_key) return first + child;
    }
    QUEUE_CHECK(!"a task names a track that is not open");
    return kNoSlot;
}

void TaskQueue::fill(std::uint32_t slot, const TaskSpec& spec, const Origin& origin) {
    TaskSlot& task = task_at(control_, slot);
    QUEUE_CHECK(task.word.load(kRelaxed).state == TaskState::kFree);
    // Now, and not after the commit: a task with a frame that is gone could never be rolled back.
    for (const FrameRef& frame : spec.dependencies) {
        QUEUE_CHECK(frame.slot < control_.frames().size());
        const FrameWord word = control_.frames()[frame.slot].word.load(kRelaxed);
        QUEUE_CHECK(word.life != FrameLife::kFree && word.generation == frame.generation);
    }
    task.category = spec.category;
    task.access = spec.access;
    task.stream = origin.stream;
    task.state_slot = origin.state_slot;
    task.frame_index = spec.frame_index;
    task.sequence = spec.sequence;
    task.order = control_.header().next_order++;
    task.parent = origin.parent;
    task.parent_generation = origin.parent_generation;
    task.payload_ref = spec.payload_ref;
    task.dependencies = spec.dependencies;
    task.seal = seal_of(task);
    task.payload = spec.payload;
}

void TaskQueue::prepare_states(std::uint32_t parent, const Completion& completion) {
    const TaskSlot& task = task_at(control_, parent);
    const std::uint32_t generation = task.word.load(kRelaxed).generation;
    auto arm = [&](StateSlot& state, StateWord target) {
        state.pending.parent = parent;
        state.pending.parent_generation = generation;
        state.pending.target = target;
        state.pending.armed.store(seal_of(state.pending), kRelease);
    };
    if (completion.own_state != StateChange::kNone) {
        QUEUE_CHECK(is_exclusive(task.access));
        StateSlot& own = state_at(control_, task.state_slot);
        StateWord target = own.word.load(kRelaxed);
        if (completion.own_state == StateChange::kClose) {
            QUEUE_CHECK(own.references ==
                        1);  // of this task: nobody may be left with a closed state
            target.life = StateLife::kFree;
        } else {
            target.buffer ^= 1u;
            ++target.version;
        }
        arm(own, target);
    }
    if (completion.opened_keys.empty()) return;
    QUEUE_CHECK(task.access == StateAccess::kOrdered && task.state_slot == task.stream);
    QUEUE_CHECK(completion.opened_keys.size() <= control_.sizes().births_per_task);
    auto children = control_.children_of(task.stream);
    auto child = children.begin();
    for (const std::uint32_t key : completion.opened_keys) {
        while (child != children.end() && child->word.load(kRelaxed).life != StateLife::kFree)
            ++child;
        QUEUE_CHECK(child !=
                    children.end());  // an ordered task runs only while there is room for births
        child->key = key;
        child->key_seal = seal_of_key(key);
        arm(*child, StateWord{StateLife::kLive, 0, 0, 0});
        ++child;
    }
}

void TaskQueue::apply_states(std::uint32_t parent, const Completion& completion,
                             WakeUps& wake_ups) {
    const TaskSlot& task = task_at(control_, parent);
    if (completion.own_state != StateChange::kNone) {
        StateSlot& own = state_at(control_, task.state_slot);
        own.word.store(own.pending.target, kRelease);
        own.pending.armed.store(0, kRelease);
        if (completion.own_state == StateChange::kClose && own.parent != kNoSlot) {
            account_child_closed(control_, own, wake_ups);
        }
        if (completion.own_state == StateChange::kClose) wake_ups.room = true;
    }
    if (completion.opened_keys.empty()) return;
    for (StateSlot& child : control_.children_of(task.stream)) {
        if (child.pending.armed.load(kRelaxed) == 0) continue;
        child.word.store(child.pending.target, kRelease);
        child.pending.armed.store(0, kRelease);
        account_child_opened(control_, child);
    }
}

void TaskQueue::end_lease_unfinished(std::uint32_t task_number, Attempt attempt,
                                     WakeUps& wake_ups) {
    TaskSlot& task = task_at(control_, task_number);
    TaskWord word = task.word.load(kRelaxed);
    if (attempt == Attempt::kFailed) ++word.attempts;
    word.owner = 0;
    const bool dead =
        attempt == Attempt::kFailed && word.attempts >= control_.limits().max_attempts;
    word.state = dead ? TaskState::kDead : TaskState::kReady;
    task.word.store(word, kRelease);
    CategoryQueue& queue = queue_of(control_, task.category);
    queue.leased.fetch_sub(1, kRelaxed);
    if (dead) {
        queue.dead.fetch_add(
            1, kRelaxed);  // it keeps its references and its exclusive use until it is settled
        return;
    }
    if (is_exclusive(task.access)) state_at(control_, task.state_slot).exclusive = 0;
    list_ready_task(control_, task_number, wake_ups);
    // A barrier that others have joined since has to wait again: it must not keep the state from
    // them.
    promote_waiting(control_, task.state_slot, wake_ups);
}

}  // namespace dashcam
