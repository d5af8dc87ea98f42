// The part of Session that mends: dead and hung processes, and tasks that were set aside.
#include <fmt/format.h>
#include <signal.h>
#include <spdlog/spdlog.h>
#include <sys/epoll.h>

#include <algorithm>

#include "main/session.h"
#include "main/worker_roles.h"
#include "pipeline/stages/stage.h"
#include "pipeline/task_queue/audit.h"
#include "pipeline/task_queue/damage.h"
#include "pipeline/worker_status/worker_status.h"
#include "pipeline/workers/memory_left.h"
#include "shared_memory/monotonic_clock.h"
#include "video/printable_path.h"

namespace dashcam {
namespace {

constexpr std::int64_t kMillisecondNs = 1'000'000;
// Back-off of restarts: doubled with each death in a row.
constexpr std::int64_t kFirstBackOffNs = 50 * kMillisecondNs;
constexpr std::int64_t kLongestBackOffNs = 5'000 * kMillisecondNs;
// Loading a model for the first time may compile it. If a machine is so slow that workers are
// killed before they are ready, and begin anew, they get twice as long each time: else it would go
// on for ever.
constexpr double kLoadingPatience = 5;
constexpr std::uint32_t kMostDoublings = 4;

std::string text_of(const ChildExit& exit) {
    if (!exit.by_signal && exit.code == kExitOutOfMemory)
        return "ended itself, since it got no more memory";
    return exit.text();
}

bool was_crash(const ChildExit& exit) {
    return exit.by_signal && (exit.code == SIGSEGV || exit.code == SIGABRT || exit.code == SIGBUS ||
                              exit.code == SIGILL || exit.code == SIGFPE);
}

}  // namespace

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
    place.doomed = false;
    const std::string who = place.role == ChildRole::kScheduler
                                ? std::string("the scheduler")
                                : fmt::format("{} {}", to_string(place.role), place.number);
    control_.header().counters.restarts.fetch_add(1);
    std::size_t leases = 0;
    if (place.role != ChildRole::kScheduler) {
        if (was_crash(exit)) {
            if (const auto audited = audit(control_, 0); !audited.ok()) {
                spdlog::error("{} {}, and {}: going on in new shared memory", who, text_of(exit),
                              audited.error().message);
                report_.end = SessionEnd::kDamaged;
                report_.reason = audited.error().message;
                ended_ = true;
                return;
            }
        }
        mark_absent(place.number);
        leases = queue_.give_back(place.number, control_.workers()[place.number - 1u].task.load());
        queue_.wake_everyone();
    }
    // A model that is no model stays one, and the database was waited for already.
    if (!exit.by_signal && exit.code == kExitCannotLoad) {
        report_.end = SessionEnd::kCannotLoad;
        report_.reason = control_.workers()[place.number - 1u].farewell.data();
        ended_ = true;
        return;
    }
    // The scheduler has no budget: a run needs it for its display only.
    if (place.role != ChildRole::kScheduler && place.deaths_in_row > plan_.settings.max_restarts) {
        report_.end = SessionEnd::kGaveUp;
        report_.reason = fmt::format("{} {} {} times in a row; the log says why: {}", who,
                                     text_of(exit), place.deaths_in_row, plan_.log_file);
        ended_ = true;
        return;
    }
    const std::int64_t back_off = std::min(
        kLongestBackOffNs, kFirstBackOffNs << std::min<std::uint32_t>(place.deaths_in_row - 1, 16));
    place.restart_at_ns = monotonic_ns() + back_off;
    spdlog::warn("{} (pid {}) {}; {} of its tasks given back; starting another one", who,
                 place.process->pid(), text_of(exit), leases);
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

// Every worker gives a sign of life when it begins or ends an item, and several times a second
// while it has nothing to do; so silence, whatever it was doing, means that it hangs or was
// stopped.
void Session::kill_stale_workers() {
    for (const WorkerGlimpse& worker : worker_glimpses(control_)) {
        const bool loads = worker.activity == WorkerActivity::kLoading ||
                           worker.activity == WorkerActivity::kStarting;
        const double patience_s = plan_.settings.stale_after_s * (loads ? kLoadingPatience : 1.0);
        if (worker.activity == WorkerActivity::kAbsent || worker.silence_s < patience_s) continue;
        for (Place& place : places_) {
            if (place.number != worker.number || !place.process || place.doomed) continue;
            const std::uint32_t doublings = std::min(place.slow_starts, kMostDoublings);
            if (loads && worker.silence_s < patience_s * (1u << doublings)) continue;
            place.slow_starts += loads;
            place.doomed = true;
            spdlog::error("{} hangs: {}, no sign of life for {:.0f} s; killing it", worker.name(),
                          worker.doing(), worker.silence_s);
            place.process->send_signal(SIGKILL);
        }
    }
}

// A second signal means at once: nobody waits for the limit of a worker that is stopped inside the
// lock. Whoever it is, its end frees the lock, and what is leased is done again by the next run.
void Session::while_lock_is_taken() {
    kill_stale_workers();
    if (signals_.collect() < 2) return;
    for (Place& place : places_) {
        if (place.number == 0 || !place.process || place.doomed) continue;
        place.doomed = true;
        ++report_.forced;
        spdlog::warn(
            "{} {} (pid {}): killed, since the queue's lock is taken and there was a "
            "second signal",
            to_string(place.role), place.number, place.process->pid());
        place.process->send_signal(SIGKILL);
    }
}

// A reader or this thread took over the lock of a dead worker, and the words behind it were not
// what this program stored.
void Session::notice_damage() {
    const Damage damage = control_.header().damage.load();
    if (damage == Damage::kNone || ended_) return;
    report_.end = SessionEnd::kDamaged;
    report_.reason = fmt::format("the task queue is damaged: {}", to_text(damage));
    spdlog::error("{}: going on in new shared memory", report_.reason);
    ended_ = true;
}

void Session::settle_dead_tasks() {
    while (const auto task_number = queue_.claim_dead()) {
        const TaskSlot& task = queue_.task(*task_number);
        StreamEntry& stream = control_.streams()[task.stream];
        const auto& video = *reinterpret_cast<const VideoDescription*>(stream.description.data());
        report_.incidents.push_back(
            {std::string(text_of(video.path)), task.category, task.frame_index});
        spdlog::error("{} of frame {} in {} was set aside after {} failed attempts",
                      to_string(task.category), task.frame_index,
                      printable_path(text_of(video.path)), control_.header().limits.max_attempts);
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

}  // namespace dashcam
