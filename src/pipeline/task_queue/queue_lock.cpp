#include "pipeline/task_queue/queue_lock.h"

#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <ctime>
#include <exception>

#include "base/check.h"
#include "pipeline/control_region/queue_fault.h"
#include "pipeline/task_queue/damage.h"
#include "pipeline/task_queue/rebuild.h"

namespace dashcam {
namespace {

// The owner works for microseconds. A wait this long means that it is stopped (SIGSTOP, a debugger)
// or hung; main finds it by its heartbeat and kills it, and the wait goes on here.
constexpr int kWaitMs = 250;

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

// A lock that stays taken while its owner does not exist was overwritten: the kernel hands on the
// lock of an owner that dies. Seen so many times in a row, lest it changes hands just then.
constexpr int kWaitsWithoutOwner = 8;

// By glibc's layout: the lock word holds the owner's thread number.
bool has_owner(const pthread_mutex_t& lock) {
    constexpr unsigned kThreadBits = 0x3fffffff;
    const auto word = static_cast<unsigned>(__atomic_load_n(&lock.__data.__lock, __ATOMIC_RELAXED));
    const auto thread = static_cast<pid_t>(word & kThreadBits);
    if (thread == 0) return false;
    return syscall(SYS_tkill, thread, 0) == 0 || errno != ESRCH;
}

timespec deadline_in(int milliseconds) {
    timespec deadline{};
    clock_gettime(kWaitClock, &deadline);
    deadline.tv_nsec += milliseconds * 1'000'000L;
    deadline.tv_sec += deadline.tv_nsec / 1'000'000'000;
    deadline.tv_nsec %= 1'000'000'000;
    return deadline;
}

thread_local LockWaitHook wait_hook = nullptr;
thread_local void* wait_context = nullptr;

}  // namespace

QueueLock::QueueLock(const ControlRegion& control, std::uint8_t actor)
    : control_(control), actor_(actor) {
    ControlHeader& header = control.header();
    exceptions_ = std::uncaught_exceptions();
    const int result = wait_for_lock();
    held_ = result == 0 || result == EOWNERDEAD;
    if (!held_) give_up(Damage::kLock);
    if (result == EOWNERDEAD) rebuild_after_death();
    sound_ = header.damage.load() == Damage::kNone;
    if (!sound_ && actor != 0) check_failed(__FILE__, __LINE__, to_text(header.damage.load()));
    if (sound_) header.lock_holder.store(actor, std::memory_order_relaxed);
}

int QueueLock::wait_for_lock() {
    ControlHeader& header = control_.header();
    int waits_without_owner = 0;
    while (header.damage.load(std::memory_order_relaxed) == Damage::kNone) {
        int result = pthread_mutex_trylock(&header.lock);
        if (result == EBUSY) result = wait_for(&header.lock, deadline_in(kWaitMs));
        if (result != ETIMEDOUT && result != EINTR) return result;
        if (wait_hook != nullptr) wait_hook(wait_context);
        waits_without_owner = has_owner(header.lock) ? 0 : waits_without_owner + 1;
        if (waits_without_owner == kWaitsWithoutOwner) break;
    }
    return ETIMEDOUT;
}

void QueueLock::rebuild_after_death() {
    try {
        if (const Damage damage = rebuild(control_); damage != Damage::kNone) give_up(damage);
    } catch (const QueueFault&) {
        give_up(Damage::kLinks);  // written to since rebuild() looked
    }
    CHECK(pthread_mutex_consistent(&control_.header().lock) == 0);
}

void QueueLock::give_up(Damage damage) {
    Damage none = Damage::kNone;  // the first finder's word stands
    control_.header().damage.compare_exchange_strong(none, damage);
}

QueueLock::~QueueLock() {
    if (std::uncaught_exceptions() > exceptions_) {
        // A worker dies with the lock in its hands: the next owner rebuilds.
        if (actor_ != 0)
            check_failed(last_queue_fault.file, last_queue_fault.line, last_queue_fault.expression);
        give_up(Damage::kLinks);
    }
    if (held_ && pthread_mutex_unlock(&control_.header().lock) != 0) give_up(Damage::kLock);
}

void set_lock_wait_hook(LockWaitHook hook, void* context) {
    wait_hook = hook;
    wait_context = context;
}

}  // namespace dashcam
