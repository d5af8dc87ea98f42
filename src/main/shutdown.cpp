// The part of Session that ends it: everybody leaves, stragglers are forced.
#include <signal.h>
#include <spdlog/spdlog.h>
#include <sys/epoll.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <thread>

#include "main/session.h"
#include "pipeline/task_queue/audit.h"
#include "pipeline/task_queue/queue_lock.h"
#include "shared_memory/monotonic_clock.h"

namespace dashcam {
namespace {

constexpr std::int64_t kSecondNs = 1'000'000'000;
constexpr std::int64_t kForceGraceNs = kSecondNs;

}  // namespace

void Session::shut_down() {
    set_lock_wait_hook(nullptr, nullptr);
    ended_ = true;
    control_.header().stop.store(1, std::memory_order_release);
    queue_.wake_everyone();
    bool readers_left = join_readers(plan_.settings.terminate_timeout_s * kSecondNs);
    control_.header().terminate.store(1, std::memory_order_release);
    queue_.wake_everyone();
    join_children();
    // A reader may have waited for the queue's lock, and its owner was stopped; that one is dead
    // now.
    if (!readers_left) readers_left = join_readers(kForceGraceNs);
    if (!readers_left) {
        // The thread cannot be ended, and what it uses must not go away under it. All rows are
        // committed; the next run does the clip again.
        spdlog::error(
            "a video reader is stuck in the operating system (a dead disk or network "
            "share?): leaving without it");
        clips_.end_journal();
        std::_Exit(kExitStuckReader);
    }
    clips_.return_unfinished();
}

bool Session::join_readers(std::int64_t timeout_ns) {
    const std::int64_t deadline_ns = monotonic_ns() + timeout_ns;
    while (readers_running_.load() > 0 && monotonic_ns() < deadline_ns) {
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    if (readers_running_.load() > 0) return false;
    for (std::thread& reader : readers_) reader.join();
    readers_.clear();
    return true;
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

void Session::audit_at_end() {
    const bool some_left = std::any_of(places_.begin(), places_.end(), [](const Place& place) {
        return place.process.has_value();
    });
    // A process that even SIGKILL could not end may hold the lock.
    if (some_left || report_.end == SessionEnd::kDamaged) return;
    const auto audited = audit(control_, 0);
    if (audited.ok()) {
        spdlog::debug("the queue's invariants hold at the end");
        return;
    }
    spdlog::error("the task queue was damaged: {}", audited.error().message);
    if (report_.end != SessionEnd::kFinished) return;
    report_.end = SessionEnd::kDamaged;
    report_.reason = audited.error().message;
}

}  // namespace dashcam
