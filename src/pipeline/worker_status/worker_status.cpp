#include "pipeline/worker_status/worker_status.h"

#include <algorithm>

#include "shared_memory/monotonic_clock.h"

namespace dashcam {
namespace {
constexpr auto kRelaxed = std::memory_order_relaxed;
}

void WorkerStatus::enter(WorkerActivity activity) {
    const std::int64_t now = monotonic_ns();
    entry_.since_ns.store(now, kRelaxed);
    entry_.heartbeat_ns.store(now, kRelaxed);
    entry_.activity.store(activity, std::memory_order_release);
}

void WorkerStatus::starting(std::int32_t pid) {
    entry_.pid.store(pid, kRelaxed);
    entry_.asleep.store(0);
    entry_.task.store(kNoSlot, kRelaxed);
    entry_.category.store(kNoCategory, kRelaxed);
    enter(WorkerActivity::kStarting);
}

void WorkerStatus::idle() {
    if (entry_.activity.load(kRelaxed) == WorkerActivity::kIdle) {
        heartbeat();
    } else {
        enter(WorkerActivity::kIdle);
    }
}

void WorkerStatus::loading(Category category) {
    entry_.category.store(static_cast<std::uint32_t>(category), kRelaxed);
    enter(WorkerActivity::kLoading);
}

void WorkerStatus::working(Category category, const TaskSlot& task, std::uint32_t task_slot) {
    entry_.category.store(static_cast<std::uint32_t>(category), kRelaxed);
    entry_.stream.store(task.stream, kRelaxed);
    entry_.frame_index.store(task.frame_index, kRelaxed);
    entry_.task.store(task_slot, kRelaxed);
    enter(WorkerActivity::kWorking);
    category_ = category;
    cpu_since_ns_ = thread_cpu_ns();
}

void WorkerStatus::done(bool succeeded) {
    const std::int64_t now = monotonic_ns();
    entry_.busy_ns.fetch_add(static_cast<std::uint64_t>(now - entry_.since_ns.load(kRelaxed)),
                             kRelaxed);
    (succeeded ? entry_.tasks : entry_.failures).fetch_add(1, kRelaxed);
    CategoryWork& work = entry_.work[index(category_)];
    if (succeeded) work.tasks.fetch_add(1, kRelaxed);
    work.cpu_ns.fetch_add(static_cast<std::uint64_t>(thread_cpu_ns() - cpu_since_ns_), kRelaxed);
    entry_.task.store(kNoSlot, kRelaxed);
    entry_.heartbeat_ns.store(now, kRelaxed);
}

void WorkerStatus::heartbeat() { entry_.heartbeat_ns.store(monotonic_ns(), kRelaxed); }

void WorkerStatus::say_farewell(std::string_view reason) {
    entry_.farewell = {};
    reason = reason.substr(0, entry_.farewell.size() - 1);
    std::copy(reason.begin(), reason.end(), entry_.farewell.begin());
}

std::string WorkerGlimpse::name() const {
    return (pool == Pool::kGpu ? "GPU worker " : "CPU worker ") + std::to_string(number) +
           " (pid " + std::to_string(pid) + ")";
}

std::string WorkerGlimpse::doing() const {
    switch (activity) {
        case WorkerActivity::kAbsent:
            return "not running";
        case WorkerActivity::kStarting:
            return "starting";
        case WorkerActivity::kIdle:
            return "idle";
        case WorkerActivity::kLoading:
            return "loading " +
                   std::string(category ? to_string(*category) : std::string_view("?"));
        case WorkerActivity::kWorking:
            return std::string(category ? to_string(*category) : std::string_view("?")) +
                   ", frame " + std::to_string(frame_index);
    }
    return "?";
}

std::vector<WorkerGlimpse> worker_glimpses(const ControlRegion& control) {
    std::vector<WorkerGlimpse> glimpses;
    const std::int64_t now = monotonic_ns();
    std::uint32_t number = 0;
    for (const WorkerEntry& entry : control.workers()) {
        WorkerGlimpse glimpse;
        glimpse.number = ++number;
        glimpse.activity = entry.activity.load(std::memory_order_acquire);
        glimpse.pid = entry.pid.load(kRelaxed);
        glimpse.pool = static_cast<Pool>(entry.pool.load(kRelaxed));
        const std::uint32_t category = entry.category.load(kRelaxed);
        if (category < kCategories) glimpse.category = static_cast<Category>(category);
        glimpse.stream = entry.stream.load(kRelaxed);
        glimpse.frame_index = entry.frame_index.load(kRelaxed);
        glimpse.activity_s = static_cast<double>(now - entry.since_ns.load(kRelaxed)) / 1e9;
        glimpse.silence_s = static_cast<double>(now - entry.heartbeat_ns.load(kRelaxed)) / 1e9;
        glimpse.tasks = entry.tasks.load(kRelaxed);
        glimpse.batches = entry.batches.load(kRelaxed);
        glimpse.switches = entry.switches.load(kRelaxed);
        glimpse.loads = entry.loads.load(kRelaxed);
        glimpse.failures = entry.failures.load(kRelaxed);
        glimpse.busy_s = static_cast<double>(entry.busy_ns.load(kRelaxed)) / 1e9;
        glimpse.incarnation = entry.incarnation.load(kRelaxed);
        glimpses.push_back(glimpse);
    }
    return glimpses;
}

}  // namespace dashcam
