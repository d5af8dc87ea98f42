#pragma once

#include "base/result.h"
#include "pipeline/control_region/control_region.h"

namespace dashcam {

// Compares the region with its invariants (docs/shared_memory.md names them I1 to I7), under the
// lock. The Error names the first one that is broken. Main calls it after a worker died of a crash,
// and tests call it all the time.
Result<void> audit(const ControlRegion& control, std::uint8_t actor);

}  // namespace dashcam
