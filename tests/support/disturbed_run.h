#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <string>
#include <vector>

#include "stores/testing/store_places.h"
#include "support/program.h"

namespace dashcam {

// For tests that disturb a run: a folder of short clips, and the rows of a run over them that was
// left alone.
class DisturbedRun : public testing::Test {
  public:
    // The program with faults put before it: rules of support/faults_preload.cpp.
    static Program::Options with_faults(const std::string& rules);

  protected:
    static void SetUpTestSuite();
    static void TearDownTestSuite();

    static std::string clips();
    // The rows of the undisturbed run, and how long it took.
    static const std::string& undisturbed_rows();
    static double undisturbed_seconds();
    // DASHCAM_TEST_SEED, or a new one; printed.
    static std::uint64_t test_seed();

    std::string out() const { return folder_.path() + "/out"; }
    // "run CLIPS --out OUT" with two workers of each kind, and more arguments; the last of equal
    // flags counts.
    std::vector<std::string> arguments(const std::vector<std::string>& more = {}) const;

    // A file that rules can be made to wait for ("if:" + marker()).
    std::string marker() const { return folder_.path() + "/marker"; }

    // Waits until the run is well under way: workers are there, and frames went through. False if
    // it ended before.
    bool wait_until_busy(Program& program) const;

    // The rows and the pictures are those of the undisturbed run, and the database is whole.
    void expect_undisturbed_rows(const ProgramEnd& end) const;
    // Runs once more to the end, and expects the same.
    void expect_next_run_finishes() const;
    // No process of the run is left, and so none of its shared memory.
    void expect_nothing_left(const std::vector<pid_t>& children) const;

    TemporaryFolder folder_;
};

std::vector<pid_t> pids_of_children(pid_t pid);

}  // namespace dashcam
