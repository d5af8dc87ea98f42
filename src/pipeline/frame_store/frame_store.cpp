#include "pipeline/frame_store/frame_store.h"

#include "base/check.h"
#include "pipeline/control_region/queue_fault.h"

namespace dashcam {
namespace {

constexpr std::size_t kPageBytes = 4096;

std::size_t slot_stride(const ControlSizes& sizes) {
    return (static_cast<std::size_t>(sizes.frame_slot_bytes) + kPageBytes - 1) / kPageBytes *
           kPageBytes;
}

}  // namespace

std::size_t FrameStore::bytes_needed(const ControlSizes& sizes) {
    return slot_stride(sizes) * sizes.frame_slots;
}

std::byte* FrameStore::slot_pixels(std::uint32_t slot) const {
    return pixels_.data() + slot_stride(control_.sizes()) * slot;
}

FrameView FrameStore::view(FrameRef frame) const {
    const FrameSlot& slot = control_.frames()[frame.slot];
    const FrameWord word = slot.word.load(std::memory_order_acquire);
    CHECK(word.life == FrameLife::kLive && word.generation == frame.generation);
    return {reinterpret_cast<const std::uint8_t*>(slot_pixels(frame.slot)), slot.format};
}

std::uint8_t* FrameStore::pixels_to_fill(FrameRef frame) const {
    const FrameWord word = control_.frames()[frame.slot].word.load(std::memory_order_relaxed);
    // The slot is main's own as long as it fills it; a word that says otherwise was written to.
    if (word.life != FrameLife::kFilling || word.generation != frame.generation) {
        Damage none = Damage::kNone;
        control_.header().damage.compare_exchange_strong(none, Damage::kFrameWord);
    }
    return reinterpret_cast<std::uint8_t*>(slot_pixels(frame.slot));
}

namespace {

FrameSlot& frame_at(const ControlRegion& control, std::uint32_t slot) {
    QUEUE_CHECK(slot < control.frames().size());
    return control.frames()[slot];
}

}  // namespace

std::optional<FrameRef> take_free_frame(const ControlRegion& control, std::uint32_t stream,
                                        std::uint32_t frame_index, const FrameFormat& format) {
    ControlHeader& header = control.header();
    const std::uint32_t slot_number = header.free_frame;
    if (slot_number == kNoSlot) return std::nullopt;
    FrameSlot& slot = frame_at(control, slot_number);
    slot.format = format;
    slot.stream = stream;
    slot.frame_index = frame_index;
    slot.references = 0;
    FrameWord word = slot.word.load(std::memory_order_relaxed);
    QUEUE_CHECK(word.life == FrameLife::kFree);
    word.life = FrameLife::kFilling;
    ++word.generation;
    header.free_frame = slot.next_free;
    header.free_frames.fetch_sub(1, std::memory_order_relaxed);
    slot.word.store(word, std::memory_order_release);
    return FrameRef{slot_number, word.generation};
}

void add_refs(const ControlRegion& control, const Dependencies& frames) {
    QUEUE_CHECK(frames.size() <= Dependencies::kCapacity);
    for (const FrameRef& frame : frames) {
        FrameSlot& slot = frame_at(control, frame.slot);
        FrameWord word = slot.word.load(std::memory_order_relaxed);
        QUEUE_CHECK(word.life != FrameLife::kFree && word.generation == frame.generation);
        ++slot.references;
        if (word.life == FrameLife::kFilling) {
            word.life = FrameLife::kLive;
            slot.word.store(word, std::memory_order_release);
        }
    }
}

std::uint32_t release_refs(const ControlRegion& control, const Dependencies& frames) {
    std::uint32_t freed = 0;
    QUEUE_CHECK(frames.size() <= Dependencies::kCapacity);
    for (const FrameRef& frame : frames) {
        FrameSlot& slot = frame_at(control, frame.slot);
        QUEUE_CHECK(slot.references > 0);
        if (--slot.references == 0) {
            free_frame(control, frame.slot);
            control.header().counters.frames_released.fetch_add(1, std::memory_order_relaxed);
            ++freed;
        }
    }
    return freed;
}

void free_frame(const ControlRegion& control, std::uint32_t slot_number) {
    ControlHeader& header = control.header();
    FrameSlot& slot = frame_at(control, slot_number);
    FrameWord word = slot.word.load(std::memory_order_relaxed);
    word.life = FrameLife::kFree;
    slot.word.store(word, std::memory_order_release);
    slot.next_free = header.free_frame;
    header.free_frame = slot_number;
    header.free_frames.fetch_add(1, std::memory_order_relaxed);
}

}  // namespace dashcam
