#pragma once

#include <cstddef>
#include <span>

#include "pipeline/control_region/control_layout.h"

namespace dashcam {

// Sets a stream's description; what lies behind it stays. The caller holds the lock; watchers read
// without it, so it is written word by word. Precondition: it fits.
void write_description(StreamEntry& entry, std::span<const std::byte> description);

// A copy of it for watchers: while a stream is opened it may be of two videos, but it is no data
// race. Who holds a task or a frame of the stream reads `entry.description` itself.
std::array<std::byte, kStreamDescriptionBytes> glimpse_description(const StreamEntry& entry);

}  // namespace dashcam
