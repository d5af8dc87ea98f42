#include "pipeline/scheduler/scheduler_loop.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <set>
#include <thread>

#include "pipeline/scheduler/hud.h"
#include "pipeline/scheduler/run_snapshot.h"
#include "shared_memory/monotonic_clock.h"

namespace dashcam {
namespace {

constexpr auto kTick = std::chrono::milliseconds(50);
constexpr std::int64_t kLiveIntervalNs = 250'000'000;
constexpr std::int64_t kLinesIntervalNs = 5'000'000'000;
// A glimpse without the lock can miss a task that is just changing hands; idleness has to last.
constexpr std::int64_t kIdleNs = 100'000'000;

ScreenSize screen_size() {
    winsize size{};
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0)
        return {80, 24};
    return {size.ws_col, size.ws_row};
}

class Scheduler {
  public:
    Scheduler(const ControlRegion& control, const SchedulerOptions& options)
        : control_(control), options_(options) {}

    void run() {
        for (;;) {
            const RunSnapshot now = take_snapshot(control_);
            show(now);
            warn_of_stale_workers(now);
            report_idleness(now);
            if (now.terminating) break;
            std::this_thread::sleep_for(kTick);
        }
        if (options_.hud == HudMode::kLive) erase_hud();
    }

  private:
    void show(const RunSnapshot& now) {
        const std::int64_t time = monotonic_ns();
        rate_.update(now, time);
        if (options_.hud == HudMode::kOff) return;
        const bool live = options_.hud == HudMode::kLive;
        if (time - shown_ns_ < (live ? kLiveIntervalNs : kLinesIntervalNs)) return;
        // The first plain line comes after an interval: a short run says everything at its end.
        if (!live && shown_ns_ == 0) {
            shown_ns_ = time;
            return;
        }
        shown_ns_ = time;
        std::string text;
        if (live) {
            const std::vector<std::string> lines =
                hud_lines(now, rate_.frames_per_second(), screen_size());
            text = fmt::format("{}\x1b[J", lines_up(drawn_lines_));
            for (const std::string& line : lines) text += line + "\n";
            drawn_lines_ = lines.size();
        } else {
            text = hud_plain_line(now, rate_.frames_per_second()) + "\n";
        }
        std::fwrite(text.data(), 1, text.size(), stdout);
        std::fflush(stdout);
    }

    static std::string lines_up(std::size_t lines) {
        return lines == 0 ? std::string() : fmt::format("\x1b[{}A\r", lines);
    }

    void erase_hud() {
        const std::string text = lines_up(drawn_lines_) + "\x1b[J";
        std::fwrite(text.data(), 1, text.size(), stdout);
        std::fflush(stdout);
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
    FrameRate rate_;
    std::set<std::string> warned_;
    std::int64_t shown_ns_ = 0;
    std::size_t drawn_lines_ = 0;
    std::int64_t idle_since_ns_ = 0;
    bool reported_ = false;
};

}  // namespace

void run_scheduler_loop(const ControlRegion& control, const SchedulerOptions& options) {
    Scheduler(control, options).run();
}

}  // namespace dashcam
