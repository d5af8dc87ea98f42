#pragma once

#include <cstdint>

#include "pipeline/control_region/control_region.h"

namespace dashcam {

// Holds the region's one lock for its lifetime. Left by a QueueFault, it gives the region up. If
// the former owner died under it, everything derived is rebuilt first. Rules under the lock: no
// logging, no allocation, no system call.
class QueueLock {
  public:
    // `actor`: worker number, 0 for main; kept in the region for reports.
    QueueLock(const ControlRegion& control, std::uint8_t actor);
    ~QueueLock();
    QueueLock(const QueueLock&) = delete;
    QueueLock& operator=(const QueueLock&) = delete;

    // False: the region is damaged (ControlHeader::damage says how), nothing may be done with it.
    // Only main sees that: a worker aborts in the constructor.
    bool sound() const { return sound_; }

  private:
    int wait_for_lock();
    void rebuild_after_death();
    void give_up(Damage damage);

    const ControlRegion& control_;
    std::uint8_t actor_;
    bool held_ = false;
    bool sound_ = true;
    int exceptions_ = 0;  // under way when it was taken
};

// Called by the waiting thread several times in each second that it does not get the lock. Main's
// first thread looks for stopped or hung workers there, since one of them may be the owner; a
// worker shows that it lives. One per thread; nullptr: none.
using LockWaitHook = void (*)(void* context);
void set_lock_wait_hook(LockWaitHook hook, void* context);

}  // namespace dashcam
