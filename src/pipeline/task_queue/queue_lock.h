#pragma once

#include <cstdint>

#include "pipeline/control_region/control_region.h"

namespace dashcam {

// Holds the region's one lock for its lifetime. If the former owner died under it, everything
// derived is rebuilt first. Rules under the lock: no logging, no allocation, no system call.
class QueueLock {
  public:
    // `actor`: worker number, 0 for main; kept in the region for reports.
    QueueLock(const ControlRegion& control, std::uint8_t actor);
    ~QueueLock();
    QueueLock(const QueueLock&) = delete;
    QueueLock& operator=(const QueueLock&) = delete;

  private:
    const ControlRegion& control_;
};

// Called by the waiting thread each second that it does not get the lock. Main's first thread looks
// for stopped or hung workers there, since one of them may be the owner. One per thread; nullptr:
// none.
using LockWaitHook = void (*)(void* context);
void set_lock_wait_hook(LockWaitHook hook, void* context);

}  // namespace dashcam
