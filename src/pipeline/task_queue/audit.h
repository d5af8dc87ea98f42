#pragma once

#include <array>
#include <string_view>

#include "base/result.h"
#include "pipeline/control_region/control_region.h"

namespace dashcam {

// What holds whenever the lock is free. docs/shared_memory.md says it in full, and the model
// (docs/models/queue.pml) asserts the same under the same names.
constexpr std::array<std::string_view, 7> kInvariants{
    "I1 derived",   "I2 one lessee", "I3 live references", "I4 all or nothing", "I5 once",
    "I6 conserved", "I7 room"};

// Compares the region with its invariants, under the lock. The Error names the first one that is
// broken, or the damage (damage.h). Safe on any content. Main calls it after a worker died of a
// crash, and tests call it all the time.
Result<void> audit(const ControlRegion& control, std::uint8_t actor);

}  // namespace dashcam
