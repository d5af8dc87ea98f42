#include "main/worker_roles.h"

#include <signal.h>
#include <spdlog/spdlog.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <memory>

#include "inference/networks.h"
#include "main/child_processes.h"
#include "main/network_setup.h"
#include "pipeline/control_region/control_region.h"
#include "pipeline/logging/process_log.h"
#include "pipeline/scheduler/scheduler_loop.h"
#include "pipeline/stages/cpu_stages.h"
#include "pipeline/stages/gpu_stages.h"
#include "pipeline/worker_status/worker_status.h"
#include "pipeline/workers/memory_left.h"
#include "stores/store.h"

namespace dashcam {
namespace {

Result<Settings> read_settings(int descriptor) {
    struct stat status {};
    if (fstat(descriptor, &status) != 0) return Error{"no settings were handed over"};
    std::string text(static_cast<std::size_t>(status.st_size), '\0');
    if (pread(descriptor, text.data(), text.size(), 0) != static_cast<ssize_t>(text.size())) {
        return Error{"the settings that were handed over cannot be read"};
    }
    return deserialised(text);
}

LogToStderr log_target(const Settings& settings) {
    return settings.hud == "on" ? LogToStderr::kNo : LogToStderr::kYes;
}

int report_failure(const char* what, const Error& error, int code) {
    spdlog::error("{}: {}", what, error.message);
    return code;
}

// One engine for the three networks of a worker, made when the first is needed.
class GpuStageLoader {
  public:
    explicit GpuStageLoader(const Settings& settings) : settings_(settings) {}

    Result<std::unique_ptr<Stage>> load(Category category) {
        if (networks_ == nullptr) {
            TRY_ASSIGN(networks_, make_network_loader(settings_));
        }
        if (category == Category::kVehicleDetect) {
            TRY_ASSIGN(auto detector, networks_->load_vehicle_detector());
            return std::unique_ptr<Stage>(
                std::make_unique<VehicleDetectStage>(std::move(detector)));
        }
        if (category == Category::kPlateDetect) {
            TRY_ASSIGN(auto detector, networks_->load_plate_detector());
            return std::unique_ptr<Stage>(std::make_unique<PlateDetectStage>(std::move(detector)));
        }
        TRY_ASSIGN(auto reader, networks_->load_text_reader());
        return std::unique_ptr<Stage>(std::make_unique<OcrStage>(std::move(reader)));
    }

  private:
    Settings settings_;
    std::unique_ptr<NetworkLoader> networks_;
};

Result<std::unique_ptr<Stage>> load_cpu_stage(const Settings& settings, Category category) {
    switch (category) {
        case Category::kVehicleTrack:
            return std::unique_ptr<Stage>(std::make_unique<VehicleTrackStage>(settings.out));
        case Category::kPlateSmooth:
            return std::unique_ptr<Stage>(std::make_unique<PlateSmoothStage>(settings.out));
        case Category::kSummary:
            return std::unique_ptr<Stage>(std::make_unique<SummaryStage>());
        default:
            break;
    }
    StoreLimits limits;
    limits.connect_limit = limits.retry_limit;
    // A worker that cannot load a stage ends the run, and main has reached this database: so it
    // is tried as often as a task that finds it silent.
    auto store = open_store(settings.db, Access::kReadWrite, limits);
    for (std::uint32_t tries = 1; !store.ok() && tries < settings.max_task_attempts; ++tries) {
        spdlog::warn("{}: trying again", store.error().message);
        store = open_store(settings.db, Access::kReadWrite, limits);
    }
    if (!store.ok()) return store.error();
    return std::unique_ptr<Stage>(
        std::make_unique<FinalWriteStage>(std::move(store).value(), settings.out));
}

std::atomic<const std::atomic<std::uint32_t>*> terminate_word = nullptr;

void on_terminate(int) {
    const auto* word = terminate_word.load();
    // Its leases, its transaction and a lock that it holds are taken care of as after any death.
    if (word != nullptr && word->load(std::memory_order_acquire) != 0) _exit(kExitLeft);
}

// Stragglers of the second phase get SIGTERM before SIGKILL; it means nothing before that phase.
void leave_when_told(const std::atomic<std::uint32_t>& terminate) {
    terminate_word = &terminate;
    signal(SIGTERM, on_terminate);
}

}  // namespace

StageLoader make_stage_loader(const Settings& settings) {
    // shared: a std::function has to be copyable.
    auto networks = std::make_shared<GpuStageLoader>(settings);
    return [settings, networks](Category category) -> Result<std::unique_ptr<Stage>> {
        return pool_of(category) == Pool::kGpu ? networks->load(category)
                                               : load_cpu_stage(settings, category);
    };
}

int worker_main(Pool pool, std::uint8_t number, pid_t main_pid,
                StageLoader (*make_loader)(const Settings&)) {
    if (!become_child_of_main(main_pid)) return kExitLeft;
    leave_when_out_of_memory();
    const Result<Settings> settings = read_settings(kSettingsDescriptor);
    if (!settings.ok()) return report_failure("cannot start", settings.error(), kExitCannotAttach);
    const std::string role = std::string(to_string(pool)) + "-worker-" + std::to_string(number);
    if (const auto log = start_log(role, settings->out + "/dashcam.log", log_target(*settings));
        !log.ok()) {
        return report_failure("cannot start", log.error(), kExitCannotAttach);
    }
    const Result<ControlRegion> control =
        ControlRegion::attach(kControlDescriptor, RegionAccess::kReadWrite);
    if (!control.ok()) return report_failure("cannot start", control.error(), kExitCannotAttach);
    leave_when_told(control->header().terminate);
    const Result<SharedRegion> pixels =
        SharedRegion::attach(kPixelsDescriptor, RegionAccess::kReadOnly);
    if (!pixels.ok()) return report_failure("cannot start", pixels.error(), kExitCannotAttach);

    WorkerStatus(*control, number).starting(getpid());
    const WorkerOptions options{pool, number, pool == Pool::kGpu ? settings->gpu_batch : 1};
    const Result<void> result =
        run_worker_loop(*control, *pixels, options, make_loader(*settings));
    if (result.ok()) return kExitLeft;
    // Main reports it to the user, once.
    WorkerStatus(*control, number).say_farewell(result.error().message);
    spdlog::debug("leaving: {}", result.error().message);
    return kExitCannotLoad;
}

int scheduler_main(pid_t main_pid) {
    if (!become_child_of_main(main_pid)) return kExitLeft;
    const Result<Settings> settings = read_settings(kSettingsDescriptor);
    if (!settings.ok()) return report_failure("cannot start", settings.error(), kExitCannotAttach);
    if (const auto log =
            start_log("scheduler", settings->out + "/dashcam.log", log_target(*settings));
        !log.ok()) {
        return report_failure("cannot start", log.error(), kExitCannotAttach);
    }
    const Result<ControlRegion> control =
        ControlRegion::attach(kControlDescriptor, RegionAccess::kReadOnly);
    if (!control.ok()) return report_failure("cannot start", control.error(), kExitCannotAttach);
    leave_when_told(control->header().terminate);
    SchedulerOptions options;
    options.hud = settings->hud == "on"    ? HudMode::kLive
                  : settings->hud == "off" ? HudMode::kOff
                                           : HudMode::kLines;
    options.stale_after_s = settings->stale_after_s;
    options.gpu_batch = settings->gpu_batch;
    options.report_descriptor = kReportDescriptor;
    run_scheduler_loop(*control, options);
    return kExitLeft;
}

}  // namespace dashcam
