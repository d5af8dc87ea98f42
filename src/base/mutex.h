#pragma once

#include <mutex>

// Which mutex guards which member, in a way that clang checks at compile time
// (scripts/check_threads): a guarded member is touched only where the compiler sees its mutex held.
// Other compilers see nothing. Meaning of the attributes: clang's documentation, "Thread Safety
// Analysis".
#if defined(__clang__)
#define DASHCAM_THREAD_ATTRIBUTE(x) __attribute__((x))
#else
#define DASHCAM_THREAD_ATTRIBUTE(x)
#endif
#define GUARDED_BY(mutex) DASHCAM_THREAD_ATTRIBUTE(guarded_by(mutex))
#define REQUIRES_LOCK(mutex) DASHCAM_THREAD_ATTRIBUTE(requires_capability(mutex))
#define EXCLUDES_LOCK(mutex) DASHCAM_THREAD_ATTRIBUTE(locks_excluded(mutex))
#define ACQUIRED_BEFORE(mutex) DASHCAM_THREAD_ATTRIBUTE(acquired_before(mutex))

namespace dashcam {

// std::mutex, which carries no attributes in libstdc++, with them.
class DASHCAM_THREAD_ATTRIBUTE(capability("mutex")) Mutex {
  public:
    void lock() DASHCAM_THREAD_ATTRIBUTE(acquire_capability()) { mutex_.lock(); }
    void unlock() DASHCAM_THREAD_ATTRIBUTE(release_capability()) { mutex_.unlock(); }

  private:
    std::mutex mutex_;
};

// Holds a Mutex for its lifetime.
class DASHCAM_THREAD_ATTRIBUTE(scoped_lockable) MutexLock {
  public:
    explicit MutexLock(Mutex& mutex) DASHCAM_THREAD_ATTRIBUTE(acquire_capability(mutex))
        : mutex_(mutex) {
        mutex_.lock();
    }
    ~MutexLock() DASHCAM_THREAD_ATTRIBUTE(release_capability()) { mutex_.unlock(); }
    MutexLock(const MutexLock&) = delete;
    MutexLock& operator=(const MutexLock&) = delete;

  private:
    Mutex& mutex_;
};

}  // namespace dashcam
