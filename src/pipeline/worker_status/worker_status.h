#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/control_region/control_region.h"

namespace dashcam {

// A worker's hand on its own line of the heartbeat map. Every change is a sign of life.
class WorkerStatus {
  public:
    // `number`: from 1.
    WorkerStatus(const ControlRegion& control, std::uint8_t number)
        : entry_(control.workers()[number - 1u]) {}

    void starting(std::int32_t pid);
    void idle();
    void loading(Category category);
    void working(Category category, const TaskSlot& task, std::uint32_t task_slot);
    // The item that working() named is completed or failed.
    void done(bool succeeded);
    void heartbeat();
    // For main: why this process leaves of its own accord.
    void say_farewell(std::string_view reason);

    WorkerEntry& entry() { return entry_; }

  private:
    void enter(WorkerActivity activity);
    WorkerEntry& entry_;
    Category category_ = Category::kVehicleDetect;  // of the item being worked on
    std::int64_t cpu_since_ns_ = 0;
};

// A line of the map as a plain value.
struct WorkerGlimpse {
    std::uint32_t number = 0;  // from 1
    std::int32_t pid = 0;
    Pool pool = Pool::kGpu;
    WorkerActivity activity = WorkerActivity::kAbsent;
    std::optional<Category> category;
    std::uint32_t stream = 0;
    std::uint32_t frame_index = 0;
    double activity_s = 0;  // how long it has been doing this
    double silence_s = 0;   // since its last sign of life
    std::uint64_t tasks = 0;
    std::uint64_t batches = 0;
    std::uint64_t switches = 0;
    std::uint64_t loads = 0;
    std::uint64_t failures = 0;
    double busy_s = 0;
    std::uint32_t incarnation = 0;

    bool busy() const {
        return activity == WorkerActivity::kWorking || activity == WorkerActivity::kLoading;
    }
    // "GPU worker 2 (pid 4711)".
    std::string name() const;
    // "VEHICLE_DETECT, frame 17" or "idle".
    std::string doing() const;
};

std::vector<WorkerGlimpse> worker_glimpses(const ControlRegion& control);

}  // namespace dashcam
