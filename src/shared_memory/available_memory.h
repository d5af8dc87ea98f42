#pragma once

#include <cstdint>

namespace dashcam {

// What the machine says it can still give, in bytes; also under a memory limit of our own control
// group. The largest number if the kernel does not tell.
std::uint64_t available_memory();

}  // namespace dashcam
