#pragma once

#include <atomic>
#include <cstdint>

namespace dashcam {

// Futexes between processes. std::atomic::wait is of no use here: its futex is private to one
// process.

// Sleeps until woken, while `word` still has `expected`, for `timeout_ms` at most. May wake for no
// reason.
void futex_wait(std::atomic<std::uint32_t>& word, std::uint32_t expected, int timeout_ms);

// Wakes at most `count` sleepers.
void futex_wake(std::atomic<std::uint32_t>& word, int count);

}  // namespace dashcam
