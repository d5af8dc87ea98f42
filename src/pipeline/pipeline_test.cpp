#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <random>
#include <set>
#include <thread>

#include "base/mutex.h"
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

// Schedules to try. DASHCAM_TEST_ROUNDS asks for exactly so many, for the long run.
class Rounds {
  public:
    explicit Rounds(std::chrono::milliseconds time)
        : end_(std::chrono::steady_clock::now() + time) {
        if (const char* given = std::getenv("DASHCAM_TEST_ROUNDS")) exactly_ = std::atoi(given);
    }
    bool next() {
        const bool more = exactly_ > 0
                              ? done_ < exactly_
                              : done_ < kLeastRuns || std::chrono::steady_clock::now() < end_;
        done_ += more;
        return more;
    }
    int done() const { return done_; }

  private:
    std::chrono::steady_clock::time_point end_;
    int exactly_ = 0;
    int done_ = 0;
};

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
    Rounds rounds(kRandomRuns);
    Outcome total;
    while (rounds.next()) {
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
        if (rounds.done() % 100 == 0) std::cout << rounds.done() << " schedules" << std::endl;
    }
    std::cout << rounds.done() << " schedules, " << total.tasks << " tasks, " << total.deaths
              << " dead workers\n";
}

TEST_F(Pipeline, StoppedAnywhereTheNextRunFinishesTheRest) {
    std::mt19937_64 random(test_seed());
    const std::string rows = undisturbed()->dump();
    const auto shots = pictures(undisturbed()->folder.path());
    Rounds rounds(kRandomRuns / 2);
    int unfinished = 0;
    while (rounds.next()) {
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
    }
    std::cout << rounds.done() << " interrupted schedules, " << unfinished
              << " videos finished by the next run\n";
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

// Resident memory and open descriptors of this process, looked at while something runs.
class Footprint {
  public:
    Footprint() : thread_([this] { watch(); }) {}
    ~Footprint() {
        stop_ = true;
        thread_.join();
    }
    // How much of it there is at most in a part of the time so far: from 0 to 1.
    std::size_t most_kib(double from, double to) {
        const MutexLock lock(mutex_);
        return most(kib_, from, to);
    }
    std::size_t most_files(double from, double to) {
        const MutexLock lock(mutex_);
        return most(files_, from, to);
    }

  private:
    void watch() {
        while (!stop_) {
            std::size_t total = 0;
            std::size_t resident = 0;
            std::ifstream("/proc/self/statm") >> total >> resident;
            const auto files = std::distance(fs::directory_iterator("/proc/self/fd"), {});
            {
                const MutexLock lock(mutex_);
                kib_.push_back(resident * 4);
                files_.push_back(static_cast<std::size_t>(files));
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
        }
    }
    static std::size_t most(const std::vector<std::size_t>& values, double from, double to) {
        const auto count = static_cast<double>(values.size());
        const auto begin = values.begin() + static_cast<std::ptrdiff_t>(from * count);
        const auto end = values.begin() + static_cast<std::ptrdiff_t>(to * count);
        return begin == end ? 0 : *std::max_element(begin, end);
    }

    Mutex mutex_;
    std::vector<std::size_t> kib_ GUARDED_BY(mutex_);
    std::vector<std::size_t> files_ GUARDED_BY(mutex_);
    std::atomic<bool> stop_ = false;
    std::thread thread_;
};

// Hours of video in one go (DASHCAM_TEST_HOURS, ten for the long run; three minutes otherwise): all
// counters agree in the end, each clip has the rows of any other, and memory stays as it was.
TEST_F(Pipeline, HoursOfVideoCountUp) {
    constexpr std::uint32_t kFramesPerSecond = 30;
    constexpr std::uint32_t kFramesPerClip = 60 * kFramesPerSecond;
    const char* given = std::getenv("DASHCAM_TEST_HOURS");
    const double hours = given != nullptr ? std::atof(given) : 0.05;
    const auto clips = static_cast<std::uint32_t>(hours * 60 + 0.5);

    FakeDrive::Options options;
    options.format = {480, 300};
    options.lanes = 1;
    options.frames = 150;
    options.seed = 1;
    std::vector<std::unique_ptr<FakeVideoFile>> files;
    std::vector<const FakeVideoFile*> pointers;
    const auto clip = std::make_shared<FakeVideoFile>("", options, kFramesPerClip / 150);
    for (std::uint32_t i = 0; i < clips; ++i) {
        files.push_back(clip->copy("clip" + std::to_string(10'000 + i)));
        pointers.push_back(files.back().get());
    }
    Schedule schedule;
    schedule.gpu_workers = schedule.cpu_workers = schedule.readers = 2;
    schedule.frame_slots = 16;
    schedule.batch = 4;
    schedule.tracks_per_stream = 64;
    schedule.limits.looks_per_frame = 8;
    Results results;
    results.core->store =
        open_store(results.folder.path() + "/rows.sqlite", Access::kReadWrite).value();
    Footprint footprint;
    const Outcome outcome = run_in_threads(pointers, schedule, results.core, results.folder.path());
    const std::size_t early = footprint.most_kib(0.1, 0.3), late = footprint.most_kib(0.7, 1);
    const std::size_t files_early = footprint.most_files(0.1, 0.3),
                      files_late = footprint.most_files(0.7, 1);

    ASSERT_EQ(outcome.fault, "");
    EXPECT_EQ(outcome.set_aside, 0u);
    const auto done = [&](Category category) { return outcome.done[index(category)]; };
    const std::uint64_t frames = std::uint64_t{clips} * kFramesPerClip;
    const std::vector<VehicleRow> vehicles = results.store().vehicles({}).value();
    EXPECT_EQ(outcome.frames_admitted, frames);
    EXPECT_EQ(outcome.frames_released, frames);
    EXPECT_EQ(done(Category::kVehicleDetect), frames);
    EXPECT_EQ(done(Category::kVehicleTrack), frames + clips);  // and the end of each video
    EXPECT_GT(done(Category::kPlateDetect), 0u);
    EXPECT_EQ(done(Category::kOcr), done(Category::kPlateSmooth));
    EXPECT_GE(done(Category::kPlateDetect), done(Category::kOcr));
    EXPECT_EQ(done(Category::kFinalWrite), done(Category::kSummary) + 2 * clips);
    EXPECT_GE(done(Category::kSummary), vehicles.size());
    EXPECT_GT(vehicles.size(), 0u);
    EXPECT_EQ(vehicles.size() % clips, 0u) << "clips of the same content have other rows";
    EXPECT_EQ(outcome.commits, outcome.tasks);
    const std::vector<VideoRow> rows = results.store().videos().value();
    ASSERT_EQ(rows.size(), clips);
    for (const VideoRow& row : rows) {
        EXPECT_EQ(row.status, VideoStatus::kFinished);
        EXPECT_EQ(row.frames, kFramesPerClip);
    }
    std::cout << frames << " frames of " << clips << " clips (" << hours << " hours), "
              << outcome.commits << " commits, " << vehicles.size() << " vehicles; memory " << early
              << " KiB early, " << late << " KiB late; descriptors " << files_early << " and "
              << files_late << "\n";
    if (hours < 1) return;  // too short to tell a leak from a start
    EXPECT_LT(late, early + 16 * 1024);
    EXPECT_LE(files_late, files_early + 4);
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
