#pragma once

#include <atomic>
#include <cstdint>

namespace dashcam {

// System calls that read clips, counted over all threads of this process. If some are under way and
// none ends for a long time, a disk or a network share does not answer: a thread in such a call
// cannot be interrupted, but others can tell.
struct ReadCounts {
    std::uint64_t begun = 0;
    std::uint64_t ended = 0;
    bool under_way() const { return begun > ended; }
};

ReadCounts read_counts();

// Around one such call.
class ReadWatch {
  public:
    ReadWatch() { begun_.fetch_add(1, std::memory_order_relaxed); }
    ~ReadWatch() { ended_.fetch_add(1, std::memory_order_relaxed); }
    ReadWatch(const ReadWatch&) = delete;
    ReadWatch& operator=(const ReadWatch&) = delete;

  private:
    friend ReadCounts read_counts();
    static inline std::atomic<std::uint64_t> begun_ = 0;
    static inline std::atomic<std::uint64_t> ended_ = 0;
};

// `ended` first: a call that begins in between counts as under way.
inline ReadCounts read_counts() {
    const std::uint64_t ended = ReadWatch::ended_.load();
    return {ReadWatch::begun_.load(), ended};
}

}  // namespace dashcam
