#include "main/session.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <spdlog/spdlog.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <exception>

#include "main/session_sizes.h"
#include "main/worker_roles.h"
#include "pipeline/scheduler/hud.h"
#include "pipeline/scheduler/run_snapshot.h"
#include "pipeline/scheduler/scheduler_loop.h"
#include "pipeline/stages/stage.h"
#include "pipeline/task_queue/audit.h"
#include "shared_memory/monotonic_clock.h"
#include "video/decoder.h"

namespace dashcam {
namespace {

constexpr std::int64_t kSecondNs = 1'000'000'000;
constexpr std::int64_t kMillisecondNs = 1'000'000;
// Main's pace when nothing happens: restarts, time-outs and the end of work are seen this late at
// most.
constexpr int kTickMs = 100;
// Back-off of restarts: doubled with each death in a row.
constexpr std::int64_t kFirstBackOffNs = 50 * kMillisecondNs;
constexpr std::int64_t kLongestBackOffNs = 5 * kSecondNs;
// A worker that cannot load its model or reach the database will not be able to soon.
constexpr std::uint32_t kMaxLoadFailures = 3;
// Loading a model for the first time may compile it.
constexpr double kLoadingPatience = 5;
constexpr std::int64_t kForceGraceNs = kSecondNs;

bool was_crash(const ChildExit& exit) {
    return exit.by_signal && (exit.code == SIGSEGV || exit.code == SIGABRT || exit.code == SIGBUS ||
                              exit.code == SIGILL || exit.code == SIGFPE);
}

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
                       decoder_options(plan_.settings));
    const std::atomic<std::uint32_t>& stop = control_.header().stop;
    while (const auto video = clips_.take(control_.header().sizes.frame_slot_bytes, stop)) {
        try {
            const ReadReport report = reader.read(*video);
            clips_.report(*video, report);
            control_.header().counters.videos_skipped.store(clips_.skipped());
            if (report.outcome == ReadOutcome::kStopped) return;
        } catch (const std::exception& error) {
            // Its stream stays open, so the session ends unfinished and the clip is pending again.
            spdlog::error("reading '{}' broke off: {}", video->path, error.what());
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
    if (signals_.count() > 0) begin_stop();

    while (!ended_) {
        wait_for_events(kTickMs);
        collect_exits();
        settle_dead_tasks();
        if (ended_) break;
        TRY(restart_due());
        kill_stale_workers();
        if (work_is_finished()) break;
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
    report_.frames = counters.frames_admitted.load();
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
        if (events[i].data.fd == signals_.descriptor() && signals_.collect() > 0 &&
            drain_deadline_ns_ == 0) {
            begin_stop();
        }
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
        spdlog::info("reader at {} of '{}', frame {}",
                     clock_text(static_cast<double>(stream.position_us) / 1e6), stream.name,
                     stream.frames);
    }
}

void Session::collect_exits() {
    for (Place& place : places_) {
        if (!place.process) continue;
        const std::optional<ChildExit> exit = place.process->poll_exit();
        if (!exit) continue;
        // Deleted before it is closed: otherwise the set would keep reporting it.
        epoll_ctl(epoll_, EPOLL_CTL_DEL, place.process->pidfd(), nullptr);
        on_exit(place, *exit);
        place.process.reset();
    }
}

void Session::on_exit(Place& place, const ChildExit& exit) {
    const bool progressed = tasks_done() > place.done_at_start;
    place.deaths_in_row = progressed ? 1 : place.deaths_in_row + 1;
    const std::string who = place.role == ChildRole::kScheduler
                                ? std::string("the scheduler")
                                : fmt::format("{} {}", to_string(place.role), place.number);
    control_.header().counters.restarts.fetch_add(1);
    std::size_t leases = 0;
    if (place.role != ChildRole::kScheduler) {
        if (was_crash(exit)) {
            if (const auto audited = audit(control_, 0); !audited.ok()) {
                spdlog::error("{} {}, and {}: going on in new shared memory", who, exit.text(),
                              audited.error().message);
                report_.end = SessionEnd::kDamaged;
                report_.reason = audited.error().message;
                ended_ = true;
                return;
            }
        }
        mark_absent(place.number);
        leases = queue_.give_back(place.number);
        queue_.wake_everyone();
    }
    const bool cannot_load = !exit.by_signal && exit.code == kExitCannotLoad;
    const std::uint32_t budget = cannot_load ? kMaxLoadFailures : plan_.settings.max_restarts;
    if (place.deaths_in_row > budget) {
        report_.end = SessionEnd::kGaveUp;
        report_.reason = fmt::format("{} {} {} times in a row; the log says why: {}", who,
                                     exit.text(), place.deaths_in_row, plan_.log_file);
        ended_ = true;
        return;
    }
    const std::int64_t back_off = std::min(
        kLongestBackOffNs, kFirstBackOffNs << std::min<std::uint32_t>(place.deaths_in_row - 1, 16));
    place.restart_at_ns = monotonic_ns() + back_off;
    spdlog::warn("{} (pid {}) {}; {} of its tasks given back; starting another one", who,
                 place.process->pid(), exit.text(), leases);
}

void Session::mark_absent(std::uint8_t number) {
    WorkerEntry& entry = control_.workers()[number - 1u];
    entry.activity.store(WorkerActivity::kAbsent);
    entry.asleep.store(0);
}

Result<void> Session::restart_due() {
    for (Place& place : places_) {
        if (!place.process && monotonic_ns() >= place.restart_at_ns) TRY(start(place));
    }
    return {};
}

void Session::kill_stale_workers() {
    for (const WorkerGlimpse& worker : worker_glimpses(control_)) {
        if (!worker.busy()) continue;
        const double patience = worker.activity == WorkerActivity::kLoading ? kLoadingPatience : 1;
        if (worker.activity_s < plan_.settings.stale_after_s * patience) continue;
        for (const Place& place : places_) {
            if (place.number != worker.number || !place.process) continue;
            spdlog::error("{} hangs: {} for {:.0f} s; killing it", worker.name(), worker.doing(),
                          worker.activity_s);
            place.process->send_signal(SIGKILL);
        }
    }
}

void Session::settle_dead_tasks() {
    while (const auto task_number = queue_.claim_dead()) {
        const TaskSlot& task = queue_.task(*task_number);
        StreamEntry& stream = control_.streams()[task.stream];
        const auto& video = *reinterpret_cast<const VideoDescription*>(stream.description.data());
        report_.incidents.push_back(
            {std::string(text_of(video.path)), task.category, task.frame_index});
        spdlog::error("{} of frame {} in '{}' was set aside after {} failed attempts",
                      to_string(task.category), task.frame_index, text_of(video.path),
                      control_.header().limits.max_attempts);
        stream.damages.fetch_add(1);
        const bool exclusive = is_exclusive(task.access);
        const std::vector<std::uint32_t> open_tracks = queue_.open_keys(task.stream);
        const StageInput input{
            .task = task,
            .frame = {},
            .state = exclusive ? queue_.current_state(*task_number) : std::span<const std::byte>{},
            .next_state = exclusive ? queue_.next_state(*task_number) : std::span<std::byte>{},
            .video = video,
            .damages = stream.damages.load(),
            .open_tracks = open_tracks,
        };
        Completion completion;
        settle(input, completion);
        queue_.complete(*task_number, completion);
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

std::uint64_t Session::tasks_done() const {
    std::uint64_t sum = 0;
    for (const CategoryQueue& queue : control_.header().queues)
        sum += queue.done.load(std::memory_order_relaxed);
    return sum;
}

// ---------------------------------------------------------------- second phase

void Session::shut_down() {
    ended_ = true;
    control_.header().stop.store(1, std::memory_order_release);
    queue_.wake_everyone();
    join_readers();
    control_.header().terminate.store(1, std::memory_order_release);
    queue_.wake_everyone();
    join_children();
    clips_.return_unfinished();
}

void Session::join_readers() {
    for (std::thread& reader : readers_) reader.join();
    readers_.clear();
}

void Session::join_children() {
    const auto some_left = [this] {
        return std::any_of(places_.begin(), places_.end(),
                           [](const Place& place) { return place.process.has_value(); });
    };
    const auto wait_until = [&](std::int64_t deadline_ns) {
        while (some_left() && monotonic_ns() < deadline_ns) {
            epoll_event events[16];
            epoll_wait(epoll_, events, 16, 10);
            for (Place& place : places_) {
                if (place.process && place.process->poll_exit()) {
                    epoll_ctl(epoll_, EPOLL_CTL_DEL, place.process->pidfd(), nullptr);
                    place.process.reset();
                }
            }
        }
    };
    const auto force = [&](int signal) {
        for (const Place& place : places_) {
            if (!place.process) continue;
            spdlog::warn("{} {} (pid {}) did not leave: sending it signal {} ({})",
                         to_string(place.role), place.number, place.process->pid(), signal,
                         strsignal(signal));
            place.process->send_signal(signal);
            report_.forced += signal == SIGKILL;
        }
    };
    wait_until(monotonic_ns() + plan_.settings.terminate_timeout_s * kSecondNs);
    if (!some_left()) return;
    force(SIGTERM);
    wait_until(monotonic_ns() + kForceGraceNs);
    if (!some_left()) return;
    force(SIGKILL);
    // A killed process ends, unless the kernel itself holds it.
    wait_until(monotonic_ns() + 10 * kForceGraceNs);
}

}  // namespace dashcam
