#include "pipeline/task_queue/damage.h"

#include "pipeline/task_queue/limits.h"

namespace dashcam {
namespace {

constexpr auto kRelaxed = std::memory_order_relaxed;

// While something waits for its parent's commit, the parent has its lease, or has just ended.
bool is_possible_parent(const ControlRegion& control, std::uint32_t parent,
                        std::uint32_t generation) {
    if (parent >= control.tasks().size()) return false;
    const TaskWord word = control.tasks()[parent].word.load(kRelaxed);
    return (word.state == TaskState::kLeased && word.generation == generation) ||
           (word.state == TaskState::kFree && word.generation == generation + 1);
}

bool holds_lease(const ControlRegion& control, std::uint32_t parent, std::uint32_t generation) {
    if (parent >= control.tasks().size()) return false;
    const TaskWord word = control.tasks()[parent].word.load(kRelaxed);
    return word.state == TaskState::kLeased && word.generation == generation;
}

bool is_open_or_opening(const ControlRegion& control, std::uint32_t state) {
    const StateSlot& slot = control.states()[state];
    return slot.word.load(kRelaxed).life == StateLife::kLive ||
           slot.pending.armed.load(kRelaxed) != 0;
}

bool is_possible(const ControlRegion& control, const TaskSlot& task) {
    // First the seal: what is behind it can be trusted, but for words of others.
    if (task.seal != seal_of(task) || task.state_slot >= control.states().size() ||
        task.dependencies.size() > Dependencies::kCapacity || index(task.category) >= kCategories)
        return false;
    // A rebuild that was itself killed may have disarmed the state of a task that it still had to
    // free: only where the parent did not commit.
    const bool prepared = task.word.load(kRelaxed).state == TaskState::kPrepared;
    if (!is_open_or_opening(control, task.state_slot) &&
        !(prepared && holds_lease(control, task.parent, task.parent_generation)))
        return false;
    for (const FrameRef& frame : task.dependencies) {
        if (frame.slot >= control.frames().size()) return false;
        const FrameWord word = control.frames()[frame.slot].word.load(kRelaxed);
        if (word.life == FrameLife::kFree || word.generation != frame.generation) return false;
    }
    return !prepared || is_possible_parent(control, task.parent, task.parent_generation);
}

Damage find_in_tasks(const ControlRegion& control) {
    std::uint64_t made = 0;  // commits, and what lives
    for (const TaskSlot& task : control.tasks()) {
        const TaskWord word = task.word.load(kRelaxed);
        if (!task.word.intact() || word.state > TaskState::kDead ||
            word.owner > control.sizes().workers)
            return Damage::kTaskWord;
        made += word.generation;
        if (word.state == TaskState::kFree) continue;
        ++made;
        if (!is_possible(control, task)) return Damage::kTask;
    }
    return made > control.header().next_order ? Damage::kOrder : Damage::kNone;
}

Damage find_in_states(const ControlRegion& control) {
    const ControlSizes& sizes = control.sizes();
    for (std::uint32_t i = 0; i < control.states().size(); ++i) {
        const StateSlot& state = control.states()[i];
        const StateWord word = state.word.load(kRelaxed);
        if (!state.word.intact() || word.life > StateLife::kLive || word.buffer > 1)
            return Damage::kStateWord;
        const std::uint32_t parent =
            i < sizes.streams ? kNoSlot : (i - sizes.streams) / sizes.tracks_per_stream;
        if (state.parent != parent) return Damage::kState;
        const std::uint32_t armed = state.pending.armed.load(kRelaxed);
        if (armed != 0 &&
            (armed != seal_of(state.pending) ||
             !is_possible_parent(control, state.pending.parent, state.pending.parent_generation)))
            return Damage::kState;
        const bool named = word.life == StateLife::kLive || armed != 0;
        if (named && state.key_seal != seal_of_key(state.key)) return Damage::kState;
    }
    return Damage::kNone;
}

}  // namespace

std::uint32_t seal_of(const TaskSlot& task) {
    Seal seal;
    seal.add(static_cast<std::uint64_t>(task.category) << 8 |
             static_cast<std::uint64_t>(task.access))
        .add(std::uint64_t{task.stream} << 32 | task.state_slot)
        .add(task.sequence)
        .add(task.order)
        .add(std::uint64_t{task.parent} << 32 | task.parent_generation)
        .add(std::uint64_t{task.payload_ref.slot} << 32 | task.payload_ref.generation)
        .add(std::uint64_t{task.frame_index} << 32 | task.dependencies.size());
    for (std::size_t i = 0; i < task.dependencies.size() && i < Dependencies::kCapacity; ++i) {
        const FrameRef& frame = task.dependencies.begin()[i];
        seal.add(std::uint64_t{frame.slot} << 32 | frame.generation);
    }
    return seal.value();
}

Damage find_damage(const ControlRegion& control) {
    const ControlHeader& header = control.header();
    if (header.magic != kControlMagic || header.sizes != control.sizes() ||
        header.limits != control.limits())
        return Damage::kHeader;
    for (const FrameSlot& frame : control.frames()) {
        if (!frame.word.intact() || frame.word.load(kRelaxed).life > FrameLife::kLive)
            return Damage::kFrameWord;
    }
    if (const Damage damage = find_in_states(control); damage != Damage::kNone) return damage;
    return find_in_tasks(control);
}

const char* to_text(Damage damage) {
    switch (damage) {
        case Damage::kNone:
            return "nothing";
        case Damage::kHeader:
            return "sizes or limits are not what was stored";
        case Damage::kTaskWord:
            return "a task's word is not what was stored";
        case Damage::kTask:
            return "a task's description is not what was stored";
        case Damage::kFrameWord:
            return "a frame's word is not what was stored";
        case Damage::kStateWord:
            return "a state's word is not what was stored";
        case Damage::kState:
            return "a state's description is not what was stored";
        case Damage::kOrder:
            return "more tasks committed or live than were made";
        case Damage::kLock:
            return "the lock belongs to nobody";
        case Damage::kLinks:
            return "lists and counts are not what the words say";
    }
    return "something that is not known";
}

}  // namespace dashcam
