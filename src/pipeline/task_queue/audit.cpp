#include "pipeline/task_queue/audit.h"

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "pipeline/task_queue/damage.h"
#include "pipeline/task_queue/derived_state.h"
#include "pipeline/task_queue/limits.h"
#include "pipeline/task_queue/queue_lock.h"

namespace dashcam {
namespace {

constexpr auto kRelaxed = std::memory_order_relaxed;

// What the words alone say.
struct Expected {
    struct Queue {
        std::uint32_t ready = 0, leased = 0, dead = 0;
    };
    std::array<Queue, kCategories> queues{};
    std::vector<std::uint32_t> frame_references;
    std::vector<std::uint32_t> state_references;
    std::vector<std::uint32_t> live_children;
    std::uint64_t commits = 0;  // of all tasks since the start: each raises its slot's generation
    std::uint32_t free_tasks = 0;
    std::uint32_t free_frames = 0;
    std::uint32_t charge = 0;
    const char* broken = nullptr;  // an invariant of the words themselves
};

void check_task(const ControlRegion& control, const TaskSlot& task, Expected& expected) {
    const TaskWord word = task.word.load(kRelaxed);
    if (!task.word.intact()) {
        expected.broken = to_text(Damage::kTaskWord);
        return;
    }
    expected.commits += word.generation;
    if (word.state == TaskState::kFree) {
        ++expected.free_tasks;
        return;
    }
    if (word.state == TaskState::kPrepared) {
        expected.broken =
            "I4 all or nothing: a follow-up is still prepared after its parent's commit";
        return;
    }
    if (index(task.category) >= kCategories || task.state_slot >= control.states().size() ||
        task.dependencies.size() > Dependencies::kCapacity) {
        expected.broken = to_text(Damage::kTask);
        return;
    }
    auto& queue = expected.queues[index(task.category)];
    ++(word.state == TaskState::kReady    ? queue.ready
       : word.state == TaskState::kLeased ? queue.leased
                                          : queue.dead);
    if (word.state == TaskState::kLeased && word.owner > control.workers().size()) {
        expected.broken = "I2 one lessee: a lease belongs to a worker that cannot exist";
    }
    for (const FrameRef& frame : task.dependencies) {
        if (frame.slot >= control.frames().size()) {
            expected.broken =
                "I3 live references: a living task depends on a frame that cannot exist";
            continue;
        }
        const FrameWord frame_word = control.frames()[frame.slot].word.load(kRelaxed);
        if (frame_word.life != FrameLife::kLive || frame_word.generation != frame.generation) {
            expected.broken = "I3 live references: a living task depends on a frame that is gone";
        }
        ++expected.frame_references[frame.slot];
    }
    if (control.states()[task.state_slot].word.load(kRelaxed).life != StateLife::kLive) {
        expected.broken = "I3 live references: a living task names a state that is closed";
    }
    ++expected.state_references[task.state_slot];
    expected.charge +=
        charge_of(task.category, !task.dependencies.empty(), control.header().limits);
}

// Made before the lock is taken: nobody allocates under it.
Expected nothing_expected(const ControlRegion& control) {
    Expected expected;
    expected.frame_references.resize(control.frames().size());
    expected.state_references.resize(control.states().size());
    expected.live_children.resize(control.streams().size());
    return expected;
}

void expect(const ControlRegion& control, Expected& expected) {
    for (const TaskSlot& task : control.tasks()) check_task(control, task, expected);
    for (const StateSlot& state : control.states()) {
        if (state.pending.armed.load(kRelaxed) != 0)
            expected.broken = "I4 all or nothing: a state is still prepared";
        if (!state.word.intact()) expected.broken = to_text(Damage::kStateWord);
        if (state.parent == kNoSlot || state.word.load(kRelaxed).life != StateLife::kLive) continue;
        if (state.parent >= control.streams().size()) {
            expected.broken = to_text(Damage::kState);
            continue;
        }
        ++expected.state_references[state.parent];
        ++expected.live_children[state.parent];
    }
    for (std::size_t i = 0; i < control.frames().size(); ++i) {
        const FrameLife life = control.frames()[i].word.load(kRelaxed).life;
        if (!control.frames()[i].word.intact()) expected.broken = to_text(Damage::kFrameWord);
        if (life == FrameLife::kFree) ++expected.free_frames;
        if (life == FrameLife::kFilling) expected.charge += control.header().limits.looks_per_frame;
        if (life == FrameLife::kLive && expected.frame_references[i] == 0) {
            expected.broken = "I3 live references: a live frame has no task";
        }
    }
}

// Nothing: it leads out of the table, or has no end.
std::optional<std::uint32_t> list_length(const ControlRegion& control, std::uint32_t head) {
    std::uint32_t length = 0;
    for (std::uint32_t task = head; task != kNoSlot; task = control.tasks()[task].next) {
        if (task >= control.tasks().size() || ++length > control.tasks().size())
            return std::nullopt;
    }
    return length;
}

// Members of a list: each is in the place that it says, so that no task is in two lists.
bool holds_only(const ControlRegion& control, std::uint32_t head, TaskState state,
                Placement placement, std::optional<Category> category) {
    for (std::uint32_t slot = head; slot != kNoSlot; slot = control.tasks()[slot].next) {
        const TaskSlot& task = control.tasks()[slot];
        if (task.word.load(kRelaxed).state != state || task.placement != placement) return false;
        if (category && task.category != *category) return false;
    }
    return true;
}

// The lists of waiting tasks: the right ones are in them, and none waits that may run.
const char* compare_waiting(const ControlRegion& control) {
    std::array<std::uint32_t, kCategories> waiting{};
    for (std::size_t i = 0; i < control.states().size(); ++i) {
        std::uint32_t length = 0;
        const StateSlot& state = control.states()[i];
        for (std::uint32_t slot = state.waiting; slot != kNoSlot;
             slot = control.tasks()[slot].next) {
            if (slot >= control.tasks().size() || ++length > control.tasks().size())
                return "I1 derived: a waiting list has no end";
            const TaskSlot& task = control.tasks()[slot];
            if (task.word.load(kRelaxed).state != TaskState::kReady ||
                task.placement != Placement::kWaiting || task.state_slot != i) {
                return "I1 derived: a waiting list holds a task that is not waiting";
            }
            if (may_run(control, task)) return "I1 derived: a task waits that may run";
            ++waiting[index(task.category)];
        }
    }
    for (std::size_t i = 0; i < kCategories; ++i) {
        if (waiting[i] != control.header().queues[i].waiting.load(kRelaxed))
            return "I1 derived: waiting tasks are miscounted";
    }
    return nullptr;
}

const char* compare_queues(const ControlRegion& control, const Expected& expected) {
    for (std::size_t i = 0; i < kCategories; ++i) {
        const CategoryQueue& queue = control.header().queues[i];
        const std::uint32_t claimable = queue.claimable.load(kRelaxed);
        if (list_length(control, queue.head) != claimable)
            return "I1 derived: a ready list does not have its length";
        if (!holds_only(control, queue.head, TaskState::kReady, Placement::kListed,
                        static_cast<Category>(i))) {
            return "I1 derived: a ready list holds a task that is not ready";
        }
        if (claimable + queue.waiting.load(kRelaxed) != expected.queues[i].ready)
            return "I1 derived: ready tasks are miscounted";
        if (queue.leased.load(kRelaxed) != expected.queues[i].leased)
            return "I1 derived: leased tasks are miscounted";
        if (queue.dead.load(kRelaxed) != expected.queues[i].dead)
            return "I1 derived: dead tasks are miscounted";
    }
    return nullptr;
}

const char* compare_states(const ControlRegion& control, const Expected& expected) {
    for (std::size_t i = 0; i < control.states().size(); ++i) {
        const StateSlot& state = control.states()[i];
        if (state.references != expected.state_references[i])
            return "I1 derived: references to a state are miscounted";
        const bool video = i < control.streams().size();
        if (video &&
            state.free_children + expected.live_children[i] != control.sizes().tracks_per_stream) {
            return "I1 derived: a video's tracks are miscounted";
        }
        std::uint32_t exclusive = 0;
        for (const TaskSlot& task : control.tasks()) {
            const TaskState life = task.word.load(kRelaxed).state;
            if (life == TaskState::kFree || task.state_slot != i || !is_exclusive(task.access))
                continue;
            exclusive += life != TaskState::kReady || task.placement == Placement::kListed;
        }
        if (exclusive > 1) return "I2 one lessee: two exclusive tasks of one state may run at once";
        if (exclusive != state.exclusive)
            return "I1 derived: the exclusive use of a state is misnoted";
    }
    return nullptr;
}

const char* compare(const ControlRegion& control, const Expected& expected) {
    const ControlHeader& header = control.header();
    if (expected.broken != nullptr) return expected.broken;
    if (header.free_tasks != expected.free_tasks ||
        list_length(control, header.free_task) != expected.free_tasks) {
        return "I6 conserved: task slots were lost";
    }
    if (!holds_only(control, header.free_task, TaskState::kFree, Placement::kNone, std::nullopt)) {
        return "I6 conserved: the list of free task slots holds a living task";
    }
    const std::uint64_t alive = control.tasks().size() - expected.free_tasks;
    if (expected.commits + alive > header.next_order)
        return "I5 once: more tasks committed or live than were made";
    if (header.free_frames.load(kRelaxed) != expected.free_frames)
        return "I6 conserved: frame slots were lost";
    std::uint32_t listed = 0;
    for (std::uint32_t frame = header.free_frame; frame != kNoSlot;
         frame = control.frames()[frame].next_free) {
        if (frame >= control.frames().size() || ++listed > control.frames().size())
            return "I6 conserved: the list of free frames has no end";
        if (control.frames()[frame].word.load(kRelaxed).life != FrameLife::kFree) {
            return "I6 conserved: the list of free frames holds a living one";
        }
    }
    if (listed != expected.free_frames)
        return "I6 conserved: the list of free frames does not have its length";
    for (std::size_t i = 0; i < control.frames().size(); ++i) {
        if (control.frames()[i].word.load(kRelaxed).life == FrameLife::kLive &&
            control.frames()[i].references != expected.frame_references[i]) {
            return "I1 derived: references to a frame are miscounted";
        }
    }
    if (header.charge.load(kRelaxed) != expected.charge)
        return "I1 derived: the charge is miscounted";
    if (expected.charge > header.limits.hard_limit) return "I7 room: the hard limit is passed";
    if (const char* broken = compare_queues(control, expected)) return broken;
    if (const char* broken = compare_waiting(control)) return broken;
    if (const char* broken = compare_states(control, expected)) return broken;
    const Damage damage = find_damage(control);
    return damage == Damage::kNone ? nullptr : to_text(damage);
}

}  // namespace

Result<void> audit(const ControlRegion& control, std::uint8_t actor) {
    const char* broken = nullptr;
    Expected expected = nothing_expected(control);
    {
        QueueLock lock(control, actor);
        if (lock.sound()) {
            expect(control, expected);
            broken = compare(control, expected);
        } else {
            broken = to_text(control.header().damage.load());
        }
    }
    if (broken != nullptr) return Error{std::string("the task queue is damaged: ") + broken};
    return {};
}

}  // namespace dashcam
