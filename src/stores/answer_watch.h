#pragma once

#include <atomic>
#include <chrono>
#include <optional>
#include <thread>

#include "base/mutex.h"

namespace dashcam {

// Ends a connection whose other side keeps silent. libpq waits for an answer for ever: the kernel
// notices a dead machine, but not a server, or something between, that takes all bytes and says
// nothing. A thread of its own shuts the socket down then, so that libpq's wait ends with an error.
// For one thread that uses the connection.
class AnswerWatch {
  public:
    // `socket` is not owned, and has to stay open as long as this object lives. Throws
    // std::system_error if the system gives no timer.
    explicit AnswerWatch(int socket);
    ~AnswerWatch();
    AnswerWatch(const AnswerWatch&) = delete;
    AnswerWatch& operator=(const AnswerWatch&) = delete;

    // From now on an answer has to come within `limit`.
    void expect(std::chrono::milliseconds limit) EXCLUDES_LOCK(mutex_);
    // It came, or is not awaited any more: until the next expect() nothing is cut.
    void came() EXCLUDES_LOCK(mutex_);
    // True for good once the connection was cut.
    bool has_cut() const { return has_cut_.load(); }

  private:
    using Clock = std::chrono::steady_clock;

    void watch() EXCLUDES_LOCK(mutex_);
    void cut_if_due() EXCLUDES_LOCK(mutex_);

    int socket_;
    int timer_ = -1;
    int leave_ = -1;  // readable: the thread has to end
    std::atomic<bool> has_cut_ = false;
    Mutex mutex_;
    std::optional<Clock::time_point> deadline_ GUARDED_BY(mutex_);
    std::thread thread_;
};

}  // namespace dashcam
