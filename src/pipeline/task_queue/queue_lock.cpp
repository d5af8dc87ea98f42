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

thread_local LockWaitHook wait_hook = nullptr;
thread_local void* wait_context = nullptr;

}  // namespace

QueueLock::QueueLock(const ControlRegion& control, std::uint8_t actor) : control_(control) {
    pthread_mutex_t* lock = &control.header().lock;
    int result = pthread_mutex_trylock(lock);
    while (result == EBUSY || result == ETIMEDOUT || result == EINTR) {
        timespec deadline{};
        clock_gettime(CLOCK_MONOTONIC, &deadline);
        deadline.tv_sec += kWaitSeconds;
        result = pthread_mutex_clocklock(lock, CLOCK_MONOTONIC, &deadline);
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
