#include "support/disturbed_run.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <thread>

#include "cli/exit_codes.h"
#include "support/footage.h"
#include "support/processes.h"
#include "support/results.h"

namespace dashcam {
namespace {

namespace fs = std::filesystem;

struct Shared {
    TemporaryFolder clips;
    std::string rows;
    double seconds = 0;
};
std::unique_ptr<Shared> shared;

}  // namespace

std::vector<pid_t> pids_of_children(pid_t pid) {
    std::vector<pid_t> pids;
    for (const ProcessGlimpse& child : children_of(pid)) pids.push_back(child.pid);
    return pids;
}

void DisturbedRun::SetUpTestSuite() {
    if (sample_drive().empty()) {
        std::cout
            << "note: samples/drive.mp4 is not there; the clips of this test show no vehicles\n";
    }
    shared = std::make_unique<Shared>();
    mixed_clips(shared->clips.path());
    const TemporaryFolder out;
    const ProgramEnd end =
        run_dashcam({"run", clips(), "--out", out.path(), "--num-cpu-workers", "2"});
    EXPECT_EQ(end.code, kExitOk) << end.text();
    shared->rows = dump_of_run(out.path());
    shared->seconds = end.seconds;
    EXPECT_EQ(crop_faults(out.path()), std::vector<std::string>{});
    std::cout << "undisturbed: " << shared->seconds << " s, " << shared->rows.size()
              << " bytes of rows\n";
}

void DisturbedRun::TearDownTestSuite() { shared.reset(); }

std::string DisturbedRun::clips() { return shared->clips.path(); }
const std::string& DisturbedRun::undisturbed_rows() { return shared->rows; }
double DisturbedRun::undisturbed_seconds() { return shared->seconds; }

std::uint64_t DisturbedRun::test_seed() {
    const char* given = std::getenv("DASHCAM_TEST_SEED");
    const std::uint64_t seed =
        given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device()();
    std::cout << "DASHCAM_TEST_SEED=" << seed << std::endl;
    return seed;
}

std::vector<std::string> DisturbedRun::arguments(const std::vector<std::string>& more) const {
    std::vector<std::string> all{"run", clips(), "--out", out()};
    all.insert(all.end(), more.begin(), more.end());
    for (const char* flag : {"--num-gpu-workers", "--num-cpu-workers"}) {
        if (std::find(all.begin(), all.end(), flag) == all.end())
            all.insert(all.end(), {flag, "2"});
    }
    return all;
}

bool DisturbedRun::wait_until_busy(Program& program) const {
    // A video's row is written when its first frames are on their way, and a GPU worker needs its
    // model first.
    while (program.running()) {
        if (fs::exists(out() + "/dashcam.db-wal") && fs::file_size(out() + "/dashcam.db-wal") > 0 &&
            child_in_role(program.pid(), "cpu-worker") != 0) {
            const auto a_while = std::chrono::duration<double>(0.15 * undisturbed_seconds());
            std::this_thread::sleep_for(a_while);
            return program.running();
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return false;
}

void DisturbedRun::expect_undisturbed_rows(const ProgramEnd& end) const {
    EXPECT_EQ(database_faults(out() + "/dashcam.db"), "") << end.text();
    EXPECT_TRUE(dump_of_run(out()) == undisturbed_rows())
        << end.text() << "\nrows:\n"
        << dump_of_run(out()) << "\nundisturbed:\n"
        << undisturbed_rows();
    EXPECT_THAT(crop_faults(out()), testing::IsEmpty()) << end.text();
}

Program::Options DisturbedRun::with_faults(const std::string& rules) {
    Program::Options options;
    options.environment["LD_PRELOAD"] = DASHCAM_FAULTS_LIBRARY;
    options.environment["DASHCAM_TEST_FAULTS"] = rules;
    return options;
}

void DisturbedRun::expect_next_run_finishes() const {
    const ProgramEnd end = run_dashcam(arguments());
    EXPECT_EQ(end.code, kExitOk) << end.text();
    expect_undisturbed_rows(end);
}

void DisturbedRun::expect_nothing_left(const std::vector<pid_t>& children) const {
    EXPECT_FALSE(children.empty());
    // They were collected by main before it ended; or they die with it, which takes the kernel a
    // moment.
    EXPECT_TRUE(all_gone(children, 1.0));
    EXPECT_THAT(processes_with_open_file(out() + "/dashcam.log"), testing::IsEmpty());
    if (!fs::exists("/dev/shm")) return;
    for (const auto& entry : fs::directory_iterator("/dev/shm")) {
        EXPECT_EQ(entry.path().string().find("dashcam"), std::string::npos) << entry.path();
    }
}

}  // namespace dashcam
