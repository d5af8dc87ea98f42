#include "main/child_processes.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

extern char** environ;

namespace dashcam {
namespace {

// Above every target, so that handing one over cannot overwrite another.
constexpr int kFirstSafeDescriptor = 20;

constexpr idtype_t kByPidfd =
    static_cast<idtype_t>(3);  // P_PIDFD, which Debian 12's glibc lacks as an enumerator in C++

}  // namespace

std::string_view to_string(ChildRole role) {
    switch (role) {
        case ChildRole::kGpuWorker:
            return "gpu-worker";
        case ChildRole::kCpuWorker:
            return "cpu-worker";
        case ChildRole::kScheduler:
            return "scheduler";
    }
    return "?";
}

std::string ChildExit::text() const {
    if (!by_signal) return "exited with code " + std::to_string(code);
    return "was killed by signal " + std::to_string(code) + " (" + strsignal(code) + ")";
}

Result<ChildProcess> ChildProcess::spawn(const std::vector<std::string>& arguments,
                                         const std::vector<Handover>& handover) {
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    std::vector<int> copies;
    for (const Handover& one : handover) {
        const int copy = fcntl(one.source, F_DUPFD_CLOEXEC, kFirstSafeDescriptor);
        copies.push_back(copy);
        posix_spawn_file_actions_adddup2(&actions, copy, one.target);
    }
    // Blocked until the child ignores them: a Ctrl-C at the terminal goes to the whole process
    // group.
    sigset_t blocked;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGINT);
    sigaddset(&blocked, SIGTERM);
    sigaddset(&blocked, SIGHUP);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigmask(&attributes, &blocked);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);

    std::vector<char*> argv;
    for (const std::string& argument : arguments)
        argv.push_back(const_cast<char*>(argument.c_str()));
    argv.push_back(nullptr);
    pid_t pid = -1;
    const int failed =
        posix_spawn(&pid, "/proc/self/exe", &actions, &attributes, argv.data(), environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    for (const int copy : copies) close(copy);
    if (failed != 0) return Error{std::string("cannot start a process: ") + std::strerror(failed)};
    const auto pidfd = static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
    if (pidfd < 0) {
        const int cause = errno;
        kill(pid, SIGKILL);
        waitpid(pid, nullptr, 0);
        return Error{std::string("cannot watch a process (pidfd_open, Linux 5.3 or newer): ") +
                     std::strerror(cause)};
    }
    fcntl(pidfd, F_SETFD, FD_CLOEXEC);
    return ChildProcess(pid, pidfd);
}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)), pidfd_(std::exchange(other.pidfd_, -1)) {}

ChildProcess& ChildProcess::operator=(ChildProcess&& other) noexcept {
    std::swap(pid_, other.pid_);
    std::swap(pidfd_, other.pidfd_);
    return *this;
}

ChildProcess::~ChildProcess() {
    if (pidfd_ >= 0) close(pidfd_);
}

void ChildProcess::send_signal(int signal) const {
    syscall(SYS_pidfd_send_signal, pidfd_, signal, nullptr, 0);
}

std::optional<ChildExit> ChildProcess::poll_exit() {
    siginfo_t info{};
    if (waitid(kByPidfd, static_cast<id_t>(pidfd_), &info, WEXITED | WNOHANG) != 0 ||
        info.si_pid == 0)
        return std::nullopt;
    return ChildExit{info.si_code != CLD_EXITED, info.si_status};
}

bool become_child_of_main(pid_t main_pid) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    signal(SIGINT, SIG_IGN);
    signal(SIGTERM, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    // Main may have died before the prctl.
    return getppid() == main_pid;
}

}  // namespace dashcam
