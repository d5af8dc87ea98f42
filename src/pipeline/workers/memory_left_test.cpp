#include "pipeline/workers/memory_left.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstddef>
#include <fstream>
#include <functional>
#include <new>

namespace dashcam {
namespace {

constexpr std::size_t kMegabyte = 1u << 20;

// The exit code of `body` in a process whose address space may grow by `more` bytes.
int exit_code_with(std::size_t more, const std::function<int()>& body) {
    std::size_t pages = 0;
    std::ifstream("/proc/self/statm") >> pages;
    const rlim_t limit = pages * static_cast<std::size_t>(sysconf(_SC_PAGESIZE)) + more;
    const pid_t pid = fork();
    if (pid == 0) {
        const rlimit both{limit, limit};
        if (setrlimit(RLIMIT_AS, &both) != 0) _exit(99);
        _exit(body());
    }
    int status = 0;
    waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

int ask() { return memory_is_short() ? 1 : 0; }

TEST(MemoryLeft, IsShortWhenATasksWorthIsNotThere) {
    EXPECT_FALSE(memory_is_short());
    EXPECT_EQ(exit_code_with(0, ask), 1);
    EXPECT_EQ(exit_code_with(32 * kMegabyte, ask), 1);
    EXPECT_EQ(exit_code_with(256 * kMegabyte, ask), 0);
}

// It asks, and keeps nothing.
TEST(MemoryLeft, AskingTakesNothing) {
    EXPECT_EQ(exit_code_with(256 * kMegabyte,
                             [] {
                                 for (int i = 0; i < 100; ++i) {
                                     if (memory_is_short()) return 1;
                                 }
                                 return 0;
                             }),
              0);
}

TEST(MemoryLeft, AnAllocationThatFailsEndsTheProcess) {
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
    GTEST_SKIP() << "SKIPPED: the sanitizers' operator new ends the process in its own way";
#endif
    EXPECT_EQ(exit_code_with(32 * kMegabyte,
                             [] {
                                 leave_when_out_of_memory();
                                 // Through a pointer: else the compiler leaves it out.
                                 void* volatile block = ::operator new(64 * kMegabyte);
                                 ::operator delete(block);
                                 return 0;
                             }),
              kExitOutOfMemory);
}

}  // namespace
}  // namespace dashcam
