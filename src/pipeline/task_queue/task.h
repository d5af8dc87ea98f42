#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include "base/bounded_vector.h"
#include "base/check.h"
#include "pipeline/control_region/checked_word.h"
#include "pipeline/task_queue/category.h"

namespace dashcam {

constexpr std::uint32_t kNoSlot = UINT32_MAX;

// A frame in the frame store. The generation tells a frame from a later one in the same slot.
struct FrameRef {
    std::uint32_t slot = kNoSlot;
    std::uint32_t generation = 0;
    bool valid() const { return slot != kNoSlot; }
    bool operator==(const FrameRef&) const = default;
};

// Frames that must stay alive until the task completes. The payload's frame is one of them.
using Dependencies = BoundedVector<FrameRef, 2>;

// How a task uses the state slot it names (a video's or a track's, see state_slot.h), and so when
// it may run.
enum class StateAccess : std::uint8_t {
    kShared,     // refers to it; runs at any time
    kExclusive,  // may replace it; one such task at a time, in any order
    kOrdered,  // exclusive, and in the order of `sequence`: runs when the state's version equals it
    kBarrier,  // exclusive, and runs when no other task and no child state refers to the state
};

constexpr std::size_t kPayloadBytes = 2048;

// A stage's message to the next one: the bytes of one trivially copyable struct. The queue never
// looks inside.
struct Payload {
    alignas(16) std::array<std::byte, kPayloadBytes> bytes{};

    template <typename T>
    static Payload of(const T& value) {
        static_assert(std::is_trivially_copyable_v<T> && sizeof(T) <= kPayloadBytes &&
                      alignof(T) <= 16);
        Payload payload;
        std::memcpy(payload.bytes.data(), &value, sizeof(T));
        return payload;
    }
    template <typename T>
    T as() const {
        static_assert(std::is_trivially_copyable_v<T> && sizeof(T) <= kPayloadBytes &&
                      alignof(T) <= 16);
        T value;
        std::memcpy(&value, bytes.data(), sizeof(T));
        return value;
    }
};

// A task as its producer describes it. State slots are named by key, so that stages know no slot
// numbers: key 0 is the video's own state, key n > 0 the state of the video's track n.
struct TaskSpec {
    Category category = Category::kVehicleDetect;
    StateAccess access = StateAccess::kShared;
    std::uint32_t state_key = 0;
    std::uint64_t sequence = 0;     // kOrdered: the state's version before this task
    std::uint32_t frame_index = 0;  // of the video, for status and reports
    FrameRef payload_ref;
    Dependencies dependencies;
    Payload payload;
};

enum class TaskState : std::uint8_t {
    kFree,
    kPrepared,  // written by complete(), visible if and only if the parent commits
    kReady,
    kLeased,
    kDead,  // killed its worker or failed too often; main settles it
};

// The only truth about a task slot, stored by one instruction.
struct TaskWord {
    TaskState state : 3 = TaskState::kFree;
    std::uint16_t owner : 6 = 0;     // worker number while leased, at most kMaxWorkers
    std::uint16_t attempts : 7 = 0;  // failed ones, at most kMostAttempts
    std::uint16_t check = 0;         // of the other fields, see CheckedWord
    std::uint32_t generation = 0;    // counts the tasks that lived in this slot
    bool operator==(const TaskWord&) const = default;
};

enum class Placement : std::uint32_t { kNone, kListed, kWaiting };

// A task slot in the control region. Everything but `word` and the derived part is written before
// the word says Ready, and does not change while the task lives.
struct alignas(64) TaskSlot {
    CheckedWord<TaskWord> word;

    Category category;
    StateAccess access;
    std::uint8_t padding[2];
    std::uint32_t stream;  // stream slot
    std::uint32_t state_slot;
    std::uint32_t frame_index;
    std::uint64_t sequence;
    std::uint64_t order;   // of creation; ready tasks are listed by it
    std::uint32_t parent;  // while Prepared: the slot whose commit decides
    std::uint32_t parent_generation;
    FrameRef payload_ref;
    Dependencies dependencies;
    std::uint32_t seal;  // of all from `category` to here, see seal_of()

    // Derived, rebuilt from the words.
    std::uint32_t next;  // in its list
    Placement placement;

    Payload payload;
};
static_assert(std::is_standard_layout_v<TaskSlot> && std::is_trivially_destructible_v<TaskSlot>);

// The check of a task's description. The payload is not part of it.
std::uint32_t seal_of(const TaskSlot& task);

}  // namespace dashcam
