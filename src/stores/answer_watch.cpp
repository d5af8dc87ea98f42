#include "stores/answer_watch.h"

#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <system_error>

namespace dashcam {

AnswerWatch::AnswerWatch(int socket)
    : socket_(socket),
      timer_(timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK)),
      leave_(eventfd(0, EFD_CLOEXEC)) {
    const int cause = errno;
    if (timer_ < 0 || leave_ < 0) {
        close(timer_);
        close(leave_);
        throw std::system_error(cause, std::generic_category(), "no timer for the connection");
    }
    // Signals are for the threads that know what they mean.
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    thread_ = std::thread([this] { watch(); });
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

AnswerWatch::~AnswerWatch() {
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t written = write(leave_, &one, sizeof one);
    thread_.join();
    close(timer_);
    close(leave_);
}

void AnswerWatch::expect(std::chrono::milliseconds limit) {
    const MutexLock lock(mutex_);
    deadline_ = Clock::now() + limit;
    itimerspec when{};
    when.it_value.tv_sec = limit.count() / 1000;
    // Not zero, which would disarm it.
    when.it_value.tv_nsec = (limit.count() % 1000) * 1'000'000 + 1;
    timerfd_settime(timer_, 0, &when, nullptr);
}

void AnswerWatch::came() {
    const MutexLock lock(mutex_);
    deadline_.reset();
    const itimerspec never{};
    timerfd_settime(timer_, 0, &never, nullptr);
}

void AnswerWatch::watch() {
    while (true) {
        pollfd events[2] = {{timer_, POLLIN, 0}, {leave_, POLLIN, 0}};
        if (poll(events, 2, -1) < 0) continue;
        if (events[1].revents != 0) return;
        std::uint64_t expirations = 0;
        if (read(timer_, &expirations, sizeof expirations) == sizeof expirations) cut_if_due();
    }
}

// Under the lock: after came() the socket is left alone.
void AnswerWatch::cut_if_due() {
    const MutexLock lock(mutex_);
    if (!deadline_ || Clock::now() < *deadline_) return;
    deadline_.reset();
    has_cut_ = true;
    shutdown(socket_, SHUT_RDWR);
}

}  // namespace dashcam
