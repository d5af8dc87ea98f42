#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <thread>

#include "cli/exit_codes.h"
#include "support/disturbed_run.h"
#include "support/processes.h"

// Processes that are killed or stopped while they work: the rows are the same.

namespace dashcam {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

class Kill : public DisturbedRun {
  protected:
    // Kills a process of a role in the middle; the run goes on to its end as if nothing had been.
    void kill_in_the_middle(const std::string& role, const std::string& named) const {
        Program program(arguments());
        ASSERT_TRUE(wait_until_busy(program)) << program.wait().text();
        const pid_t victim = child_in_role(program.pid(), role);
        ASSERT_NE(victim, 0);
        kill(victim, SIGKILL);
        const ProgramEnd end = program.wait();
        EXPECT_EQ(end.code, kExitOk) << end.text();
        EXPECT_THAT(end.err, HasSubstr(named + " (pid " + std::to_string(victim) +
                                       ") was killed by signal 9"));
        EXPECT_THAT(end.out, HasSubstr(", 1 restarts\n")) << end.text();
        expect_undisturbed_rows(end);
    }
};

TEST_F(Kill, Scheduler) { kill_in_the_middle("scheduler", "the scheduler"); }
TEST_F(Kill, GpuWorker) { kill_in_the_middle("gpu-worker", "gpu-worker 1"); }
TEST_F(Kill, CpuWorker) { kill_in_the_middle("cpu-worker", "cpu-worker 3"); }

TEST_F(Kill, StoppedWorkerIsTakenForHung) {
    Program program(arguments({"--stale-after-s", "2", "--num-gpu-workers", "1"}));
    ASSERT_TRUE(wait_until_busy(program)) << program.wait().text();
    kill(child_in_role(program.pid(), "gpu-worker"), SIGSTOP);
    const ProgramEnd end = program.wait();
    EXPECT_EQ(end.code, kExitOk) << end.text();
    EXPECT_THAT(end.err, HasSubstr("shows no sign of life")) << end.text();
    EXPECT_THAT(end.err, HasSubstr("hangs")) << end.text();
    expect_undisturbed_rows(end);
}

// The only worker of its pool is stopped while it has nothing to do: the tasks that come then would
// wait for ever.
TEST_F(Kill, WorkerThatIsStoppedWhileIdleIsTakenForHung) {
    Program program(
        arguments({"--stale-after-s", "3", "--num-gpu-workers", "1", "--num-cpu-workers", "1"}));
    ASSERT_TRUE(wait_until_busy(program)) << program.wait().text();
    const pid_t cpu_worker = child_in_role(program.pid(), "cpu-worker");
    const pid_t gpu_worker = child_in_role(program.pid(), "gpu-worker");
    // Without the CPU worker, back-pressure leaves the GPU worker without work.
    kill(cpu_worker, SIGSTOP);
    std::this_thread::sleep_for(milliseconds(1500));
    kill(gpu_worker, SIGSTOP);
    kill(cpu_worker, SIGCONT);
    const ProgramEnd end = program.wait();
    EXPECT_EQ(end.code, kExitOk) << end.text();
    EXPECT_THAT(end.err, HasSubstr("(pid " + std::to_string(gpu_worker) + ") hangs")) << end.text();
    expect_undisturbed_rows(end);
}

TEST_F(Kill, RandomProcessesAllTheTime) {
    constexpr int kKills = 12;
    std::mt19937_64 random(test_seed());
    // No task is set aside for having met too many of these deaths.
    Program program(arguments(
        {"--max-task-attempts", "100", "--max-restarts", "1000", "--stale-after-s", "1"}));
    int kills = 0;
    while (kills < kKills && program.running()) {
        std::this_thread::sleep_for(milliseconds(50 + random() % 500));
        const std::vector<pid_t> children = pids_of_children(program.pid());
        if (children.empty()) continue;
        kill(children[random() % children.size()], random() % 4 == 0 ? SIGSTOP : SIGKILL);
        ++kills;
    }
    const ProgramEnd end = program.wait();
    EXPECT_EQ(end.code, kExitOk) << end.text();
    EXPECT_GE(kills, 3);
    expect_undisturbed_rows(end);
    EXPECT_THAT(processes_with_open_file(out() + "/dashcam.log"), testing::IsEmpty());
}

TEST_F(Kill, Main) {
    for (int round = 0; round < 2; ++round) {
        Program program(arguments());
        ASSERT_TRUE(wait_until_busy(program)) << program.wait().text();
        const std::vector<pid_t> children = pids_of_children(program.pid());
        program.send_signal(SIGKILL);
        const ProgramEnd end = program.wait();
        EXPECT_TRUE(end.by_signal) << end.text();
        expect_nothing_left(children);
    }
    expect_next_run_finishes();
}

}  // namespace
}  // namespace dashcam
