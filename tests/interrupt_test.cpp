#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <filesystem>
#include <thread>

#include "cli/exit_codes.h"
#include "pipeline/task_queue/category.h"
#include "support/disturbed_run.h"
#include "support/processes.h"
#include "support/results.h"

// Ctrl-C and SIGTERM at any time: a snapshot, an orderly end, nothing left, and the next run
// finishes the rest.

namespace dashcam {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class Interrupt : public DisturbedRun {
  protected:
    void expect_snapshot(const ProgramEnd& end) const {
        for (std::size_t i = 0; i < kCategories; ++i) {
            EXPECT_THAT(end.err,
                        HasSubstr("backlog " + std::string(to_string(static_cast<Category>(i))) +
                                  ": ready"));
        }
        EXPECT_THAT(end.err, HasSubstr("frames held: "));
        EXPECT_THAT(end.err, HasSubstr("reader at "));
    }

    void interrupt_in_the_middle(int signal, bool whole_group) const {
        Program program(arguments());
        ASSERT_TRUE(wait_until_busy(program)) << program.wait().text();
        const std::vector<pid_t> children = pids_of_children(program.pid());
        EXPECT_EQ(children.size(), 5u);
        const auto sent = std::chrono::steady_clock::now();
        if (whole_group)
            program.send_signal_to_group(signal);
        else
            program.send_signal(signal);
        const ProgramEnd end = program.wait();
        const double seconds =
            std::chrono::duration<double>(std::chrono::steady_clock::now() - sent).count();
        EXPECT_EQ(end.code, kExitInterrupted) << end.text();
        EXPECT_FALSE(end.by_signal) << end.text();
        EXPECT_LT(seconds, 30 + 10) << "drain and terminate time-outs";
        EXPECT_THAT(end.out, HasSubstr("interrupted")) << end.text();
        EXPECT_THAT(end.out, HasSubstr(" 0 restarts\n")) << end.text();
        expect_snapshot(end);
        expect_nothing_left(children);
        EXPECT_EQ(database_faults(out() + "/dashcam.db"), "");
        EXPECT_NE(dump_of_run(out()), undisturbed_rows()) << "there was nothing left to interrupt";
        expect_next_run_finishes();
    }
};

TEST_F(Interrupt, CtrlCInTheMiddle) { interrupt_in_the_middle(SIGINT, true); }
TEST_F(Interrupt, SigtermInTheMiddle) { interrupt_in_the_middle(SIGTERM, false); }

// A worker that is stopped keeps the queues from draining.
TEST_F(Interrupt, SecondSignalLeavesAtOnce) {
    Program program(arguments({"--terminate-timeout-s", "1"}));
    ASSERT_TRUE(wait_until_busy(program)) << program.wait().text();
    const std::vector<pid_t> children = pids_of_children(program.pid());
    for (std::size_t i = 0; i < 2; ++i)
        kill(child_in_role(program.pid(), "gpu-worker", i), SIGSTOP);
    program.send_signal(SIGINT);
    ASSERT_TRUE(program.wait_for_err("stopping")) << program.wait().text();
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    EXPECT_TRUE(program.running()) << "it did not wait for the workers";
    const auto sent = std::chrono::steady_clock::now();
    program.send_signal(SIGINT);
    const ProgramEnd end = program.wait();
    const double seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - sent).count();
    EXPECT_EQ(end.code, kExitInterrupted) << end.text();
    EXPECT_LT(seconds, 10) << end.text();
    EXPECT_THAT(end.err, HasSubstr("second signal")) << end.text();
    EXPECT_THAT(end.err, HasSubstr("did not leave")) << end.text();
    EXPECT_THAT(end.out, HasSubstr("2 processes had to be killed")) << end.text();
    expect_nothing_left(children);
    expect_next_run_finishes();
}

TEST_F(Interrupt, DrainTimeOutIsKept) {
    Program program(arguments({"--drain-timeout-s", "1", "--terminate-timeout-s", "1"}));
    ASSERT_TRUE(wait_until_busy(program)) << program.wait().text();
    const std::vector<pid_t> children = pids_of_children(program.pid());
    for (std::size_t i = 0; i < 2; ++i)
        kill(child_in_role(program.pid(), "cpu-worker", i), SIGSTOP);
    const auto sent = std::chrono::steady_clock::now();
    program.send_signal(SIGTERM);
    const ProgramEnd end = program.wait();
    const double seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - sent).count();
    EXPECT_EQ(end.code, kExitInterrupted) << end.text();
    // Drain, terminate, a second's grace; and a busy machine.
    EXPECT_LT(seconds, 3 + 10) << end.text();
    EXPECT_THAT(end.err, HasSubstr("did not drain in time")) << end.text();
    expect_nothing_left(children);
    expect_next_run_finishes();
}

// Before there is anything to stop the default action of the signal is right; from then on, an
// orderly end.
TEST_F(Interrupt, RightAfterTheStart) {
    std::mt19937_64 random(test_seed());
    for (int round = 0; round < 6; ++round) {
        Program program(arguments());
        std::this_thread::sleep_for(std::chrono::milliseconds(random() % 400));
        const std::vector<pid_t> children = pids_of_children(program.pid());
        program.send_signal(SIGINT);
        const ProgramEnd end = program.wait();
        EXPECT_FALSE(end.timed_out) << end.text();
        EXPECT_TRUE(end.by_signal ? end.code == SIGINT : end.code == kExitInterrupted)
            << end.text();
        EXPECT_TRUE(all_gone(children, 1.0));
        EXPECT_THAT(processes_with_open_file(out() + "/dashcam.log"), testing::IsEmpty());
    }
    expect_next_run_finishes();
}

}  // namespace
}  // namespace dashcam
