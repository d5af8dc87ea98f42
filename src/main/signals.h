#pragma once

#include <cstdint>

namespace dashcam {

// SIGINT, SIGTERM and SIGHUP (unless it is ignored, as by nohup) as readable events of main's loop. They are blocked in the calling thread and
// in all threads that it starts later. One object per process.
class Signals {
  public:
    Signals();
    ~Signals();
    Signals(const Signals&) = delete;
    Signals& operator=(const Signals&) = delete;

    int descriptor() const { return descriptor_; }
    // Takes what has arrived; returns how many signals there were in all, since the start.
    std::uint32_t collect();
    std::uint32_t count() const { return count_; }

  private:
    int descriptor_ = -1;
    std::uint32_t count_ = 0;
};

}  // namespace dashcam
