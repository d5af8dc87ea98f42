#include "shared_memory/available_memory.h"

#include <algorithm>
#include <fstream>
#include <limits>
#include <string>

namespace dashcam {

// A memfd has no size limit of its own: asking for too much would not fail, it would call the OOM
// killer. So those who ask look here first.
std::uint64_t available_memory() {
    std::uint64_t available = std::numeric_limits<std::uint64_t>::max();
    std::ifstream meminfo("/proc/meminfo");
    std::string key;
    std::uint64_t kib = 0;
    while (meminfo >> key >> kib) {
        if (key == "MemAvailable:") {
            available = kib * 1024;
            break;
        }
        meminfo.ignore(std::numeric_limits<std::streamsize>::max(), '\n');
    }
    std::ifstream limit_file("/sys/fs/cgroup/memory.max");
    std::ifstream used_file("/sys/fs/cgroup/memory.current");
    std::uint64_t limit = 0;
    std::uint64_t used = 0;
    if (limit_file >> limit && used_file >> used)
        available = std::min(available, limit - std::min(limit, used));
    return available;
}

}  // namespace dashcam
