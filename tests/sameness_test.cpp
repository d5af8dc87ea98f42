#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <iostream>

#include "cli/exit_codes.h"
#include "support/disturbed_run.h"
#include "support/results.h"

// The same clips give the same rows, byte for byte, however the work is shared out.

namespace dashcam {
namespace {

class Sameness : public DisturbedRun {
  protected:
    void expect_same_rows(const std::vector<std::string>& settings) const {
        std::vector<std::string> all{"run", clips(), "--out", out()};
        all.insert(all.end(), settings.begin(), settings.end());
        const ProgramEnd end = run_dashcam(all);
        EXPECT_EQ(end.code, kExitOk) << end.text();
        expect_undisturbed_rows(end);
        std::cout << end.seconds << " s\n";
    }
    static std::vector<std::string> workers(const char* gpu, const char* cpu, const char* readers) {
        return {"--num-gpu-workers", gpu, "--num-cpu-workers", cpu, "--num-video-readers", readers};
    }
};

TEST_F(Sameness, OneOfEverything) { expect_same_rows(workers("1", "1", "1")); }
TEST_F(Sameness, TwoFourTwo) { expect_same_rows(workers("2", "4", "2")); }
TEST_F(Sameness, ThreeTwoFour) { expect_same_rows(workers("3", "2", "4")); }

TEST_F(Sameness, TightestLimits) {
    expect_same_rows({"--queue-hard-limit", "8", "--queue-soft-limit", "1", "--max-gpu-backlog",
                      "1", "--max-cpu-backlog", "1", "--frame-store-mb", "16",
                      "--num-video-readers", "3", "--gpu-batch", "1"});
}

TEST_F(Sameness, WidestLimits) {
    expect_same_rows({"--queue-hard-limit", "4096", "--queue-soft-limit", "4096",
                      "--max-gpu-backlog", "1024", "--max-cpu-backlog", "1024", "--frame-store-mb",
                      "512", "--num-video-readers", "4", "--gpu-batch", "16", "--decoder-threads",
                      "3"});
}

// Rows of an earlier pass are replaced by the same ones.
TEST_F(Sameness, DoneAgain) {
    expect_same_rows(workers("2", "2", "1"));
    expect_same_rows({"--redo"});
}

}  // namespace
}  // namespace dashcam
