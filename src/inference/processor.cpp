#include "inference/processor.h"

#include <fstream>
#include <set>
#include <sstream>
#include <string>

namespace dashcam {
namespace {

std::set<std::string, std::less<>> units() {
    std::ifstream file("/proc/cpuinfo");
    std::string line;
    while (std::getline(file, line) && !line.starts_with("flags")) {
    }
    std::istringstream flags(line);
    std::set<std::string, std::less<>> found;
    for (std::string flag; flags >> flag;) found.insert(flag);
    return found;
}

}  // namespace

// Not the compiler's own test: not every one knows the newer units, and the kernel leaves out those
// whose registers it does not keep.
bool processor_has(std::string_view unit) {
    static const auto all = units();
    return all.contains(unit);
}

}  // namespace dashcam
