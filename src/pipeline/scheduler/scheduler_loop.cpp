#include "pipeline/scheduler/scheduler_loop.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <optional>
#include <set>
#include <thread>

#include "pipeline/scheduler/hud.h"
#include "pipeline/scheduler/live_display.h"
#include "pipeline/scheduler/processor_load.h"
#include "pipeline/scheduler/run_snapshot.h"
#include "shared_memory/monotonic_clock.h"

namespace dashcam {
namespace {

constexpr auto kTick = std::chrono::milliseconds(50);
constexpr std::int64_t kLiveIntervalNs = 250'000'000;
constexpr std::int64_t kLinesIntervalNs = 5'000'000'000;
// The kernel counts processor time in ticks of 10 ms: shorter spans are coarse.
constexpr std::int64_t kLoadIntervalNs = 500'000'000;
// A glimpse without the lock can miss a task that is just changing hands; idleness has to last.
constexpr std::int64_t kIdleNs = 100'000'000;

class Scheduler {
  public:
    Scheduler(const ControlRegion& control, const SchedulerOptions& options)
        : control_(control), options_(options), display_(colour_of_environment()) {}

    void run() {
        for (;;) {
            const RunSnapshot now = take_snapshot(control_);
            show(now);
            warn_of_stale_workers(now);
            report_idleness(now);
            if (now.terminating) break;
            std::this_thread::sleep_for(kTick);
        }
        if (options_.hud == HudMode::kLive) display_.erase();
    }

  private:
    void show(const RunSnapshot& now) {
        const std::int64_t time = monotonic_ns();
        if (time - load_taken_ns_ >= kLoadIntervalNs) {
            load_taken_ns_ = time;
            load_ = processor_.sample();
        }
        motion_.update(now, time, load_);
        if (options_.hud == HudMode::kOff) return;
        const bool live = options_.hud == HudMode::kLive;
        const ScreenSize screen = live ? screen_size() : ScreenSize{};
        const bool is_due = time - shown_ns_ >= (live ? kLiveIntervalNs : kLinesIntervalNs);
        if (!is_due && screen == screen_) return;
        screen_ = screen;
        // The first plain line comes after an interval: a short run says everything at its end.
        if (!live && shown_ns_ == 0) {
            shown_ns_ = time;
            return;
        }
        shown_ns_ = time;
        const HudView view{now, motion_.rates(), options_.gpu_batch};
        if (live) {
            display_.draw(hud_lines(view, screen), screen);
        } else {
            fmt::print("{}\n", hud_plain_line(view));
            std::fflush(stdout);
        }
    }

    void warn_of_stale_workers(const RunSnapshot& now) {
        std::set<std::string> stale;
        for (const WorkerGlimpse& worker : now.workers) {
            if (worker.activity == WorkerActivity::kAbsent ||
                worker.silence_s <= options_.stale_after_s / 2)
                continue;
            const std::string key = fmt::format("{}/{}", worker.pid, worker.tasks);
            stale.insert(key);
            if (warned_.contains(key)) continue;
            spdlog::warn("{} shows no sign of life for {:.0f} s: {}", worker.name(),
                         worker.silence_s, worker.doing());
        }
        warned_ = std::move(stale);
    }

    void report_idleness(const RunSnapshot& now) {
        const std::int64_t time = monotonic_ns();
        if (!now.idle()) {
            idle_since_ns_ = 0;
            reported_ = false;
            return;
        }
        if (idle_since_ns_ == 0) idle_since_ns_ = time;
        if (reported_ || time - idle_since_ns_ < kIdleNs || options_.report_descriptor < 0) return;
        const IdleReport report{idle_since_ns_};
        // Smaller than PIPE_BUF: whole or not at all. A main that is gone has taken this process
        // along.
        reported_ = write(options_.report_descriptor, &report, sizeof report) == sizeof report;
    }

    const ControlRegion& control_;
    SchedulerOptions options_;
    RunMotion motion_;
    ProcessorLoad processor_;
    std::optional<double> load_;
    std::int64_t load_taken_ns_ = 0;
    LiveDisplay display_;
    ScreenSize screen_;
    std::set<std::string> warned_;
    std::int64_t shown_ns_ = 0;
    std::int64_t idle_since_ns_ = 0;
    bool reported_ = false;
};

}  // namespace

void run_scheduler_loop(const ControlRegion& control, const SchedulerOptions& options) {
    Scheduler(control, options).run();
}

}  // namespace dashcam
