#pragma once

#include <atomic>
#include <cstdint>
#include <type_traits>

#include "pipeline/control_region/checked_word.h"

namespace dashcam {

// Versioned state that commits with a task. A state slot has two buffers: one holds the current
// version, the lessee of an exclusive task writes the next one into the other, and the task's
// commit makes it current. There is a slot for each open video (its tracker) and one for each open
// track (its readings); a track's slot is a child of its video's.

enum class StateLife : std::uint8_t { kFree, kLive };

// The only truth about a state slot, stored by one instruction.
struct StateWord {
    StateLife life = StateLife::kFree;
    std::uint8_t buffer = 0;    // which of the two is current
    std::uint16_t check = 0;    // of the other fields, see CheckedWord
    std::uint32_t version = 0;  // commits since it was opened; 0: the buffer holds nothing yet
    bool operator==(const StateWord&) const = default;
};

// The word that a commit will store, prepared beside it. `armed` is written last and read first.
struct PendingState {
    std::atomic<std::uint32_t> armed;  // seal_of() the rest while a complete() is under way, else 0
    std::uint32_t parent;              // task slot whose commit decides
    std::uint32_t parent_generation;
    std::uint32_t padding;
    StateWord target;
};

constexpr std::uint32_t seal_of(const PendingState& pending) {
    const StateWord& target = pending.target;
    return Seal()
        .add(std::uint64_t{pending.parent} << 32 | pending.parent_generation)
        .add(std::uint64_t{target.version} << 32 | std::uint64_t{target.buffer} << 8 |
             static_cast<std::uint64_t>(target.life))
        .value();
}
constexpr std::uint32_t seal_of_key(std::uint32_t key) { return Seal().add(key).value(); }

struct alignas(64) StateSlot {
    CheckedWord<StateWord> word;
    PendingState pending;
    std::uint32_t key;       // 0 for a video, else the track's number
    std::uint32_t key_seal;  // while it lives: seal_of_key()
    std::uint32_t parent;    // state slot of the track's video; kNoSlot for a video

    // Derived, rebuilt from the words.
    std::uint32_t references;     // living tasks that name this slot, and living children
    std::uint32_t exclusive;      // 1 if an exclusive task is listed or leased
    std::uint32_t waiting;        // tasks that may not run yet: first of the list
    std::uint32_t free_children;  // videos only
};
static_assert(std::is_standard_layout_v<StateSlot> && sizeof(StateSlot) == 64);

}  // namespace dashcam
