#include "pipeline/task_queue/queue_lock.h"

#include <pthread.h>

#include <cerrno>
#include <ctime>

#include "base/check.h"
#include "pipeline/task_queue/rebuild.h"

namespace dashcam {
namespace {

// The owner works for microseconds. A wait this long means that it is stopped (SIGSTOP, a debugger)
// or hung; main finds it by its heartbeat and kills it, and the wait goes on here.
constexpr int kWaitSeconds = 1;

// GCC 12's thread sanitizer does not know pthread_mutex_clocklock(), and would take every lock that
// was waited for as none. A clock that is set does no harm in a test.
#if defined(__SANITIZE_THREAD__)
constexpr clockid_t kWaitClock = CLOCK_REALTIME;
int wait_for(pthread_mutex_t* lock, const timespec& deadline) {
    return pthread_mutex_timedlock(lock, &deadline);
}
#else
constexpr clockid_t kWaitClock = CLOCK_MONOTONIC;
int wait_for(pthread_mutex_t* lock, const timespec& deadline) {
    return pthread_mutex_clocklock(lock, kWaitClock, &deadline);
}
#endif

thread_local LockWaitHook wait_hook = nullptr;
thread_local void* wait_context = nullptr;

}  // namespace

QueueLock::QueueLock(const ControlRegion& control, std::uint8_t actor) : control_(control) {
    pthread_mutex_t* lock = &control.header().lock;
    int result = pthread_mutex_trylock(lock);
    while (result == EBUSY || result == ETIMEDOUT || result == EINTR) {
        timespec deadline{};
        clock_gettime(kWaitClock, &deadline);
        deadline.tv_sec += kWaitSeconds;
        result = wait_for(lock, deadline);
        if (result == ETIMEDOUT && wait_hook != nullptr) wait_hook(wait_context);
    }
    if (result == EOWNERDEAD) {
        rebuild(control_);
        CHECK(pthread_mutex_consistent(lock) == 0);
    } else {
        CHECK(result == 0);
    }
    control.header().lock_holder.store(actor, std::memory_order_relaxed);
}

QueueLock::~QueueLock() { CHECK(pthread_mutex_unlock(&control_.header().lock) == 0); }

void set_lock_wait_hook(LockWaitHook hook, void* context) {
    wait_hook = hook;
    wait_context = context;
}

}  // namespace dashcam
