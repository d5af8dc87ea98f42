#include "main/crash_mark.h"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <string_view>

namespace dashcam {
namespace {

constexpr int kSignals[] = {SIGSEGV, SIGABRT, SIGBUS, SIGILL, SIGFPE};
// A path of the longest kind, escaped, still fits mostly; a longer mark is cut and then fits no
// clip.
constexpr std::size_t kMostMarkBytes = 16 * 1024;
constexpr std::size_t kHandlerStackBytes = 64 * 1024;

std::atomic<int> mark_descriptor = -1;

// The whole line, ready to be written: a handler may do little else.
struct Mark {
    std::array<char, kMostMarkBytes> line{};
    std::size_t bytes = 0;
};
thread_local Mark* own_mark = nullptr;

// Of one thread; goes with it.
class MarkAndStack {
  public:
    MarkAndStack() {
        stack_t stack{};
        stack.ss_sp = stack_.data();
        stack.ss_size = stack_.size();
        sigaltstack(&stack, nullptr);
        own_mark = &mark_;
    }
    ~MarkAndStack() {
        own_mark = nullptr;
        stack_t none{};
        none.ss_flags = SS_DISABLE;
        sigaltstack(&none, nullptr);
    }
    MarkAndStack(const MarkAndStack&) = delete;
    MarkAndStack& operator=(const MarkAndStack&) = delete;

  private:
    Mark mark_;
    std::array<char, kHandlerStackBytes> stack_{};
};

void write_mark(std::string_view line) {
    const int descriptor = mark_descriptor.load();
    if (descriptor < 0) return;
    // Nothing better can be done with a failure here.
    [[maybe_unused]] const ssize_t written = write(descriptor, line.data(), line.size());
}

// Only calls that are safe in a signal's handler.
void on_crash(int signal, siginfo_t* info, void*) {
    const int kept_errno = errno;
    const bool sent = info->si_code <= 0;
    if (sent && info->si_pid != getpid()) {
        write_mark("outside\n");
    } else if (own_mark != nullptr && own_mark->bytes > 0) {
        write_mark({own_mark->line.data(), own_mark->bytes});
    } else {
        write_mark("crash\n");
    }
    errno = kept_errno;
    // The handler is gone by now (SA_RESETHAND): a fault comes again by itself, a signal that was
    // sent has to be sent again.
    if (sent) raise(signal);
}

}  // namespace

void install_crash_marks(int descriptor) {
    mark_descriptor = descriptor;
    struct sigaction action {};
    action.sa_sigaction = on_crash;
    action.sa_flags = static_cast<int>(SA_SIGINFO | SA_RESETHAND | SA_ONSTACK);
    for (const int signal : kSignals) sigaction(signal, &action, nullptr);
}

void remove_crash_marks() { mark_descriptor = -1; }

void set_crash_mark(const std::string& text) {
    thread_local MarkAndStack own;
    if (text.empty()) {
        own_mark->bytes = 0;
        return;
    }
    const std::string line = "crash\t" + text + "\n";
    own_mark->bytes = 0;
    const std::size_t bytes = std::min(line.size(), kMostMarkBytes);
    std::copy_n(line.data(), bytes, own_mark->line.data());
    own_mark->bytes = bytes;
}

}  // namespace dashcam
