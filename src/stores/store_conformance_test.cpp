// What every kind of store has to do, written once.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmath>
#include <limits>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "stores/store.h"
#include "stores/testing/sample_rows.h"
#include "stores/testing/store_places.h"

namespace dashcam {
namespace {

using namespace std::string_literals;

#define ASSERT_OK(expression)                                                      \
    do {                                                                           \
        const auto& result = (expression);                                         \
        ASSERT_TRUE(result.ok()) << #expression << ": " << result.error().message; \
    } while (false)

std::string dump_of(Store& store) {
    const auto text = dump(store);
    EXPECT_TRUE(text.ok()) << text.error().message;
    return text.ok() ? *text : "";
}

// By value: a range-for over value() of a temporary would outlive it.
template <typename T>
T taken(Result<T> result) {
    EXPECT_TRUE(result.ok()) << result.error().message;
    return std::move(result).value();
}

class StoreConformance : public testing::TestWithParam<const char*> {
  protected:
    void SetUp() override {
        place_ = make_place(GetParam());
        if (!place_) GTEST_SKIP() << PrivatePostgres::skip_message();
        auto store = open_store(place_->url(), Access::kReadWrite);
        ASSERT_OK(store);
        store_ = std::move(store).value();
    }
    bool in_memory() const { return std::string(GetParam()) == "memory"; }

    std::vector<VehicleRow> all_vehicles() { return taken(store_->vehicles({})); }
    // A begun video with vehicles 1 to `vehicles`, each with two readings.
    VideoRow add_video(std::uint32_t number, std::uint32_t vehicles) {
        VideoRow video = sample_video(random_, sample_id(number));
        EXPECT_TRUE(store_->begin_video(video).ok());
        for (std::uint32_t track = 1; track <= vehicles; ++track) {
            const VehicleRow vehicle = sample_vehicle(random_, video.id, track);
            const auto written =
                store_->write_vehicle(vehicle, sample_readings(random_, vehicle, 2));
            EXPECT_TRUE(written.ok()) << written.error().message;
        }
        return video;
    }
    std::vector<std::uint32_t> tracks_of(const std::string& video) {
        VehicleFilter filter;
        filter.video = video;
        std::vector<std::uint32_t> tracks;
        for (const VehicleRow& row : taken(store_->vehicles(filter))) tracks.push_back(row.track);
        return tracks;
    }

    Random random_{test_seed()};
    std::unique_ptr<StorePlace> place_;
    std::unique_ptr<Store> store_;
};

TEST_P(StoreConformance, IsEmptyAtFirst) {
    EXPECT_TRUE(taken(store_->videos()).empty());
    EXPECT_TRUE(taken(store_->vehicles({})).empty());
    EXPECT_TRUE(taken(store_->readings(sample_id(1), 1)).empty());
    EXPECT_TRUE(taken(store_->runs()).empty());
    EXPECT_FALSE(taken(store_->find_video(sample_id(1))).has_value());
    EXPECT_EQ(dump_of(*store_), "");
}

TEST_P(StoreConformance, GivesRowsBackBitForBit) {
    std::vector<VehicleRow> vehicles;
    for (std::uint32_t number = 0; number < 5; ++number) {
        const VideoRow video = sample_video(random_, sample_id(number));
        ASSERT_OK(store_->begin_video(video));
        for (std::uint32_t track = 1; track <= 20; ++track) {
            const VehicleRow vehicle = sample_vehicle(random_, video.id, track);
            const auto readings = sample_readings(random_, vehicle, track % 4);
            ASSERT_OK(store_->write_vehicle(vehicle, readings));
            EXPECT_EQ(taken(store_->readings(video.id, track)), readings);
            vehicles.push_back(vehicle);
        }
        ASSERT_OK(store_->finish_video(video, std::nullopt));
        EXPECT_EQ(taken(store_->find_video(video.id)), video);
        EXPECT_EQ(taken(store_->videos_of({sample_id(99), video.id})),
                  std::vector<VideoRow>{video});
        EXPECT_EQ(taken(store_->find_video(video.path, video.bytes, video.modified_us)), video);
        EXPECT_FALSE(taken(store_->find_video(video.path, video.bytes, video.modified_us ^ 1)));
        EXPECT_FALSE(taken(store_->find_video(video.path, video.bytes ^ 1, video.modified_us)));
        VehicleFilter filter;
        filter.video = video.id;
        const auto found = taken(store_->vehicles(filter));
        EXPECT_TRUE(std::equal(found.begin(), found.end(), vehicles.end() - 20, vehicles.end()));
    }
}

TEST_P(StoreConformance, KeepsExtremeNumbers) {
    using Limits = std::numeric_limits<double>;
    VideoRow video = add_video(1, 0);
    VehicleRow vehicle =
        sample_vehicle(random_, video.id, std::numeric_limits<std::uint32_t>::max());
    for (const double value :
         {Limits::denorm_min(), Limits::min(), Limits::max(), -Limits::max(), Limits::epsilon(),
          1 + Limits::epsilon(), 0.1, 1.0, 1e22, 9007199254740993.0, 9223372036854775807.0}) {
        vehicle.confidence = value;
        vehicle.alternatives = {{"A", value}};
        vehicle.first_us = std::numeric_limits<std::int64_t>::min();
        vehicle.last_us = std::numeric_limits<std::int64_t>::max();
        ASSERT_OK(store_->write_vehicle(vehicle, {}));
        EXPECT_EQ(all_vehicles(), std::vector{vehicle});
    }
    vehicle.confidence = -0.0;
    ASSERT_OK(store_->write_vehicle(vehicle, {}));
    EXPECT_FALSE(std::signbit(all_vehicles().at(0).confidence));
}

TEST_P(StoreConformance, RefusesNumbersThatAreNotFinite) {
    VideoRow video = add_video(1, 1);
    const std::string before = dump_of(*store_);
    VehicleRow vehicle = sample_vehicle(random_, video.id, 1);
    vehicle.confidence = std::numeric_limits<double>::quiet_NaN();
    const auto written = store_->write_vehicle(vehicle, {});
    ASSERT_FALSE(written.ok());
    EXPECT_THAT(written.error().message, testing::HasSubstr("confidence"));
    video.frame_rate = std::numeric_limits<double>::infinity();
    EXPECT_FALSE(store_->finish_video(video, std::nullopt).ok());
    EXPECT_EQ(dump_of(*store_), before);
}

TEST_P(StoreConformance, KeepsAnyBytesInTexts) {
    VideoRow video = sample_video(random_, sample_id(1));
    video.path = "/card/\0 \xFF\xFE \\x00 \\ 'quoted' \"twice\" :p0 $1 ?; -- \xC3\xBC\n.mp4"s;
    ASSERT_OK(store_->finish_video(video, std::nullopt));
    EXPECT_EQ(taken(store_->videos()), std::vector{video});
    EXPECT_EQ(taken(store_->find_video(video.path, video.bytes, video.modified_us)), video);
}

TEST_P(StoreConformance, WritingAgainChangesNothing) {
    const VideoRow video = sample_video(random_, sample_id(1));
    const VehicleRow vehicle = sample_vehicle(random_, video.id, 7);
    const auto readings = sample_readings(random_, vehicle, 3);
    std::string first;
    for (int pass = 0; pass < 3; ++pass) {
        ASSERT_OK(store_->begin_video(video));
        EXPECT_EQ(taken(store_->find_video(video.id))->status, VideoStatus::kUnfinished);
        ASSERT_OK(store_->write_vehicle(vehicle, readings));
        ASSERT_OK(store_->write_vehicle(vehicle, readings));
        ASSERT_OK(store_->finish_video(video, std::vector<std::uint32_t>{7}));
        if (pass == 0) first = dump_of(*store_);
        EXPECT_EQ(dump_of(*store_), first);
    }
    EXPECT_FALSE(first.empty());
}

TEST_P(StoreConformance, ReplacesAVehicleAndItsReadings) {
    const VideoRow video = add_video(1, 2);
    const VehicleRow other = all_vehicles().at(1);
    const auto other_readings = taken(store_->readings(video.id, 2));
    VehicleRow vehicle = sample_vehicle(random_, video.id, 1);
    auto readings = sample_readings(random_, vehicle, 4);
    readings.erase(readings.begin());
    ASSERT_OK(store_->write_vehicle(vehicle, readings));
    EXPECT_EQ(all_vehicles(), (std::vector{vehicle, other}));
    EXPECT_EQ(taken(store_->readings(video.id, 1)), readings);
    EXPECT_EQ(taken(store_->readings(video.id, 2)), other_readings);
    ASSERT_OK(store_->write_vehicle(vehicle, {}));
    EXPECT_TRUE(taken(store_->readings(video.id, 1)).empty());
}

TEST_P(StoreConformance, FinishingDeletesWhatAnEarlierPassLeft) {
    VideoRow video = add_video(1, 4);
    const VideoRow other = add_video(2, 2);
    ASSERT_OK(store_->finish_video(video, std::vector<std::uint32_t>{1, 2, 4, 99}));
    EXPECT_EQ(tracks_of(video.id), (std::vector<std::uint32_t>{1, 2, 4}));
    EXPECT_TRUE(taken(store_->readings(video.id, 3)).empty());
    EXPECT_EQ(taken(store_->readings(video.id, 4)).size(), 2u);

    // With other settings, a vehicle that was not written anew goes even if its number is in the
    // list.
    video.settings = "settings 2";
    VehicleRow vehicle = sample_vehicle(random_, video.id, 2);
    vehicle.settings = video.settings;
    ASSERT_OK(store_->write_vehicle(vehicle, {}));
    ASSERT_OK(store_->finish_video(video, std::vector<std::uint32_t>{1, 2}));
    EXPECT_EQ(tracks_of(video.id), (std::vector<std::uint32_t>{2}));
    EXPECT_EQ(tracks_of(other.id), (std::vector<std::uint32_t>{1, 2}));

    ASSERT_OK(store_->finish_video(other, std::nullopt));
    EXPECT_EQ(tracks_of(other.id), (std::vector<std::uint32_t>{1, 2}));
    ASSERT_OK(store_->finish_video(other, std::vector<std::uint32_t>{}));
    EXPECT_TRUE(tracks_of(other.id).empty());
}

TEST_P(StoreConformance, KeepsEveryStatus) {
    VideoRow video = sample_video(random_, sample_id(1));
    for (const VideoStatus status : {VideoStatus::kFinished, VideoStatus::kFailed,
                                     VideoStatus::kTruncated, VideoStatus::kUnfinished}) {
        video.status = status;
        ASSERT_OK(store_->finish_video(video, std::nullopt));
        EXPECT_EQ(taken(store_->videos()), std::vector{video});
    }
}

TEST_P(StoreConformance, RefusesAVehicleWithoutItsVideo) {
    const VehicleRow vehicle = sample_vehicle(random_, sample_id(1), 1);
    EXPECT_FALSE(store_->write_vehicle(vehicle, sample_readings(random_, vehicle, 1)).ok());
    EXPECT_TRUE(all_vehicles().empty());
    // The failure left nothing behind that would hinder the next call.
    add_video(1, 1);
    EXPECT_EQ(all_vehicles().size(), 1u);
}

TEST_P(StoreConformance, RefusesReadingsOfOthers) {
    add_video(1, 1);
    const std::string before = dump_of(*store_);
    const VehicleRow vehicle = sample_vehicle(random_, sample_id(1), 1);
    auto readings = sample_readings(random_, vehicle, 2);
    readings[1].frame = readings[0].frame;
    EXPECT_FALSE(store_->write_vehicle(vehicle, readings).ok());
    readings[1].frame += 1;
    readings[1].track = 2;
    EXPECT_FALSE(store_->write_vehicle(vehicle, readings).ok());
    readings[1].track = 1;
    readings[1].sharpness = std::numeric_limits<double>::infinity();
    EXPECT_FALSE(store_->write_vehicle(vehicle, readings).ok());
    EXPECT_EQ(dump_of(*store_), before);
}

TEST_P(StoreConformance, BeginningAgainClearsTheInterruptedPass) {
    const VideoRow video = sample_video(random_, sample_id(1));
    const VideoRow other = sample_video(random_, sample_id(2));
    ASSERT_OK(store_->begin_video(video));
    ASSERT_OK(store_->begin_video(other));
    const VehicleRow left_over = sample_vehicle(random_, video.id, 999);
    ASSERT_OK(store_->write_vehicle(left_over, sample_readings(random_, left_over, 3)));
    ASSERT_OK(store_->write_vehicle(sample_vehicle(random_, other.id, 1), {}));
    ASSERT_OK(store_->begin_video(video));
    const std::vector<VehicleRow> left = all_vehicles();
    ASSERT_EQ(left.size(), 1u);
    EXPECT_EQ(left[0].video, other.id);
    EXPECT_TRUE(taken(store_->readings(video.id, 999)).empty());
}

TEST_P(StoreConformance, OrdersAsBytes) {
    const std::vector<std::string> paths = {"/B.mp4",        "/a.mp4",  "/\xFF.mp4",
                                            "/\xC3\xA4.mp4", "/a-.mp4", "/a/.mp4"};
    for (std::uint32_t i = 0; i < paths.size(); ++i) {
        VideoRow video = sample_video(random_, sample_id(i));
        video.path = paths[i];
        ASSERT_OK(store_->begin_video(video));
        for (const std::uint32_t track : {10u, 9u}) {
            ASSERT_OK(store_->write_vehicle(sample_vehicle(random_, video.id, track), {}));
        }
    }
    std::vector<std::string> found;
    for (const VideoRow& row : taken(store_->videos())) found.push_back(row.path);
    // The escaped form is compared: a byte that is not UTF-8 sorts as a backslash.
    EXPECT_THAT(found, testing::ElementsAre("/B.mp4", "/\xFF.mp4", "/a-.mp4", "/a.mp4", "/a/.mp4",
                                            "/\xC3\xA4.mp4"));
    std::vector<std::pair<std::string, std::uint32_t>> vehicles;
    for (const VehicleRow& row : all_vehicles()) vehicles.emplace_back(row.video, row.track);
    ASSERT_EQ(vehicles.size(), 12u);
    EXPECT_EQ(vehicles[0], std::pair(sample_id(0), 9u));
    EXPECT_EQ(vehicles[1], std::pair(sample_id(0), 10u));
    EXPECT_EQ(vehicles[11], std::pair(sample_id(3), 10u));
}

TEST_P(StoreConformance, FiltersVehicles) {
    add_video(1, 0);
    add_video(2, 0);
    const auto add = [&](std::uint32_t video, std::uint32_t track, auto change) {
        VehicleRow row = sample_vehicle(random_, sample_id(video), track);
        row.plate = "X";
        row.tier = "none";
        row.confidence = 0.5;
        row.first_us = 1000;
        row.last_us = 2000;
        change(row);
        EXPECT_TRUE(store_->write_vehicle(row, {}).ok());
    };
    add(1, 1, [](VehicleRow& row) { row.plate = "AB?12"; });
    add(1, 2, [](VehicleRow& row) { row.tier = "confirmed"; });
    add(1, 3, [](VehicleRow& row) { row.vehicle_class = "bus"; });
    add(2, 4, [](VehicleRow& row) { row.region = "F"; });
    add(2, 5, [](VehicleRow& row) { row.confidence = 0.75; });
    add(2, 6, [](VehicleRow& row) { row.first_us = 3000, row.last_us = 4000; });
    const auto tracks = [&](auto set) {
        VehicleFilter filter;
        set(filter);
        std::set<std::uint32_t> found;
        for (const VehicleRow& row : taken(store_->vehicles(filter))) found.insert(row.track);
        return found;
    };
    using Tracks = std::set<std::uint32_t>;
    EXPECT_EQ(tracks([](VehicleFilter& f) { f.video = sample_id(2); }), (Tracks{4, 5, 6}));
    EXPECT_EQ(tracks([](VehicleFilter& f) { f.plate = "AB?12"; }), Tracks{1});
    EXPECT_EQ(tracks([](VehicleFilter& f) { f.plate = "AB%"; }), Tracks{});
    EXPECT_EQ(tracks([](VehicleFilter& f) { f.plate = "' OR 1=1 --"; }), Tracks{});
    EXPECT_EQ(tracks([](VehicleFilter& f) { f.tier = "confirmed"; }), Tracks{2});
    EXPECT_EQ(tracks([](VehicleFilter& f) { f.vehicle_class = "bus"; }), Tracks{3});
    EXPECT_EQ(tracks([](VehicleFilter& f) { f.region = "F"; }), Tracks{4});
    EXPECT_EQ(tracks([](VehicleFilter& f) { f.min_confidence = 0.75; }), Tracks{5});
    EXPECT_EQ(tracks([](VehicleFilter& f) { f.from_us = 2000; }), (Tracks{1, 2, 3, 4, 5, 6}));
    EXPECT_EQ(tracks([](VehicleFilter& f) { f.from_us = 2001; }), Tracks{6});
    EXPECT_EQ(tracks([](VehicleFilter& f) { f.until_us = 2999; }), (Tracks{1, 2, 3, 4, 5}));
    EXPECT_EQ(
        tracks([](VehicleFilter& f) { f.video = sample_id(1), f.tier = "none", f.plate = "X"; }),
        Tracks{3});
}

TEST_P(StoreConformance, KeepsRunsOutOfTheDump) {
    add_video(1, 2);
    const std::string before = dump_of(*store_);
    RunRow run{"settings 1", "0.1.0", "detector = \"a.onnx\"\n", "2024-01-01T00:00:00Z", ""};
    ASSERT_OK(store_->write_run(run));
    run.ended_at = "2024-01-01T00:01:00Z";
    ASSERT_OK(store_->write_run(run));
    EXPECT_EQ(taken(store_->runs()), std::vector{run});
    EXPECT_EQ(dump_of(*store_), before);
}

TEST_P(StoreConformance, DumpLeavesOutWhereAndWhenAFileWas) {
    VideoRow video = add_video(1, 2);
    video.path = "/first/card/a.mp4";
    ASSERT_OK(store_->finish_video(video, std::nullopt));
    const std::string before = dump_of(*store_);
    video.path = "/second/a.mp4";
    video.modified_us += 1;
    ASSERT_OK(store_->finish_video(video, std::nullopt));
    EXPECT_EQ(dump_of(*store_), before);
    video.path = "/second/b.mp4";
    ASSERT_OK(store_->finish_video(video, std::nullopt));
    EXPECT_NE(dump_of(*store_), before);
}

TEST_P(StoreConformance, KeepsRowsWhenClosed) {
    if (in_memory()) GTEST_SKIP() << "a store in memory ends when it is closed";
    add_video(1, 3);
    const std::string before = dump_of(*store_);
    store_.reset();
    for (const Access access : {Access::kReadWrite, Access::kReadOnly}) {
        auto again = open_store(place_->url(), access);
        ASSERT_OK(again);
        EXPECT_EQ(dump_of(**again), before);
    }
}

TEST_P(StoreConformance, ReadOnlyStoresRefuseToWrite) {
    if (in_memory()) GTEST_SKIP() << "a store in memory cannot be opened twice";
    const VideoRow video = add_video(1, 3);
    auto reader = open_store(place_->url(), Access::kReadOnly);
    ASSERT_OK(reader);
    const auto written = (*reader)->begin_video(video);
    ASSERT_FALSE(written.ok());
    EXPECT_THAT(written.error().message, testing::HasSubstr("reading only"));
    EXPECT_EQ(taken((*reader)->vehicles({})), all_vehicles());
    // It sees what is written after it was opened.
    add_video(2, 1);
    EXPECT_EQ(taken((*reader)->vehicles({})).size(), 4u);
}

// Four processes write 200 vehicles each, to two videos, all opening the still empty database at
// once.
TEST_P(StoreConformance, TakesWritersOfManyProcesses) {
    if (in_memory()) GTEST_SKIP() << "a store in memory belongs to one process";
    constexpr std::uint32_t kWriters = 4;
    constexpr std::uint32_t kVehicles = 200;
    store_.reset();
    place_ = make_place(GetParam());  // without tables
    const auto write = [&](Store& store, std::uint32_t writer) -> Result<void> {
        Random random(test_seed() + writer);
        for (std::uint32_t i = 0; i < kVehicles; ++i) {
            const std::string video = sample_id(i % 2);
            const VehicleRow row = sample_vehicle(random, video, i * kWriters + writer);
            // Twice, as after a lease of a dead worker: the second outcome counts, and is the same.
            TRY(store.write_vehicle(row, {}));
            TRY(store.write_vehicle(row, sample_readings(random, row, 2)));
        }
        return {};
    };
    const auto begin = [&](Store& store) -> Result<void> {
        Random random(test_seed());
        TRY(store.begin_video(sample_video(random, sample_id(0))));
        return store.begin_video(sample_video(random, sample_id(1)));
    };
    {
        auto store = open_store(place_->url(), Access::kReadWrite);
        ASSERT_OK(store);
        ASSERT_OK(begin(**store));
    }
    std::set<pid_t> children;
    for (std::uint32_t writer = 0; writer < kWriters; ++writer) {
        const pid_t child = fork();
        ASSERT_GE(child, 0);
        if (child > 0) {
            children.insert(child);
            continue;
        }
        auto store = open_store(place_->url(), Access::kReadWrite);
        const Result<void> done =
            store.ok() ? write(**store, writer) : Result<void>(Error{store.error().message});
        if (!done) fprintf(stderr, "writer %u: %s\n", writer, done.error().message.c_str());
        _exit(done.ok() ? 0 : 1);
    }
    for (const pid_t child : children) {
        int status = 0;
        ASSERT_EQ(waitpid(child, &status, 0), child);
        EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
    }
    auto expected = open_store("memory:", Access::kReadWrite);
    ASSERT_OK(begin(**expected));
    for (std::uint32_t writer = 0; writer < kWriters; ++writer)
        ASSERT_OK(write(**expected, writer));
    auto store = open_store(place_->url(), Access::kReadOnly);
    ASSERT_OK(store);
    EXPECT_EQ(taken((*store)->vehicles({})).size(), kWriters * kVehicles);
    EXPECT_EQ(dump_of(**store), dump_of(**expected));
}

// A writer that is killed at any moment leaves whole vehicles only.
TEST_P(StoreConformance, SurvivesKilledWriters) {
    if (in_memory()) GTEST_SKIP() << "a store in memory belongs to one process";
    add_video(1, 0);
    store_.reset();
    constexpr std::uint32_t kReadings = 3;
    for (int round = 0; round < 8; ++round) {
        const pid_t child = fork();
        ASSERT_GE(child, 0);
        if (child == 0) {
            auto store = open_store(place_->url(), Access::kReadWrite);
            Random random(test_seed() + round);
            for (std::uint32_t track = 1;; track = track % 50 + 1) {
                const VehicleRow row = sample_vehicle(random, sample_id(1), track);
                if (!(*store)->write_vehicle(row, sample_readings(random, row, kReadings)).ok())
                    _exit(1);
            }
        }
        usleep(static_cast<useconds_t>(100'000 + random_() % 50'000));
        kill(child, SIGKILL);
        int status = 0;
        waitpid(child, &status, 0);
        EXPECT_TRUE(WIFSIGNALED(status)) << "the writer failed before it was killed";
        auto store = open_store(place_->url(), Access::kReadWrite);
        ASSERT_OK(store);
        const auto vehicles = taken((*store)->vehicles({}));
        EXPECT_FALSE(vehicles.empty());
        for (const VehicleRow& row : vehicles) {
            EXPECT_EQ(taken((*store)->readings(row.video, row.track)).size(), kReadings);
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Stores, StoreConformance,
                         testing::Values("memory", "sqlite", "postgresql"),
                         [](const auto& test) { return std::string(test.param); });

TEST(AllStores, GiveTheSameDump) {
    std::vector<std::string> dumps;
    for (const char* kind : {"memory", "sqlite", "postgresql"}) {
        const auto place = make_place(kind);
        if (!place) GTEST_SKIP() << PrivatePostgres::skip_message();
        auto store = open_store(place->url(), Access::kReadWrite);
        ASSERT_OK(store);
        Random random(test_seed());
        for (std::uint32_t number = 0; number < 4; ++number) {
            const VideoRow video = sample_video(random, sample_id(number));
            ASSERT_OK((*store)->begin_video(video));
            for (std::uint32_t track = 1; track <= 25; ++track) {
                const VehicleRow row = sample_vehicle(random, video.id, track);
                ASSERT_OK((*store)->write_vehicle(row, sample_readings(random, row, track % 5)));
            }
            ASSERT_OK((*store)->finish_video(video, std::nullopt));
        }
        dumps.push_back(dump_of(**store));
    }
    EXPECT_GT(dumps[0].size(), 100'000u);
    EXPECT_EQ(dumps[1], dumps[0]);
    EXPECT_EQ(dumps[2], dumps[0]);
}

}  // namespace
}  // namespace dashcam
