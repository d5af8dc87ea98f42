#include "pipeline/workers/memory_left.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <new>

namespace dashcam {
namespace {

// The tensors of a network take tens of megabytes; less than this and no stage gets far.
constexpr std::size_t kProbeBytes = 64u << 20;

}  // namespace

void leave_when_out_of_memory() {
    std::set_new_handler([] { leave_out_of_memory(); });
}

void leave_out_of_memory() { _exit(kExitOutOfMemory); }

bool memory_is_short() {
    void* const probe =
        mmap(nullptr, kProbeBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (probe == MAP_FAILED) return true;
    munmap(probe, kProbeBytes);
    return false;
}

}  // namespace dashcam
