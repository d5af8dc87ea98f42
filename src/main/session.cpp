#include "main/session.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <exception>

#include "main/session_sizes.h"
#include "pipeline/scheduler/hud.h"
#include "pipeline/scheduler/run_snapshot.h"
#include "pipeline/scheduler/scheduler_loop.h"
#include "pipeline/task_queue/audit.h"
#include "pipeline/task_queue/queue_lock.h"
#include "shared_memory/monotonic_clock.h"
#include "video/decoder.h"
#include "video/printable_path.h"
#include "video/read_watch.h"

namespace dashcam {
namespace {

constexpr std::int64_t kSecondNs = 1'000'000'000;
// Main's pace when nothing happens: restarts, time-outs and the end of work are seen this late at
// most.
constexpr int kTickMs = 100;

}  // namespace

Result<std::unique_ptr<Session>> Session::create(const RunPlan& plan, ClipList& clips,
                                                 Signals& signals, std::size_t frame_bytes) {
    const ControlSizes sizes = session_sizes(plan.settings, frame_bytes);
    TRY_ASSIGN(ControlRegion control, create_queue(sizes, session_limits(plan.settings)));
    TRY_ASSIGN(SharedRegion pixels,
               SharedRegion::create("dashcam-pixels", FrameStore::bytes_needed(sizes)));
    TRY(pixels.seal_against_writers());
    std::unique_ptr<Session> session(
        new Session(plan, clips, signals, std::move(control), std::move(pixels)));
    TRY(session->prepare());
    return session;
}

Session::Session(const RunPlan& plan, ClipList& clips, Signals& signals, ControlRegion control,
                 SharedRegion pixels)
    : plan_(plan),
      clips_(clips),
      signals_(signals),
      control_(std::move(control)),
      pixels_(std::move(pixels)),
      frames_(control_, pixels_),
      queue_(control_, 0) {}

Session::~Session() {
    shut_down();
    for (const int descriptor : {settings_descriptor_, report_read_, report_write_, epoll_}) {
        if (descriptor >= 0) close(descriptor);
    }
}

Result<void> Session::prepare() {
    const std::string text = serialised(plan_.settings);
    settings_descriptor_ = memfd_create("dashcam-settings", MFD_CLOEXEC);
    if (settings_descriptor_ < 0 || write(settings_descriptor_, text.data(), text.size()) !=
                                        static_cast<ssize_t>(text.size())) {
        return Error{std::string("cannot hand settings to the workers: ") + std::strerror(errno)};
    }
    int ends[2];
    if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0)
        return Error{std::string("cannot make a pipe: ") + std::strerror(errno)};
    report_read_ = ends[0];
    report_write_ = ends[1];
    epoll_ = epoll_create1(EPOLL_CLOEXEC);
    for (const int descriptor : {signals_.descriptor(), report_read_}) {
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.fd = descriptor;
        epoll_ctl(epoll_, EPOLL_CTL_ADD, descriptor, &event);
    }
    std::uint8_t number = 0;
    for (std::uint32_t i = 0; i < plan_.settings.num_gpu_workers; ++i) {
        places_.push_back(
            {.role = ChildRole::kGpuWorker, .number = ++number, .process = std::nullopt});
    }
    for (std::uint32_t i = 0; i < plan_.settings.num_cpu_workers; ++i) {
        places_.push_back(
            {.role = ChildRole::kCpuWorker, .number = ++number, .process = std::nullopt});
    }
    places_.push_back({.role = ChildRole::kScheduler, .number = 0, .process = std::nullopt});
    return {};
}

Result<void> Session::start(Place& place) {
    std::vector<std::string> arguments{"dashcam", "internal-" + std::string(to_string(place.role)),
                                       "--main-pid", std::to_string(getpid())};
    std::vector<ChildProcess::Handover> handover{{control_.descriptor(), kControlDescriptor},
                                                 {settings_descriptor_, kSettingsDescriptor}};
    if (place.role == ChildRole::kScheduler) {
        handover.push_back({report_write_, kReportDescriptor});
    } else {
        arguments.insert(arguments.end(), {"--number", std::to_string(place.number)});
        handover.push_back({pixels_.descriptor(), kPixelsDescriptor});
        WorkerEntry& entry = control_.workers()[place.number - 1u];
        const Pool pool = place.role == ChildRole::kGpuWorker ? Pool::kGpu : Pool::kCpu;
        entry.pool.store(static_cast<std::uint32_t>(pool));
        entry.incarnation.fetch_add(1);
        entry.since_ns.store(monotonic_ns());
        entry.heartbeat_ns.store(monotonic_ns());
        entry.activity.store(WorkerActivity::kStarting);
    }
    TRY_ASSIGN(place.process, ChildProcess::spawn(arguments, handover));
    place.done_at_start = tasks_done();
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = place.process->pidfd();
    epoll_ctl(epoll_, EPOLL_CTL_ADD, place.process->pidfd(), &event);
    return {};
}

void Session::start_readers() {
    readers_running_ = plan_.settings.num_video_readers;
    for (std::uint32_t i = 0; i < plan_.settings.num_video_readers; ++i) {
        readers_.emplace_back([this] {
            read_clips();
            readers_running_.fetch_sub(1);
        });
    }
}

void Session::read_clips() {
    VideoReader reader(control_, frames_, clip_opener(plan_.settings),
                       decoder_options(plan_.settings), analysis_rates(plan_.settings));
    const std::atomic<std::uint32_t>& stop = control_.header().stop;
    while (const auto video = clips_.take(control_.header().sizes.frame_slot_bytes, stop)) {
        try {
            const ReadReport report = reader.read(*video);
            clips_.report(*video, report);
            control_.header().counters.videos_skipped.store(clips_.skipped());
            if (report.outcome == ReadOutcome::kStopped) return;
        } catch (const std::exception& error) {
            // Its stream stays open, so the session ends unfinished and the clip is pending again.
            spdlog::error("reading {} broke off: {}", printable_path(video->path), error.what());
            clips_.report(*video, {.outcome = ReadOutcome::kStopped, .end = {}, .frame_bytes = 0});
            return;
        }
    }
}

Result<SessionReport> Session::run(std::uint64_t frames_expected) {
    RunCounters& counters = control_.header().counters;
    counters.videos_total.store(clips_.clips().size());
    counters.videos_skipped.store(clips_.skipped());
    counters.frames_expected.store(frames_expected);
    for (Place& place : places_) TRY(start(place));
    start_readers();
    // A worker that is stopped while it holds the lock would keep main waiting for it here.
    set_lock_wait_hook([](void* self) { static_cast<Session*>(self)->while_lock_is_taken(); },
                       this);
    progress_ns_ = monotonic_ns();
    reads_ns_ = progress_ns_;
    if (signals_.count() > 0) begin_stop();

    while (!ended_) {
        wait_for_events(kTickMs);
        collect_exits();
        settle_dead_tasks();
        notice_damage();
        if (ended_) break;
        TRY(restart_due());
        kill_stale_workers();
        if (work_is_finished() || work_stands_still() || reader_is_stuck()) break;
        // Also signals that while_lock_is_taken() has collected since the events were looked at.
        if (signals_.count() > 0 && drain_deadline_ns_ == 0) begin_stop();
        const bool impatient = signals_.count() > 1;
        const bool drained_too_long =
            drain_deadline_ns_ != 0 && monotonic_ns() > drain_deadline_ns_;
        if (impatient || drained_too_long) {
            spdlog::warn("{}: what is in flight will be done again by the next run",
                         impatient ? "second signal" : "the queues did not drain in time");
            break;
        }
    }
    shut_down();
    audit_at_end();
    report_.frames = counters.frames_read.load();
    report_.restarts = counters.restarts.load();
    for (const WorkerGlimpse& worker : worker_glimpses(control_))
        report_.switches += worker.switches;
    return report_;
}

void Session::wait_for_events(int timeout_ms) {
    epoll_event events[16];
    const int count = epoll_wait(epoll_, events, 16, timeout_ms);
    for (int i = 0; i < count; ++i) {
        if (events[i].data.fd == report_read_) {
            IdleReport report;
            while (read(report_read_, &report, sizeof report) == sizeof report) {
            }
        }
        if (events[i].data.fd == signals_.descriptor()) signals_.collect();
    }
}

void Session::begin_stop() {
    control_.header().stop.store(1, std::memory_order_release);
    queue_.wake_everyone();
    drain_deadline_ns_ = monotonic_ns() + plan_.settings.drain_timeout_s * kSecondNs;
    report_.end = SessionEnd::kInterrupted;
    spdlog::info(
        "stopping: readers halt, the queues drain for up to {} s (once more to leave at once)",
        plan_.settings.drain_timeout_s);
    log_backlog();
}

void Session::log_backlog() const {
    const RunSnapshot now = take_snapshot(control_);
    for (std::size_t i = 0; i < kCategories; ++i) {
        const auto& line = now.backlog.categories[i];
        spdlog::info("backlog {}: ready {} (of those waiting {}), leased {}, set aside {}, done {}",
                     to_string(static_cast<Category>(i)), line.ready, line.waiting, line.leased,
                     line.dead, line.done);
    }
    spdlog::info("frames held: {} of {}", now.backlog.frames_held, now.frame_slots);
    for (const StreamGlimpse& stream : now.streams) {
        spdlog::info("reader at {} of {}, frame {}",
                     clock_text(static_cast<double>(stream.position_us) / 1e6),
                     printable_path(stream.name), stream.frames);
    }
}

bool Session::work_is_finished() {
    if (readers_running_.load() > 0) return false;
    const RunSnapshot now = take_snapshot(control_);
    if (!now.idle() || !queue_.no_task_alive()) return false;
    if (report_.end == SessionEnd::kFinished && !queue_.no_stream_open()) {
        // No task is left that could close it: a reader broke off.
        report_.end = SessionEnd::kDamaged;
        report_.reason = "a video reader broke off";
    }
    return true;
}

// The queue's rules make this impossible: living tasks, idle workers, and nobody takes one. Should
// a rule be broken all the same, the run goes on in new regions instead of hanging.
bool Session::work_stands_still() {
    const std::uint64_t done = tasks_done();
    const RunSnapshot now = take_snapshot(control_);
    const bool busy =
        std::any_of(now.workers.begin(), now.workers.end(),
                    [](const WorkerGlimpse& w) { return w.activity != WorkerActivity::kIdle; });
    if (done != progress_seen_ || busy || now.backlog.alive() == 0) {
        progress_seen_ = done;
        progress_ns_ = monotonic_ns();
        return false;
    }
    if (monotonic_ns() - progress_ns_ < plan_.settings.stale_after_s * kSecondNs) return false;
    const auto audited = audit(control_, 0);
    report_.end = SessionEnd::kDamaged;
    report_.reason = audited.ok() ? "tasks are left that no worker takes" : audited.error().message;
    spdlog::error("the work stands still: {}; going on in new shared memory", report_.reason);
    log_backlog();
    return true;
}

bool Session::reader_is_stuck() {
    const ReadCounts reads = read_counts();
    if (reads.ended != reads_seen_ || !reads.under_way() || readers_running_.load() == 0 ||
        !take_snapshot(control_).idle() || !queue_.no_task_alive()) {
        reads_seen_ = reads.ended;
        reads_ns_ = monotonic_ns();
        return false;
    }
    if (monotonic_ns() - reads_ns_ < plan_.settings.stale_after_s * kSecondNs) return false;
    for (const std::string& path : clips_.being_read()) {
        spdlog::error("reading {} has not come back for {} s, and all other work is done",
                      printable_path(path), plan_.settings.stale_after_s);
    }
    return true;
}

std::uint64_t Session::tasks_done() const {
    std::uint64_t sum = 0;
    for (const CategoryQueue& queue : control_.header().queues)
        sum += queue.done.load(std::memory_order_relaxed);
    return sum;
}

}  // namespace dashcam
