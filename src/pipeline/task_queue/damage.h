#pragma once

#include "pipeline/control_region/control_region.h"

namespace dashcam {

// Looks at every word of truth and every sealed description: is it what this program stored? Reads
// only, and is safe on any content. Needs the lock, or a region that nobody works on any more. A
// kill at any instruction leaves no damage; only stray writes do. Not covered: payloads, the
// contents of state buffers, stream descriptions, pixels.
Damage find_damage(const ControlRegion& control);

// "a task's word is not what was stored".
const char* to_text(Damage damage);

}  // namespace dashcam
