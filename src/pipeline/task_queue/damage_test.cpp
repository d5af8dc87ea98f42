// Stray writes into the region. Whoever takes over the lock of a dead owner finds them and does
// nothing more, or what they hit is derived and is computed anew. Never a crash, a hang, or a queue
// that goes on with something else than it had.
#include "pipeline/task_queue/damage.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <iostream>
#include <map>
#include <thread>

#include "pipeline/task_queue/miniature_pipeline.h"
#include "pipeline/task_queue/queue_lock.h"
#include "pipeline/task_queue/queue_test_support.h"
#include "pipeline/task_queue/region_image.h"

namespace dashcam {
namespace {

using namespace dashcam::test;

constexpr std::uint32_t kMostVideos = 50'000;  // so many are there to work on
constexpr std::uint32_t kWorkers = 2;

int cases() {
    const char* given = std::getenv("DASHCAM_TEST_CASES");
    return given != nullptr ? std::atoi(given) : 20'000;
}

// The field itself was hit.
constexpr auto kUnknown = static_cast<Damage>(static_cast<std::uint32_t>(Damage::kLinks) + 1);

// An owner that dies: the robust mutex does not care whether it was a process or a thread.
void die_with_lock(const ControlRegion& control) {
    std::thread([&] { ASSERT_EQ(pthread_mutex_lock(&control.header().lock), 0); }).join();
}

struct Range {
    std::byte* begin;
    std::size_t bytes;
};

// What a stray write may hit: all that the queue itself lives on. Left out are what it hands on
// without looking inside (payloads, state buffers, descriptions, formats) and main's orders.
std::vector<Range> targets(const ControlRegion& control) {
    std::vector<Range> ranges;
    auto add = [&](auto& from, auto& to) {
        auto* begin = reinterpret_cast<std::byte*>(&from);
        ranges.push_back(
            {begin, static_cast<std::size_t>(reinterpret_cast<std::byte*>(&to) - begin)});
    };
    ControlHeader& header = control.header();
    add(header.magic, header.layout_version);
    add(header.sizes, header.started_ns);
    add(header.lock_holder, header.stop);
    add(header.work, header.counters);
    for (TaskSlot& task : control.tasks()) add(task, task.payload);
    for (FrameSlot& frame : control.frames()) {
        add(frame.word, frame.format);
        ranges.push_back({reinterpret_cast<std::byte*>(&frame.references), 8});
    }
    for (StateSlot& state : control.states())
        ranges.push_back({reinterpret_cast<std::byte*>(&state), sizeof state});
    return ranges;
}

class DamageTest : public testing::Test {
  protected:
    DamageTest()
        : control(make_queue(miniature_sizes(4, 2, kWorkers), wide_limits())),
          main(control, 0),
          reader(control, kMostVideos),
          rows(kMostVideos) {
        for (std::uint8_t actor = 1; actor <= kWorkers; ++actor)
            workers.emplace_back(control, actor);
    }

    // Some of the way through the miniature pipeline, with leases out.
    void wander(int steps) {
        for (int i = 0; i < steps; ++i) {
            if (random() % 2 == 0) reader.step(random);
            const std::size_t who = random() % kWorkers;
            auto& held = leases[who];
            const auto category =
                workers[who].busiest(random() % 2 == 0 ? Pool::kGpu : Pool::kCpu, std::nullopt);
            if (category && held.size() < 2) {
                if (const auto task = claim_one(workers[who], *category)) held.push_back(*task);
            } else if (!held.empty()) {
                const std::uint32_t task = held.back();
                held.pop_back();
                workers[who].complete(task, run_stage(workers[who], task, rows));
            }
        }
    }

    std::string stray_write(const std::vector<Range>& ranges) {
        // Tables first, then a place in one: else the many tasks would get nearly all.
        const Range& range = ranges[random() % 4 == 0 ? random() % 4 : random() % ranges.size()];
        const std::size_t at = random() % range.bytes;
        std::byte* byte = range.begin + at;
        std::uint64_t value = random();
        switch (random() % 5) {
            case 0:
                *byte ^= std::byte{1} << random() % 8;
                return "bit";
            case 1:
                *byte = static_cast<std::byte>(value);
                return "byte";
            case 2:
                value %= 9;
                [[fallthrough]];
            case 3:
                std::memcpy(range.begin + at / 4 * 4, &value, 4);
                return "four bytes";
            default:
                std::memcpy(range.begin + std::min(at, range.bytes - 8) / 8 * 8, &value, 8);
                return "eight bytes";
        }
    }

    pthread_mutex_t lock_of(const Image& image) const {
        return image.as_it_was<ControlHeader>().lock;
    }

    // Every operation of main, on a region that was given up.
    void expect_that_nothing_is_done() {
        const Image before(control);
        EXPECT_FALSE(main.open_stream({}));
        EXPECT_FALSE(main.reserve_frame(0, 0, kTinyFormat));
        main.cancel_frame({0, 1});
        main.admit(0, make_spec(Category::kVehicleDetect));
        EXPECT_EQ(main.give_back(1), 0u);
        EXPECT_FALSE(main.claim_dead());
        main.complete(0, {});
        main.fail(0);
        EXPECT_FALSE(main.no_task_alive());
        EXPECT_FALSE(main.no_stream_open());
        EXPECT_TRUE(main.open_keys(0).empty());
        const Result<void> audited = audit(control, 0);
        ASSERT_FALSE(audited.ok());
        EXPECT_NE(audited.error().message.find(to_text(control.header().damage.load())),
                  std::string::npos)
            << audited.error().message;
        EXPECT_TRUE(before.is_unchanged());
        main.wake_everyone();
    }

    std::mt19937_64 random;
    ControlRegion control;
    TaskQueue main;
    MiniatureReader reader;
    std::vector<TaskQueue> workers;
    std::vector<VideoRows> rows;
    std::array<std::vector<std::uint32_t>, kWorkers> leases;
};

TEST_F(DamageTest, StrayWritesAreRepairedOrReported) {
#if defined(__SANITIZE_THREAD__)
    GTEST_SKIP() << "SKIPPED: the thread sanitizer does not know that a lock can be inherited from "
                    "a dead owner";
#endif
    random.seed(test_seed());
    std::map<Damage, int> found;
    const int all = cases();
    for (int i = 0; i < all; ++i) {
        if (i % 20 == 0) {
            wander(static_cast<int>(random() % 60));
            ASSERT_SOUND(control);
        }
        const Image image(control);
        const std::string truth = describe(control);
        std::string what;
        const std::vector<Range> ranges = targets(control);
        for (std::uint64_t n = 1 + random() % 3; n > 0; --n) what += stray_write(ranges) + " ";
        // A crashed worker's end: main audits. This must be safe on any content.
        static_cast<void>(find_damage(control));
        const bool noticed = !audit(control, 0).ok();
        // A worker's end under the lock.
        if (control.header().damage.load() == Damage::kNone) die_with_lock(control);
        { const QueueLock lock(control, 0); }
        const Damage damage = control.header().damage.load();
        ++found[std::min(damage, kUnknown)];
        if (damage == Damage::kNone) {
            const Result<void> sound = audit(control, 0);
            ASSERT_TRUE(sound.ok()) << sound.error().message << ", case " << i << ": " << what;
            ASSERT_EQ(describe(control), truth) << "case " << i << ": " << what;
        } else {
            ASSERT_NO_FATAL_FAILURE(expect_that_nothing_is_done()) << "case " << i << ": " << what;
            ASSERT_TRUE(noticed) << "an audit of " << to_text(damage) << " found nothing";
        }
        image.restore();
        ASSERT_SOUND(control);
    }
    ASSERT_LT(reader.opened(), kMostVideos);
    for (const auto& [damage, times] : found) {
        std::cout << (damage == Damage::kNone ? "repaired, or not needed" : to_text(damage)) << ": "
                  << times << "\n";
    }
    if (all < 1000) return;
    for (const Damage damage : {Damage::kNone, Damage::kHeader, Damage::kTaskWord, Damage::kTask,
                                Damage::kFrameWord, Damage::kStateWord, Damage::kState})
        EXPECT_GT(found[damage], 0) << to_text(damage);
}

// Nobody dies, nobody audits: main meets what was hit in its own operations. It never crashes or
// hangs; it goes on, or the region is given up.
TEST_F(DamageTest, MainThatMeetsStrayWritesGivesTheRegionUp) {
    random.seed(test_seed());
    int given_up = 0;
    const int all = cases() / 4;
    for (int i = 0; i < all; ++i) {
        if (i % 20 == 0) {
            wander(static_cast<int>(random() % 60));
            ASSERT_SOUND(control);
        }
        const Image image(control);
        const std::vector<Range> ranges = targets(control);
        for (std::uint64_t n = 1 + random() % 3; n > 0; --n) {
            std::size_t at = random() % ranges.size();
            if (random() % 3 == 0) at = 3 + random() % 2;  // heads of lists and counts
            static_cast<void>(stray_write(std::vector<Range>(4, ranges[at])));
        }
        // An overwritten lock is another test's: to wait for it takes seconds.
        control.header().lock = lock_of(image);
        const auto frame = main.reserve_frame(0, 0, kTinyFormat);
        if (frame && random() % 2 == 0) main.cancel_frame(*frame);
        main.give_back(static_cast<std::uint8_t>(1 + random() % kWorkers), std::nullopt);
        if (const auto dead = main.claim_dead()) main.complete(*dead, {});
        static_cast<void>(main.open_stream({}));
        static_cast<void>(main.open_keys(0));
        static_cast<void>(main.no_task_alive());
        main.admit(0, make_spec(Category::kVehicleDetect));
        if (control.header().damage.load() != Damage::kNone) {
            ++given_up;
            ASSERT_NO_FATAL_FAILURE(expect_that_nothing_is_done()) << "case " << i;
        }
        image.restore();
        ASSERT_SOUND(control);
    }
    std::cout << given_up << " of " << all << " regions given up\n";
    if (all < 1000) return;
    EXPECT_GT(given_up, all / 50);
}

// A finished queue after repairs gives the rows of one that nobody disturbed.
TEST_F(DamageTest, ARepairedQueueFinishesItsWork) {
#if defined(__SANITIZE_THREAD__)
    GTEST_SKIP() << "SKIPPED: as above";
#endif
    random.seed(test_seed());
    constexpr std::uint32_t kVideos = 20;
    int repairs = 0;
    while (!reader.done() || snapshot(control).alive() > 0) {
        for (int i = 0; i < 10; ++i) {
            if (reader.opened() == kVideos) reader.stop_opening();
            wander(1);
        }
        // Derived state only: random links and counts.
        ControlHeader& header = control.header();
        header.free_task = static_cast<std::uint32_t>(random());
        header.charge = static_cast<std::uint32_t>(random());
        header.free_frame = static_cast<std::uint32_t>(random());
        for (CategoryQueue& queue : header.queues) {
            queue.head = static_cast<std::uint32_t>(random());
            queue.claimable = static_cast<std::uint32_t>(random());
        }
        for (StateSlot& state : control.states()) {
            state.references = static_cast<std::uint32_t>(random());
            state.waiting = static_cast<std::uint32_t>(random());
            state.exclusive = static_cast<std::uint32_t>(random());
        }
        for (FrameSlot& frame : control.frames())
            frame.references = static_cast<std::uint32_t>(random());
        EXPECT_FALSE(audit(control, 0).ok());
        die_with_lock(control);
        ASSERT_SOUND(control);
        ++repairs;
    }
    ASSERT_EQ(reader.opened(), kVideos);
    for (std::uint32_t video = 0; video < kVideos; ++video)
        EXPECT_EQ(rows[video], reference_of(video).rows) << video;
    std::cout << repairs << " repairs\n";
}

// A stray write over the lock itself: its owner is no thread that exists. The wait ends.
TEST_F(DamageTest, ALockThatBelongsToNobodyIsGivenUp) {
    constexpr int kNoThread = 0x3ffffff0;
    control.header().lock.__data.__lock = kNoThread;
    { const QueueLock lock(control, 0); }
    EXPECT_EQ(control.header().damage.load(), Damage::kLock);
    expect_that_nothing_is_done();
}

// A worker cannot go on: it aborts, main hears of it and audits.
TEST_F(DamageTest, AWorkerAborts) {
    wander(20);
    control.header().damage = Damage::kTaskWord;
    EXPECT_DEATH(static_cast<void>(claim_one(workers[0], Category::kVehicleDetect)),
                 "a task's word is not what was stored");
}

}  // namespace
}  // namespace dashcam
