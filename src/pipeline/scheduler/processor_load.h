#pragma once

#include <cstdint>
#include <optional>

namespace dashcam {

// How busy the machine's processors are, everybody's work counted, from /proc/stat.
class ProcessorLoad {
  public:
    // Share between this call and the one before, 0 to 1. Nothing at the first call, within a tick
    // of the kernel's clock, and where there is no /proc/stat.
    std::optional<double> sample();

  private:
    std::uint64_t busy_ = 0;
    std::uint64_t total_ = 0;
};

}  // namespace dashcam
