#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <type_traits>

#include "pipeline/task_queue/category.h"

namespace dashcam {

enum class WorkerActivity : std::uint32_t {
    kAbsent,  // no process in this place
    kStarting,
    kIdle,
    kLoading,  // a model or another resource of its category
    kWorking,
};

// What a worker did for one category.
struct CategoryWork {
    std::atomic<std::uint64_t> tasks;    // completed
    std::atomic<std::uint64_t> batches;  // claims that brought something
    std::atomic<std::uint64_t> cpu_ns;   // processor time of the stage and of completing
};

// One line of the heartbeat map: who works on what, since when. Written by the worker itself (by
// main when it is started or dead), read by everyone without a lock; each field is exact, together
// they are a glimpse.
struct alignas(64) WorkerEntry {
    std::atomic<std::int32_t> pid;
    std::atomic<std::uint32_t> pool;  // Pool
    std::atomic<WorkerActivity> activity;
    std::atomic<std::uint32_t>
        category;  // Category of the loaded resource, kNoCategory before the first
    std::atomic<std::uint32_t> stream;  // of the item being worked on
    std::atomic<std::uint32_t> frame_index;
    std::atomic<std::uint32_t> task;         // slot of that item, UINT32_MAX: none
    std::atomic<std::int64_t> since_ns;      // start of the present activity, CLOCK_MONOTONIC
    std::atomic<std::int64_t> heartbeat_ns;  // last sign of life
    std::atomic<std::uint32_t> asleep;       // 1 while waiting for work: a producer has to wake it
    std::atomic<std::uint32_t> incarnation;  // processes started in this place so far
    std::atomic<std::uint64_t> tasks;        // completed
    std::atomic<std::uint64_t> batches;      // claims that brought something
    std::atomic<std::uint64_t> switches;     // of category
    std::atomic<std::uint64_t> loads;        // of models and other resources
    std::atomic<std::uint64_t> failures;     // tasks that ended with an error
    std::atomic<std::uint64_t> busy_ns;      // spent in stages
    std::atomic<std::uint64_t> load_cpu_ns;  // processor time of loading
    std::array<CategoryWork, kCategories> work;
    // Why it left of its own accord, ended by zeros; read by main after its end only.
    std::array<char, 512> farewell;
};
constexpr std::uint32_t kNoCategory = UINT32_MAX;
static_assert(std::is_standard_layout_v<WorkerEntry> && sizeof(WorkerEntry) == 832);

}  // namespace dashcam
