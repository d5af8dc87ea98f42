#include "pipeline/scheduler/run_motion.h"

#include <gtest/gtest.h>

namespace dashcam {
namespace {

constexpr std::int64_t kTickNs = 50'000'000;

// A made-up run in which the same thing happens all the time.
struct Situation {
    int gpu_busy = 0;  // of 2
    int cpu_busy = 0;  // of 4
    Category gpu_category = Category::kVehicleDetect;
    Category cpu_category = Category::kVehicleTrack;
    std::uint32_t readers_waiting = 0;
    std::uint64_t frames_per_tick = 1;
    std::uint32_t gpu_backlog = 0;
    std::uint32_t cpu_backlog = 0;
    std::uint32_t frames_held = 1;
    bool loading = false;
    bool open = true;
};

RunSnapshot at_tick(const Situation& situation, int tick) {
    RunSnapshot snapshot;
    snapshot.frame_slots = 40;
    snapshot.frames = situation.frames_per_tick * static_cast<std::uint64_t>(tick);
    for (int i = 0; i < 6; ++i) {
        WorkerGlimpse worker;
        const bool gpu = i < 2;
        worker.pool = gpu ? Pool::kGpu : Pool::kCpu;
        worker.activity = WorkerActivity::kIdle;
        if (gpu && situation.loading) worker.activity = WorkerActivity::kLoading;
        if (gpu ? i < situation.gpu_busy : i - 2 < situation.cpu_busy) {
            worker.activity = WorkerActivity::kWorking;
            worker.category = gpu ? situation.gpu_category : situation.cpu_category;
        }
        snapshot.workers.push_back(worker);
    }
    if (situation.open) {
        StreamGlimpse stream;
        stream.frames = snapshot.frames;
        stream.position_us = static_cast<std::int64_t>(snapshot.frames) * 40'000;  // 25 per second
        stream.opened_ns = 1;
        snapshot.streams.push_back(stream);
    }
    snapshot.readers_waiting = situation.readers_waiting;
    snapshot.backlog.categories[index(situation.gpu_category)].ready = situation.gpu_backlog;
    snapshot.backlog.categories[index(situation.cpu_category)].ready = situation.cpu_backlog;
    snapshot.backlog.frames_held = situation.frames_held;
    return snapshot;
}

RunRates rates_of(const Situation& situation) {
    RunMotion motion;
    for (int tick = 1; tick <= 100; ++tick)
        motion.update(at_tick(situation, tick), tick * kTickNs, 0.75);
    return motion.rates();
}

TEST(RunMotion, RatesAreThoseOfTheLastSeconds) {
    RunMotion motion;
    EXPECT_EQ(motion.rates().frames_per_second, 0);
    EXPECT_EQ(motion.rates().limit, Limit::kUnknown);
    Situation situation;
    for (int tick = 1; tick <= 400; ++tick) {
        situation.frames_per_tick = 1;
        RunSnapshot snapshot = at_tick(situation, tick);
        // 20 a second at first, 60 for the last ten seconds.
        snapshot.frames += tick > 200 ? 2 * static_cast<std::uint64_t>(tick - 200) : 0;
        snapshot.streams[0].frames = snapshot.frames;
        snapshot.streams[0].position_us = static_cast<std::int64_t>(snapshot.frames) * 40'000;
        motion.update(snapshot, tick * kTickNs);
    }
    EXPECT_NEAR(motion.rates().frames_per_second, 60, 0.01);
    EXPECT_NEAR(motion.rates().realtime, 60.0 / 25, 0.01);
}

TEST(RunMotion, RealTimeCountsVideosThatFollowEachOther) {
    RunMotion motion;
    for (int tick = 1; tick <= 100; ++tick) {
        RunSnapshot snapshot = at_tick({}, 1);
        // Each video lasts ten ticks and a second.
        snapshot.streams[0].opened_ns = tick / 10 + 1;
        snapshot.streams[0].position_us = (tick % 10 + 1) * 100'000;
        motion.update(snapshot, tick * kTickNs);
    }
    EXPECT_NEAR(motion.rates().realtime, 2, 0.05);
}

TEST(RunMotion, NamesWhatHoldsTheRunBack) {
    EXPECT_EQ(rates_of({.gpu_busy = 1, .cpu_busy = 1}).limit, Limit::kDecoding);
    EXPECT_EQ(rates_of({.gpu_busy = 2, .cpu_busy = 1}).limit, Limit::kLevel);
    const RunRates networks = rates_of({.gpu_busy = 2,
                                        .cpu_busy = 1,
                                        .gpu_category = Category::kPlateDetect,
                                        .readers_waiting = 1,
                                        .gpu_backlog = 8});
    EXPECT_EQ(networks.limit, Limit::kNetworks);
    EXPECT_EQ(networks.busiest, Category::kPlateDetect);
    EXPECT_EQ(limit_text(networks), "the networks are the limit, above all PLATE_DETECT");
    EXPECT_EQ(limit_evidence(networks),
              "GPU workers 100 % busy, CPU workers 25 %, readers wait 100 %, "
              "processor 75 % used");
    const RunRates writing = rates_of({.gpu_busy = 1,
                                       .cpu_busy = 4,
                                       .cpu_category = Category::kFinalWrite,
                                       .readers_waiting = 1,
                                       .cpu_backlog = 16});
    EXPECT_EQ(writing.limit, Limit::kCpuWork);
    EXPECT_EQ(writing.busiest, Category::kFinalWrite);
    EXPECT_EQ(
        rates_of({.gpu_busy = 1, .cpu_busy = 1, .readers_waiting = 1, .cpu_backlog = 16}).limit,
        Limit::kOrder);
    EXPECT_EQ(
        rates_of({.gpu_busy = 1, .cpu_busy = 1, .readers_waiting = 1, .frames_held = 40}).limit,
        Limit::kFrameStore);
    EXPECT_EQ(rates_of({.gpu_busy = 1, .readers_waiting = 1, .gpu_backlog = 8}).limit,
              Limit::kQueueLimit);
    EXPECT_EQ(rates_of({.frames_per_tick = 0, .loading = true}).limit, Limit::kLoading);
    EXPECT_EQ(
        rates_of({.gpu_busy = 1, .frames_per_tick = 0, .gpu_backlog = 3, .open = false}).limit,
        Limit::kFinishing);
    EXPECT_EQ(rates_of({.frames_per_tick = 0, .open = false}).limit, Limit::kIdle);
}

TEST(RunMotion, AFullProcessorIsMentioned) {
    RunRates rates;
    rates.limit = Limit::kDecoding;
    rates.processor_busy = 0.9;
    EXPECT_EQ(limit_text(rates), "decoding is the limit");
    rates.processor_busy = 0.97;
    EXPECT_EQ(limit_text(rates), "decoding is the limit; the processor is full");
}

TEST(RunMotion, SharesAreMeasured) {
    const RunRates rates = rates_of({.gpu_busy = 1, .cpu_busy = 1, .readers_waiting = 0});
    EXPECT_NEAR(rates.gpu_busy, 0.5, 1e-9);
    EXPECT_NEAR(rates.cpu_busy, 0.25, 1e-9);
    EXPECT_NEAR(rates.readers_waiting, 0, 1e-9);
    EXPECT_NEAR(*rates.processor_busy, 0.75, 1e-9);
}

}  // namespace
}  // namespace dashcam
