#pragma once

#include <atomic>
#include <cstdint>
#include <type_traits>

#include "base/frame_view.h"
#include "pipeline/control_region/checked_word.h"

namespace dashcam {

enum class FrameLife : std::uint8_t {
    kFree,
    kFilling,  // a reader writes pixels into it; no task knows it yet
    kLive,     // readable; at least one living task depends on it
};

// The only truth about a frame slot, stored by one instruction.
struct FrameWord {
    FrameLife life = FrameLife::kFree;
    std::uint8_t padding = 0;
    std::uint16_t check = 0;       // of the other fields, see CheckedWord
    std::uint32_t generation = 0;  // counts the frames that lived in this slot
    bool operator==(const FrameWord&) const = default;
};

struct alignas(64) FrameSlot {
    CheckedWord<FrameWord> word;
    FrameFormat format;
    std::uint32_t stream;       // stream slot
    std::uint32_t frame_index;  // of the video

    // Derived, rebuilt from the tasks' words.
    std::uint32_t references;  // living tasks that depend on it
    std::uint32_t next_free;
};
static_assert(std::is_standard_layout_v<FrameSlot> && sizeof(FrameSlot) == 64);

}  // namespace dashcam
