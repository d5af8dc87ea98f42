#pragma once

#include <string_view>

namespace dashcam {

// Whether the kernel lists this unit of the processor for programs, under its name in
// /proc/cpuinfo: "avx2", "amx_bf16". False if it lists none.
bool processor_has(std::string_view unit);

}  // namespace dashcam
