// libFuzzer's entry. The program is named after its target: fuzz_settings and so on.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "targets.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t bytes) {
    for (const dashcam::FuzzTarget& target : dashcam::fuzz_targets()) {
        if (target.name != DASHCAM_FUZZ_TARGET) continue;
        target.run({reinterpret_cast<const char*>(data), bytes});
        return 0;
    }
    std::abort();
}
