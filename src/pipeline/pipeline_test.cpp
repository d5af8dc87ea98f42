#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/spdlog.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <random>
#include <set>

#include "pipeline/testing/thread_pipeline.h"
#include "stores/memory_store.h"
#include "stores/testing/store_places.h"

namespace dashcam {
namespace {

namespace fs = std::filesystem;

// The time for random schedules, and their number at least: a sanitizer makes each many times as
// long.
constexpr auto kRandomRuns = std::chrono::seconds(12);
constexpr int kLeastRuns = 4;

std::uint64_t test_seed() {
    const char* given = std::getenv("DASHCAM_TEST_SEED");
    const std::uint64_t seed =
        given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device()();
    std::cout << "DASHCAM_TEST_SEED=" << seed << std::endl;
    return seed;
}

// All pictures below a folder: path and content.
std::map<std::string, std::string> pictures(const std::string& folder) {
    std::map<std::string, std::string> found;
    if (!fs::exists(folder + "/crops")) return found;
    for (const auto& entry : fs::recursive_directory_iterator(folder + "/crops")) {
        if (!entry.is_regular_file()) continue;
        std::ifstream file(entry.path(), std::ios::binary);
        found[fs::relative(entry.path(), folder).string()] = {std::istreambuf_iterator<char>(file),
                                                              {}};
    }
    return found;
}

// A database and an output folder of one run's own.
struct Results {
    std::shared_ptr<SharedStore::Core> core = std::make_shared<SharedStore::Core>();
    TemporaryFolder folder;

    Results() { core->store = std::make_unique<MemoryStore>(); }
    Store& store() { return *core->store; }
    std::string dump() { return dashcam::dump(store()).value(); }
};

class Pipeline : public testing::Test {
  protected:
    static void SetUpTestSuite() {
        // Failing tasks are meant to fail here.
        spdlog::set_level(spdlog::level::off);
        FakeDrive::Options options;
        options.format = {480, 300};
        options.lanes = 1;
        options.frames = 150;
        for (std::uint64_t seed = 1; seed <= 3; ++seed) {
            options.seed = seed;
            videos().push_back(
                std::make_unique<FakeVideoFile>("drive" + std::to_string(seed), options));
            options.frames -= 40;
        }
        // Plain: one of everything, nothing goes wrong.
        undisturbed() = std::make_unique<Results>();
        Schedule plain;
        plain.limits.looks_per_frame = 8;
        EXPECT_EQ(
            run_in_threads(all(), plain, undisturbed()->core, undisturbed()->folder.path()).fault,
            "");
    }
    static void TearDownTestSuite() {
        undisturbed().reset();
        videos().clear();
        spdlog::set_level(spdlog::level::info);
    }

    static std::vector<std::unique_ptr<FakeVideoFile>>& videos() {
        static std::vector<std::unique_ptr<FakeVideoFile>> all_videos;
        return all_videos;
    }
    static std::unique_ptr<Results>& undisturbed() {
        static std::unique_ptr<Results> results;
        return results;
    }
    static std::vector<const FakeVideoFile*> all() {
        std::vector<const FakeVideoFile*> pointers;
        for (const auto& video : videos()) pointers.push_back(video.get());
        return pointers;
    }
};

TEST_F(Pipeline, RowsAreTheTruth) {
    for (const auto& video : videos()) {
        const auto row = undisturbed()->store().find_video(video->id()).value();
        ASSERT_TRUE(row.has_value());
        EXPECT_EQ(row->status, VideoStatus::kFinished);
        EXPECT_EQ(row->frames, video->drive().options().frames);
        VehicleFilter filter;
        filter.video = video->id();
        const std::vector<VehicleRow> rows = undisturbed()->store().vehicles(filter).value();
        std::set<std::string> read, painted;
        for (const VehicleRow& vehicle : rows) {
            if (vehicle.tier == "confirmed" || vehicle.tier == "probable")
                read.insert(vehicle.plate);
        }
        for (const FakeDrive::Passage& passage : video->drive().passages()) {
            if (!passage.plate.empty()) painted.insert(passage.plate);
        }
        EXPECT_EQ(read, painted) << video->id();
        EXPECT_EQ(rows.size(), video->drive().passages().size()) << video->id();
    }
}

TEST_F(Pipeline, PicturesAreThoseThatTheRowsName) {
    std::set<std::string> named, there;
    const std::vector<VehicleRow> rows = undisturbed()->store().vehicles({}).value();
    for (const VehicleRow& row : rows) {
        for (const std::string& shot : {row.best_shot, row.plate_shot}) {
            if (!shot.empty()) named.insert(shot);
        }
    }
    for (const auto& [path, content] : pictures(undisturbed()->folder.path())) there.insert(path);
    EXPECT_FALSE(there.empty());
    EXPECT_EQ(there, named);
}

TEST_F(Pipeline, EveryScheduleGivesTheSameRowsAndPictures) {
    std::mt19937_64 random(test_seed());
    const std::string rows = undisturbed()->dump();
    const auto shots = pictures(undisturbed()->folder.path());
    const auto end = std::chrono::steady_clock::now() + kRandomRuns;
    int runs = 0;
    Outcome total;
    while (runs < kLeastRuns || std::chrono::steady_clock::now() < end) {
        const Schedule schedule = random_schedule(random());
        Results results;
        const Outcome outcome =
            run_in_threads(all(), schedule, results.core, results.folder.path());
        ASSERT_EQ(outcome.fault, "") << schedule.text();
        ASSERT_EQ(outcome.set_aside, 0u) << schedule.text();
        ASSERT_EQ(results.dump(), rows) << schedule.text();
        ASSERT_TRUE(pictures(results.folder.path()) == shots) << schedule.text();
        total.deaths += outcome.deaths;
        total.tasks += outcome.tasks;
        ++runs;
    }
    std::cout << runs << " schedules, " << total.tasks << " tasks, " << total.deaths
              << " dead workers\n";
}

TEST_F(Pipeline, StoppedAnywhereTheNextRunFinishesTheRest) {
    std::mt19937_64 random(test_seed());
    const std::string rows = undisturbed()->dump();
    const auto shots = pictures(undisturbed()->folder.path());
    const auto end = std::chrono::steady_clock::now() + kRandomRuns / 2;
    int runs = 0;
    int unfinished = 0;
    while (runs < kLeastRuns || std::chrono::steady_clock::now() < end) {
        Results results;
        Schedule schedule = random_schedule(random());
        schedule.stop_after_tasks = random() % 500;
        const Outcome stopped =
            run_in_threads(all(), schedule, results.core, results.folder.path());
        ASSERT_EQ(stopped.fault, "") << schedule.text();
        const std::vector<VideoRow> rows_then = results.store().videos().value();
        for (const VideoRow& video : rows_then) {
            unfinished += video.status == VideoStatus::kUnfinished;
        }
        const Schedule next = random_schedule(random());
        ASSERT_EQ(run_in_threads(all(), next, results.core, results.folder.path()).fault, "")
            << next.text();
        ASSERT_EQ(results.dump(), rows) << schedule.text() << "\nthen " << next.text();
        ASSERT_TRUE(pictures(results.folder.path()) == shots)
            << schedule.text() << "\nthen " << next.text();
        ++runs;
    }
    EXPECT_GT(unfinished, 0) << "no run was stopped in the middle of a video";
}

// The other videos' rows, and the video's status, when every try of one task fails.
TEST_F(Pipeline, PoisonousTaskIsSetAsideAndTheRestGoesOn) {
    const std::string id = videos()[0]->id();
    const std::uint32_t frames = videos()[0]->drive().options().frames;
    const std::vector<Schedule::Poison> poisons{
        {Category::kVehicleDetect, 17},  {Category::kVehicleTrack, 0},
        {Category::kVehicleTrack, 60},   {Category::kVehicleTrack, frames},  // the end of the video
        {Category::kSummary, frames},     // of the tracks that live until then
        {Category::kFinalWrite, 0},       // the begin
        {Category::kFinalWrite, frames},  // vehicles, and the finish
    };
    for (const Schedule::Poison& poison : poisons) {
        Schedule schedule;
        schedule.gpu_workers = schedule.cpu_workers = 2;
        schedule.limits.looks_per_frame = 8;
        schedule.poison = poison;
        Results results;
        const std::vector<const FakeVideoFile*> one{all()[0]};
        const Outcome outcome = run_in_threads(one, schedule, results.core, results.folder.path());
        const std::string what = std::string(to_string(poison.category)) + " of frame " +
                                 std::to_string(poison.frame_index);
        EXPECT_EQ(outcome.fault, "") << what;
        EXPECT_GE(outcome.set_aside, 1u) << what;
        const auto row = results.store().find_video(id).value();
        EXPECT_TRUE(!row || row->status == VideoStatus::kUnfinished) << what;
        // Without the poison the next run mends it all.
        Results alone;
        schedule.poison.reset();
        run_in_threads(one, schedule, alone.core, alone.folder.path());
        EXPECT_EQ(run_in_threads(one, schedule, results.core, results.folder.path()).fault, "")
            << what;
        EXPECT_EQ(results.dump(), alone.dump()) << what;
        EXPECT_TRUE(pictures(results.folder.path()) == pictures(alone.folder.path())) << what;
    }
}

TEST_F(Pipeline, TightestLimitsOfAllStillFinish) {
    Schedule schedule;
    schedule.readers = 3;
    schedule.frame_slots = 1;
    schedule.tracks_per_stream = 24;
    schedule.limits.looks_per_frame = 8;
    schedule.limits.hard_limit = 8;
    schedule.limits.soft_limit = 1;
    schedule.limits.max_gpu_backlog = 1;
    schedule.limits.max_cpu_backlog = 1;
    Results results;
    EXPECT_EQ(run_in_threads(all(), schedule, results.core, results.folder.path()).fault, "");
    EXPECT_EQ(results.dump(), undisturbed()->dump());
}

}  // namespace
}  // namespace dashcam
