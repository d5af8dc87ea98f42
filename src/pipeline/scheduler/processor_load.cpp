#include "pipeline/scheduler/processor_load.h"

#include <array>
#include <fstream>
#include <string>

namespace dashcam {

std::optional<double> ProcessorLoad::sample() {
    std::ifstream file("/proc/stat");
    std::string word;
    // user nice system idle iowait irq softirq steal: proc(5).
    std::array<std::uint64_t, 8> ticks{};
    if (!(file >> word) || word != "cpu") return std::nullopt;
    std::uint64_t total = 0;
    for (std::uint64_t& value : ticks) {
        if (!(file >> value)) return std::nullopt;
        total += value;
    }
    const std::uint64_t busy = total - ticks[3] - ticks[4];
    const std::uint64_t busy_before = busy_;
    const std::uint64_t total_before = total_;
    busy_ = busy;
    total_ = total;
    // iowait may go backwards.
    if (total_before == 0 || total <= total_before || busy < busy_before) return std::nullopt;
    return static_cast<double>(busy - busy_before) / static_cast<double>(total - total_before);
}

}  // namespace dashcam
