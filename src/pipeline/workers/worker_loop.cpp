#include "pipeline/workers/worker_loop.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <exception>
#include <new>

#include "pipeline/control_region/plate_notes.h"
#include "pipeline/frame_store/frame_store.h"
#include "pipeline/task_queue/queue_lock.h"
#include "pipeline/worker_status/worker_status.h"
#include "pipeline/workers/memory_left.h"
#include "shared_memory/futex.h"
#include "shared_memory/monotonic_clock.h"

namespace dashcam {
namespace {

// A sleeper is woken by producers; this is only the pace of its heartbeat and the safety net under
// it.
constexpr int kIdleWaitMs = 200;
constexpr std::size_t kMaxBatch = 16;

class Worker {
  public:
    Worker(const ControlRegion& control, const SharedRegion& pixels, const WorkerOptions& options,
           const StageLoader& load)
        : control_(control),
          frames_(control, pixels),
          queue_(control, options.number),
          status_(control, options.number),
          options_(options),
          load_(load) {
        // While another one keeps the lock: this worker lives. So main finds the one that does not.
        set_lock_wait_hook([](void* self) { static_cast<Worker*>(self)->status_.heartbeat(); },
                           this);
    }
    ~Worker() { set_lock_wait_hook(nullptr, nullptr); }
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;

    Result<void> run() {
        const std::atomic<std::uint32_t>& terminate = control_.header().terminate;
        while (terminate.load(std::memory_order_acquire) == 0) {
            WakeWord& work = control_.header().work[index(options_.pool)];
            const std::uint32_t seen = work.value.load();
            const std::optional<Category> category = queue_.busiest(options_.pool, current_);
            if (!category) {
                sleep(work, seen);
                continue;
            }
            TRY(switch_to(*category));
            TRY(work_on(*category));
        }
        status_.idle();
        return {};
    }

  private:
    void sleep(WakeWord& work, std::uint32_t seen) {
        status_.idle();
        status_.entry().asleep.store(1);
        futex_wait(work.value, seen, kIdleWaitMs);
        status_.entry().asleep.store(0);
    }

    Result<void> switch_to(Category category) {
        if (current_ != category) status_.entry().switches.fetch_add(1, std::memory_order_relaxed);
        current_ = category;
        if (stages_[index(category)] != nullptr) return {};
        status_.loading(category);
        const std::int64_t start = monotonic_ns();
        const std::int64_t cpu_before_ns = thread_cpu_ns();
        Result<std::unique_ptr<Stage>> loaded = load_(category);
        // No verdict about the model, then.
        if (!loaded.ok() && memory_is_short()) leave_out_of_memory();
        TRY_ASSIGN(stages_[index(category)], std::move(loaded));
        status_.entry().loads.fetch_add(1, std::memory_order_relaxed);
        status_.entry().load_cpu_ns.fetch_add(
            static_cast<std::uint64_t>(thread_cpu_ns() - cpu_before_ns), std::memory_order_relaxed);
        spdlog::debug("loaded {} in {:.0f} ms", to_string(category),
                      static_cast<double>(monotonic_ns() - start) / 1e6);
        return {};
    }

    // A fair share of what is waiting, so that the other workers of the pool are not left without.
    std::size_t batch_size(Category category) const {
        std::uint32_t colleagues = 0;
        for (const WorkerEntry& worker : control_.workers()) {
            colleagues += worker.pool.load(std::memory_order_relaxed) == index(options_.pool);
        }
        const std::uint32_t waiting = control_.header().queues[index(category)].claimable.load();
        const std::uint32_t share = waiting / std::max(1u, colleagues);
        return std::clamp<std::size_t>(share, 1, std::min<std::size_t>(options_.batch, kMaxBatch));
    }

    Result<void> work_on(Category category) {
        std::array<std::uint32_t, kMaxBatch> claimed;
        const std::size_t count = queue_.claim(category, {claimed.data(), batch_size(category)});
        if (count == 0) return {};
        status_.entry().batches.fetch_add(1, std::memory_order_relaxed);
        status_.entry().work[index(category)].batches.fetch_add(1, std::memory_order_relaxed);
        for (std::size_t i = 0; i < count; ++i) TRY(process(category, claimed[i]));
        return {};
    }

    Result<void> process(Category category, std::uint32_t task_number) {
        const TaskSlot& task = queue_.task(task_number);
        status_.working(category, task, task_number);
        output_.clear();
        output_.rows = {};
        const Result<void> result = run_stage(*stages_[index(category)], task_number);
        if (result.ok()) {
            queue_.complete(task_number, output_);
            count_rows(output_.rows);
            if (category == Category::kVehicleDetect) note_first_detection();
        } else {
            if (memory_is_short()) leave_out_of_memory();
            spdlog::warn("{} of frame {} failed: {}", to_string(category), task.frame_index,
                         result.error().message);
            if (stages_[index(category)]->is_cut_off() && was_last_attempt(task)) {
                // Every task after this one would wait as long, and be set aside.
                status_.done(false);
                return Error{result.error().message};
            }
            queue_.fail(task_number);
        }
        // Only now: a completion that is wrong aborts this process, and the task has to answer for
        // it.
        status_.done(result.ok());
        return {};
    }

    bool was_last_attempt(const TaskSlot& task) const {
        return task.word.load().attempts + 1u >= control_.header().limits.max_attempts;
    }

    void note_first_detection() {
        std::atomic<std::int64_t>& first = control_.header().counters.first_detected_ns;
        if (first.load(std::memory_order_relaxed) != 0) return;
        std::int64_t none = 0;
        first.compare_exchange_strong(none, monotonic_ns(), std::memory_order_relaxed);
    }

    void count_rows(const RowTally& rows) {
        RunCounters& counters = control_.header().counters;
        counters.vehicles.fetch_add(rows.vehicles, std::memory_order_relaxed);
        counters.plates.fetch_add(rows.plates, std::memory_order_relaxed);
        if (!rows.plate.empty()) note_plate(control_, rows.plate, rows.is_confirmed);
        counters.videos_finished.fetch_add(rows.videos, std::memory_order_relaxed);
        counters.videos_failed.fetch_add(rows.failed_videos, std::memory_order_relaxed);
    }

    Result<void> run_stage(Stage& stage, std::uint32_t task_number) {
        const TaskSlot& task = queue_.task(task_number);
        const StreamEntry& stream = control_.streams()[task.stream];
        const bool exclusive = is_exclusive(task.access);
        const StageInput input{
            .task = task,
            .frame = task.payload_ref.valid() ? frames_.view(task.payload_ref) : FrameView{},
            .state = exclusive ? queue_.current_state(task_number) : std::span<const std::byte>{},
            .next_state = exclusive ? queue_.next_state(task_number) : std::span<std::byte>{},
            .video = *reinterpret_cast<const VideoDescription*>(stream.description.data()),
            .damages = stream.damages.load(std::memory_order_acquire),
        };
        try {
            return stage.run(input, output_);
        } catch (const std::bad_alloc&) {
            leave_out_of_memory();
        } catch (const std::exception& error) {
            return Error{error.what()};
        }
    }

    const ControlRegion& control_;
    FrameStore frames_;
    TaskQueue queue_;
    WorkerStatus status_;
    WorkerOptions options_;
    const StageLoader& load_;
    std::optional<Category> current_;
    std::array<std::unique_ptr<Stage>, kCategories> stages_;
    StageOutput output_;
};

}  // namespace

Result<void> run_worker_loop(const ControlRegion& control, const SharedRegion& pixels,
                             const WorkerOptions& options, const StageLoader& load) {
    return Worker(control, pixels, options, load).run();
}

}  // namespace dashcam
