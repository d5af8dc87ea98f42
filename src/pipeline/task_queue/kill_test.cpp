// Worker processes are killed at random instructions while the miniature pipeline runs. Nothing may
// be lost, nothing done twice, and every audit must pass.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <iostream>
#include <random>

#include "pipeline/task_queue/miniature_pipeline.h"
#include "pipeline/task_queue/queue_lock.h"
#include "pipeline/task_queue/queue_test_support.h"
#include "shared_memory/futex.h"
#include "shared_memory/monotonic_clock.h"

namespace dashcam {
namespace {

using namespace dashcam::test;

constexpr std::uint32_t kWorkers = 4;
constexpr std::uint32_t kMostVideos = 100'000;
constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kStallNs = 10 * kSecond;  // no commit for so long: somebody waits for ever

// What happens to a worker besides its work.
struct Danger {
    const char* name;
    std::uint32_t life_us;  // it dies at a random time before this, whatever it does then; 0: never
    std::uint32_t kill_point_odds;  // one in so many kill points between the operations; 0: never
    std::uint32_t frames, streams;
    QueueLimits limits;
    std::uint32_t stop_odds = 0;  // one in so many points between: it is stopped or hangs, with the
                                  // lock; 0: never
    double seconds = 3;
};

// A worker without a sign of life for so long is killed, as main does it.
constexpr std::int64_t kStaleNs = 2500 * kSecond / 1000;
// What a worker says of itself before it stops (in WorkerEntry::frame_index), so that the test can
// tell whether the right one was killed.
constexpr std::uint32_t kStopsNow = 4711;

// Rows in memory of their own, so that they outlive the workers that write them.
class SharedRows {
  public:
    SharedRows() {
        data_ = mmap(nullptr, kBytes, PROT_READ | PROT_WRITE,
                     MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        EXPECT_NE(data_, MAP_FAILED);
    }
    ~SharedRows() { munmap(data_, kBytes); }
    SharedRows(const SharedRows&) = delete;
    SharedRows& operator=(const SharedRows&) = delete;
    std::span<VideoRows> all() const { return {static_cast<VideoRows*>(data_), kMostVideos}; }

  private:
    static constexpr std::size_t kBytes = sizeof(VideoRows) * kMostVideos;
    void* data_;
};

// SIGKILL from the kernel to this process, after `delay_us`.
void die_in(std::uint64_t delay_us) {
    sigevent event{};
    event.sigev_notify = SIGEV_SIGNAL;
    event.sigev_signo = SIGKILL;
    timer_t timer{};
    CHECK(timer_create(CLOCK_MONOTONIC, &event, &timer) == 0);
    const auto nanoseconds = static_cast<long>(delay_us * 1000 + 1);
    const itimerspec when{{0, 0}, {nanoseconds / kSecond, nanoseconds % kSecond}};
    CHECK(timer_settime(timer, 0, &when, nullptr) == 0);
}

// Never comes back. Half a change of the derived state is left behind.
[[noreturn]] void stop_with_the_lock(const ControlRegion& control, std::uint8_t actor,
                                     std::uint64_t how) {
    control.workers()[actor - 1u].frame_index = kStopsNow;
    const QueueLock lock(control, actor);
    ControlHeader& header = control.header();
    header.free_tasks += 1;
    header.charge += 1;
    if (how % 2 == 0) raise(SIGSTOP);
    for (;;) pause();
}

// A worker process's main loop. Workers 1 and 2 are of the GPU pool, 3 and 4 of the CPU pool.
[[noreturn]] void run_worker(const ControlRegion& control, std::uint8_t actor,
                             std::span<VideoRows> rows, const Danger& danger, std::uint64_t seed) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    std::mt19937_64 random(seed);
    if (danger.life_us > 0) die_in(random() % danger.life_us);
    auto kill_point = [&] {
        if (danger.kill_point_odds > 0 && random() % danger.kill_point_odds == 0)
            kill(getpid(), SIGKILL);
        if (danger.stop_odds > 0 && random() % danger.stop_odds == 0)
            stop_with_the_lock(control, actor, random());
    };
    const Pool pool = actor <= 2 ? Pool::kGpu : Pool::kCpu;
    TaskQueue queue(control, actor);
    WorkerEntry& entry = control.workers()[actor - 1u];
    set_lock_wait_hook(
        [](void* self) { static_cast<WorkerEntry*>(self)->heartbeat_ns = monotonic_ns(); }, &entry);
    entry.pool = static_cast<std::uint32_t>(index(pool));
    WakeWord& work = control.header().work[index(pool)];
    std::optional<Category> current;
    while (control.header().terminate.load() == 0) {
        const std::uint32_t seen = work.value.load();
        entry.heartbeat_ns = monotonic_ns();
        entry.asleep = 1;
        current = queue.busiest(pool, current);
        if (!current) futex_wait(work.value, seen, 1000);
        entry.asleep = 0;
        if (!current) continue;
        std::array<std::uint32_t, 3> batch{};
        const std::size_t count = queue.claim(*current, batch);
        for (std::size_t i = 0; i < count; ++i) {
            kill_point();
            const Completion completion = run_stage(queue, batch[i], rows);
            kill_point();
            if (random() % 32 == 0) {
                queue.fail(batch[i]);
            } else {
                queue.complete(batch[i], completion);
            }
            kill_point();
        }
    }
    _exit(0);
}

class KillTest : public testing::TestWithParam<Danger> {
  protected:
    KillTest()
        : control(make_queue(miniature_sizes(GetParam().frames, GetParam().streams, kWorkers),
                             GetParam().limits)),
          reader(control, kMostVideos),
          main(control, 0) {
        set_lock_wait_hook([](void* self) { static_cast<KillTest*>(self)->kill_stale(); }, this);
    }
    ~KillTest() override {
        set_lock_wait_hook(nullptr, nullptr);
        for (const pid_t pid : pids) {
            if (pid <= 0) continue;
            kill(pid, SIGKILL);
            waitpid(pid, nullptr, 0);
        }
    }

    void start(std::uint8_t actor) {
        const std::uint64_t seed = random();
        control.workers()[actor - 1u].frame_index = 0;
        control.workers()[actor - 1u].heartbeat_ns = monotonic_ns();
        const pid_t pid = fork();
        ASSERT_GE(pid, 0);
        if (pid == 0) run_worker(control, actor, rows.all(), GetParam(), seed);
        pids[actor] = pid;
    }
    // What main does about silence, also while it waits for the lock itself.
    void kill_stale() {
        for (std::uint8_t actor = 1; actor <= kWorkers; ++actor) {
            const WorkerEntry& entry = control.workers()[actor - 1u];
            if (pids[actor] <= 0 || monotonic_ns() - entry.heartbeat_ns.load() < kStaleNs) continue;
            EXPECT_EQ(entry.frame_index.load(), kStopsNow) << "a worker that lives was killed";
            kill(pids[actor], SIGKILL);
            ++stopped;
        }
    }
    // What main does about a death: leases back, everyone awake, a new worker.
    void bury_the_dead() {
        for (std::uint8_t actor = 1; actor <= kWorkers; ++actor) {
            int status = 0;
            if (waitpid(pids[actor], &status, WNOHANG) != pids[actor]) continue;
            stopped_dead += control.workers()[actor - 1u].frame_index.load() == kStopsNow;
            ASSERT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
                << "a worker ended by itself: " << status;
            ++deaths;
            pids[actor] = 0;
            leases_lost += main.give_back(actor);
            main.wake_everyone();
            ASSERT_SOUND(control);
            start(actor);
        }
    }
    void settle() {
        while (const std::optional<std::uint32_t> dead = main.claim_dead()) {
            main.complete(*dead, run_stage(main, *dead, rows.all()));
            ++settled;
        }
    }
    std::uint64_t commits() const {
        std::uint64_t sum = 0;
        for (const TaskSlot& slot : control.tasks()) sum += slot.word.load().generation;
        return sum;
    }
    void run_until_drained(double seconds) {
        const std::int64_t end = monotonic_ns() + static_cast<std::int64_t>(seconds * kSecond);
        std::int64_t last_progress = monotonic_ns();
        std::uint64_t last_commits = 0;
        while (!reader.done() || snapshot(control).alive() > 0) {
            if (monotonic_ns() > end) reader.stop_opening();
            const std::uint32_t seen = main.room_events();
            const bool progress = reader.step(random);
            ASSERT_NO_FATAL_FAILURE(bury_the_dead());
            settle();
            if (!progress) main.wait_for_room(seen, 1);
            if (commits() != last_commits) {
                last_commits = commits();
                last_progress = monotonic_ns();
            }
            ASSERT_LT(monotonic_ns() - last_progress, kStallNs) << "nothing commits any more";
        }
    }

    std::mt19937_64 random;
    ControlRegion control;
    SharedRows rows;
    MiniatureReader reader;
    TaskQueue main;
    std::array<pid_t, kWorkers + 1> pids{};
    std::uint64_t deaths = 0;
    std::uint64_t leases_lost = 0;
    std::uint64_t settled = 0;
    std::uint64_t stopped = 0;       // signals to the silent
    std::uint64_t stopped_dead = 0;  // of the dead, those that had stopped
};

TEST_P(KillTest, EveryTaskCommitsOnceWhoeverDies) {
#if defined(__SANITIZE_THREAD__)
    GTEST_SKIP() << "SKIPPED: the thread sanitizer sees one process only, and does not know that a "
                    "lock can be inherited from a dead owner";
#endif
    random.seed(test_seed());
    const char* given = std::getenv("DASHCAM_KILL_SECONDS");
    for (std::uint8_t actor = 1; actor <= kWorkers; ++actor) ASSERT_NO_FATAL_FAILURE(start(actor));
    ASSERT_NO_FATAL_FAILURE(
        run_until_drained(given != nullptr ? std::atof(given) : GetParam().seconds));
    control.header().terminate = 1;
    main.wake_everyone();
    ASSERT_SOUND(control);

    std::array<std::uint64_t, kCategories> expected{};
    std::uint64_t tasks = 0;
    for (std::uint32_t video = 0; video < reader.opened(); ++video) {
        const Reference reference = reference_of(video);
        ASSERT_EQ(rows.all()[video], reference.rows) << "video " << video;
        for (std::size_t i = 0; i < kCategories; ++i) expected[i] += reference.tasks[i];
    }
    std::uint64_t uncounted =
        0;  // `done` may miss a commit whose worker died with the next instructions
    for (std::size_t i = 0; i < kCategories; ++i) {
        const std::uint64_t done = snapshot(control).categories[i].done;
        EXPECT_LE(done, expected[i]) << to_string(static_cast<Category>(i));
        uncounted += expected[i] - done;
        tasks += expected[i];
    }
    EXPECT_LE(uncounted, deaths);
    EXPECT_EQ(commits(), tasks);  // exactly once: the generations count commits, in the same store
    EXPECT_EQ(control.header().free_tasks, control.header().sizes.task_slots);
    EXPECT_EQ(snapshot(control).frames_held, 0u);
    EXPECT_EQ(snapshot(control).charge, 0u);
    for (const StateSlot& state : control.states())
        EXPECT_EQ(state.word.load().life, StateLife::kFree);
    std::cout << reader.opened() << " videos, " << tasks << " commits, " << deaths << " kills, "
              << leases_lost << " leases given back, " << control.header().counters.rebuilds.load()
              << " rebuilds, " << settled << " tasks set aside and settled, " << uncounted
              << " commits missing in the counters, " << stopped_dead
              << " stopped with the lock and found\n";
    EXPECT_EQ(stopped_dead > 0, GetParam().stop_odds > 0);
}

INSTANTIATE_TEST_SUITE_P(
    , KillTest,
    testing::Values(Danger{"Nobody", 0, 0, 6, 3, wide_limits()},
                    Danger{"AtRandomTimes", 1500, 0, 6, 3, wide_limits()},
                    Danger{"AtKillPoints", 0, 12, 6, 3, wide_limits()},
                    Danger{"BothWithTheTightestLimits", 3000, 200, 2, 2, tightest_limits()},
                    Danger{"StoppedWithTheLock", 0, 0, 6, 3, wide_limits(), 2000, 8}),
    [](const auto& danger) { return danger.param.name; });

}  // namespace
}  // namespace dashcam
