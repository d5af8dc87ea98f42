// The orchestrator with its reader threads, and real processes: workers and scheduler are this
// program, executed anew, as 'dashcam' executes itself. Their networks are fakes. Under the thread
// sanitizer all of them are watched: a race ends its process with an exit code.
#include "main/orchestrator.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string_view>
#include <thread>

#include "inference/fake_networks.h"
#include "main/worker_roles.h"
#include "pipeline/stages/gpu_stages.h"
#include "stores/testing/store_places.h"
#include "video/test_clips.h"

namespace dashcam {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

Result<std::unique_ptr<Stage>> load_fake(Category category) {
    FakeNetworkLoader networks;
    if (category == Category::kVehicleDetect) {
        TRY_ASSIGN(auto detector, networks.load_vehicle_detector());
        return std::unique_ptr<Stage>(std::make_unique<VehicleDetectStage>(std::move(detector)));
    }
    if (category == Category::kPlateDetect) {
        TRY_ASSIGN(auto detector, networks.load_plate_detector());
        return std::unique_ptr<Stage>(std::make_unique<PlateDetectStage>(std::move(detector)));
    }
    TRY_ASSIGN(auto reader, networks.load_text_reader());
    return std::unique_ptr<Stage>(std::make_unique<OcrStage>(std::move(reader)));
}

StageLoader fake_networks(const Settings& settings) {
    return [real = make_stage_loader(settings)](Category category) {
        return pool_of(category) == Pool::kGpu ? load_fake(category) : real(category);
    };
}

class Orchestrator : public testing::Test {
  protected:
    void SetUp() override {
        spdlog::set_level(spdlog::level::err);
        for (int i = 0; i < 5; ++i) {
            const std::string name = "clip" + std::to_string(i) + ".mp4";
            paths_.push_back(clips_.make(
                name, "-f lavfi -i testsrc2=size=" + std::to_string(160 + 32 * i) +
                          "x120:rate=15 -frames:v 30 -c:v libx264 -preset ultrafast -threads 1"));
        }
        plan_.settings.out = folder_.path() + "/out";
        plan_.settings.db = plan_.settings.out + "/dashcam.db";
        plan_.settings.hud = "off";
        plan_.settings.num_video_readers = 3;
        plan_.settings.num_gpu_workers = 1;
        plan_.settings.num_cpu_workers = 2;
        plan_.settings_hash = "settings 1";
        plan_.log_file = plan_.settings.out + "/dashcam.log";
        fs::create_directories(plan_.settings.out);
    }
    RunReport run() {
        Signals signals;
        auto report = run_pipeline(plan_, paths_, Redo::kNo, signals);
        EXPECT_TRUE(report.ok()) << report.error().message;
        return report.ok() ? *report : RunReport{};
    }
    std::string rows() const {
        const auto store = open_store(plan_.settings.db, Access::kReadOnly);
        EXPECT_TRUE(store.ok()) << store.error().message;
        return store.ok() ? dump(**store).value() : "";
    }
    std::size_t finished() const {
        std::size_t count = 0;
        const auto store = open_store(plan_.settings.db, Access::kReadOnly);
        for (const VideoRow& row : (*store)->videos().value())
            count += row.status == VideoStatus::kFinished;
        return count;
    }
    std::string log() const {
        std::ifstream file(plan_.log_file);
        return {std::istreambuf_iterator<char>(file), {}};
    }
    // Children of this process that are workers; from the outside, as somebody who kills them.
    static std::vector<pid_t> workers() {
        std::vector<pid_t> found;
        const std::string self = "/proc/self/task/" + std::to_string(getpid()) + "/children";
        std::ifstream children(self);
        for (pid_t pid = 0; children >> pid;) {
            std::ifstream line("/proc/" + std::to_string(pid) + "/cmdline");
            const std::string words{std::istreambuf_iterator<char>(line), {}};
            if (words.find("-worker") != std::string::npos) found.push_back(pid);
        }
        return found;
    }

    ClipFolder clips_;
    TemporaryFolder folder_;
    std::vector<std::string> paths_;
    RunPlan plan_;
};

// No restart: so no process ended itself over a race or a leak.
TEST_F(Orchestrator, RunsWithReadersAndProcesses) {
    const RunReport report = run();
    EXPECT_EQ(report.end, SessionEnd::kFinished) << report.reason;
    EXPECT_EQ(report.restarts, 0u) << log();
    EXPECT_EQ(report.forced, 0u) << log();
    EXPECT_EQ(report.frames, 5u * 30u);
    EXPECT_EQ(finished(), paths_.size());
}

TEST_F(Orchestrator, WorkersAreKilledWhileReadersRead) {
    run();
    const std::string undisturbed = rows();
    plan_.settings.out += "2";
    plan_.settings.db = plan_.settings.out + "/dashcam.db";
    plan_.log_file = plan_.settings.out + "/dashcam.log";
    fs::create_directories(plan_.settings.out);
    std::atomic<bool> over = false;
    std::thread killer([&] {
        for (std::size_t i = 0; !over && i < 6; ++i) {
            std::this_thread::sleep_for(milliseconds(150));
            const std::vector<pid_t> living = workers();
            if (!living.empty()) kill(living[i % living.size()], SIGKILL);
        }
    });
    const RunReport report = run();
    over = true;
    killer.join();
    EXPECT_EQ(report.end, SessionEnd::kFinished) << report.reason;
    EXPECT_GT(report.restarts, 0u);
    EXPECT_EQ(rows(), undisturbed);
}

// A SIGINT as soon as workers are there.
TEST_F(Orchestrator, IsInterruptedAndGoesOn) {
    RunReport report;
    {
        std::atomic<bool> over = false;
        // Blocks them in this thread, and so in all that it starts.
        Signals signals;
        std::thread impatient([&] {
            while (!over && workers().empty()) std::this_thread::sleep_for(milliseconds(5));
            std::this_thread::sleep_for(milliseconds(100));
            kill(getpid(), SIGINT);
        });
        auto first = run_pipeline(plan_, paths_, Redo::kNo, signals);
        over = true;
        impatient.join();
        signals.collect();
        ASSERT_TRUE(first.ok()) << first.error().message;
        report = *first;
    }
    EXPECT_TRUE(report.end == SessionEnd::kInterrupted || finished() == paths_.size());
    EXPECT_EQ(run().end, SessionEnd::kFinished);
    EXPECT_EQ(finished(), paths_.size());
}

// What 'dashcam' does with the same arguments (cli/internal_commands.cpp).
int child(int argc, char** argv) {
    const std::string_view role = argv[1];
    int main_pid = 0;
    int number = 1;
    for (int i = 2; i + 1 < argc; i += 2) {
        (std::string_view(argv[i]) == "--main-pid" ? main_pid : number) = std::atoi(argv[i + 1]);
    }
    if (role == "internal-scheduler") return scheduler_main(main_pid);
    return worker_main(role == "internal-gpu-worker" ? Pool::kGpu : Pool::kCpu,
                       static_cast<std::uint8_t>(number), main_pid, fake_networks);
}

}  // namespace
}  // namespace dashcam

int main(int argc, char** argv) {
    if (argc > 1 && std::string_view(argv[1]).starts_with("internal-"))
        return dashcam::child(argc, argv);
    testing::InitGoogleTest(&argc, argv);
    return RUN_ALL_TESTS();
}
