#pragma once

#include "pipeline/control_region/control_region.h"

namespace dashcam {

// Finishes or undoes a complete() that was cut short, then recomputes everything derived from the
// words. The caller has got the lock with EOWNERDEAD, or is main before anybody else exists.
// Idempotent: it may itself be cut short after any instruction and be done again by the next one.
// Allocates nothing. If the words are not what this program stored (damage.h), it changes nothing
// and says so: to go on would be to guess.
[[nodiscard]] Damage rebuild(const ControlRegion& control);

}  // namespace dashcam
