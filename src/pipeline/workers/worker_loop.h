#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "base/result.h"
#include "pipeline/control_region/control_region.h"
#include "pipeline/stages/stage.h"
#include "shared_memory/shared_region.h"

namespace dashcam {

// Loads what a category needs (a model, a database connection) and gives its stage.
using StageLoader = std::function<Result<std::unique_ptr<Stage>>(Category)>;

struct WorkerOptions {
    Pool pool = Pool::kGpu;
    std::uint8_t number = 1;  // in the worker table, from 1
    std::uint32_t batch = 1;  // tasks claimed at once at most
};

// The loop of a GPU or CPU worker: takes the busiest category of its pool, loads its stage on the
// first switch to it (stages stay resident), claims what is waiting up to the batch, runs each task
// and completes it. Returns when `terminate` is raised. Error: a stage could not be loaded, or was
// cut off (Stage::is_cut_off()) at the last attempt of a task. Whoever learns of it gives back the
// leases of this worker.
Result<void> run_worker_loop(const ControlRegion& control, const SharedRegion& pixels,
                             const WorkerOptions& options, const StageLoader& load);

}  // namespace dashcam
