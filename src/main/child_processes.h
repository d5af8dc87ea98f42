#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"

namespace dashcam {

// Descriptors that a child process finds, whatever their numbers were in main.
constexpr int kControlDescriptor = 3;
constexpr int kPixelsDescriptor = 4;
constexpr int kSettingsDescriptor = 5;
constexpr int kReportDescriptor = 6;

enum class ChildRole : std::uint8_t { kGpuWorker, kCpuWorker, kScheduler };
std::string_view to_string(ChildRole role);

// A child that has ended.
struct ChildExit {
    bool by_signal = false;
    int code = 0;  // exit code, or the signal
    // "exited with code 3" or "was killed by signal 11 (Segmentation fault)".
    std::string text() const;
};

// One child process of main: the same program, executed anew in another role. It dies with main
// (PDEATHSIG); main learns of its end through a pidfd, which cannot be confused with a later
// process of the same number.
class ChildProcess {
  public:
    // Descriptors to hand over, each to its k...Descriptor number.
    struct Handover {
        int source;
        int target;
    };

    // Spawns from main's first thread only: PDEATHSIG follows the parent's thread.
    static Result<ChildProcess> spawn(const std::vector<std::string>& arguments,
                                      const std::vector<Handover>& handover);

    ChildProcess(ChildProcess&& other) noexcept;
    ChildProcess& operator=(ChildProcess&& other) noexcept;
    ~ChildProcess();

    pid_t pid() const { return pid_; }
    // Readable when the child has ended.
    int pidfd() const { return pidfd_; }
    void send_signal(int signal) const;
    // The exit, if it has ended; collects it. Call it until it gives something, then no more.
    std::optional<ChildExit> poll_exit();

  private:
    ChildProcess(pid_t pid, int pidfd) : pid_(pid), pidfd_(pidfd) {}
    pid_t pid_ = -1;
    int pidfd_ = -1;
};

// For the child: dies with main from now on, and leaves SIGINT, SIGTERM and SIGHUP to it. False: main is
// gone already.
bool become_child_of_main(pid_t main_pid);

}  // namespace dashcam
