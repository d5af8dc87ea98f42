#pragma once

#include <cstdint>
#include <optional>

#include "base/frame_view.h"
#include "base/result.h"
#include "pipeline/control_region/control_region.h"
#include "shared_memory/shared_region.h"

namespace dashcam {

// The reference-counted frames: pixels in a region of their own, which only main can write; words
// and counts in the control region. A frame is deleted when no living task depends on it.
class FrameStore {
  public:
    // `pixels` holds sizes.frame_slots x sizes.frame_slot_bytes. Both regions outlive this object.
    FrameStore(const ControlRegion& control, const SharedRegion& pixels)
        : control_(control), pixels_(pixels) {}

    // Bytes of the pixel region for `sizes`.
    static std::size_t bytes_needed(const ControlSizes& sizes);

    // A living frame. Precondition: the caller holds a lease on a task that depends on it.
    FrameView view(FrameRef frame) const;

    // Main only: the pixels of a frame that is being filled.
    std::uint8_t* pixels_to_fill(FrameRef frame) const;

  private:
    std::byte* slot_pixels(std::uint32_t slot) const;

    const ControlRegion& control_;
    const SharedRegion& pixels_;
};

// The counting part. Callers hold the queue's lock.

// A free slot becomes Filling. Main only.
std::optional<FrameRef> take_free_frame(const ControlRegion& control, std::uint32_t stream,
                                        std::uint32_t frame_index, const FrameFormat& format);
// On enqueue of a task that depends on these frames. A Filling frame becomes Live.
void add_refs(const ControlRegion& control, const Dependencies& frames);
// On completion of that task. Frames without references become Free. Returns how many did.
std::uint32_t release_refs(const ControlRegion& control, const Dependencies& frames);
// Makes a slot Free and puts it on the free list.
void free_frame(const ControlRegion& control, std::uint32_t slot);

}  // namespace dashcam
