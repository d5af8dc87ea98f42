#include "tracking/plate_looks.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <vector>

#include "tracking/best_shots.h"

namespace dashcam {
namespace {

constexpr int kWidth = 1920;
constexpr int kHeight = 1080;

Box square_box(float x, float y, float width) { return {x, y, x + width, y + width * 0.8f}; }

std::unique_ptr<TrackerState> state_with(std::size_t tracks, float width) {
    auto state = std::make_unique<TrackerState>();
    state->width = kWidth;
    state->height = kHeight;
    state->frames = 100;
    state->frame_interval_s = 1 / 30.0f;
    state->live = static_cast<std::uint32_t>(tracks);
    for (std::size_t t = 0; t < tracks; ++t) {
        Track& track = state->tracks[t];
        track.number = static_cast<std::uint32_t>(t + 1);
        track.hits = 5;
        track.last_score = track.best_score = 0.8f;
        track.last_box =
            square_box(100 + static_cast<float>(t), 300, width + static_cast<float>(t));
    }
    return state;
}

// The times, in seconds, at which a vehicle of the given width over time is looked at.
std::vector<double> looks_over(double fps, double duration_s,
                               const std::function<float(double)>& width) {
    auto state = state_with(1, 100);
    state->frame_interval_s = static_cast<float>(1 / fps);
    std::vector<double> times;
    for (int i = 0; i < static_cast<int>(duration_s * fps); ++i) {
        const double time_s = i / fps;
        state->tracks[0].last_box = square_box(400, 300, width(time_s));
        TrackerOutput output;
        choose_looks(*state, static_cast<std::int64_t>(time_s * 1e6), output);
        if (!output.looks.empty()) times.push_back(time_s);
    }
    return times;
}

TEST(WorthALook, NarrowAndCutOffVehiclesAreNot) {
    EXPECT_TRUE(worth_a_look(square_box(500, 300, 60), VehicleClass::kCar, kWidth, kHeight));
    EXPECT_FALSE(worth_a_look(square_box(500, 300, 39), VehicleClass::kCar, kWidth, kHeight));
    EXPECT_FALSE(worth_a_look({0, 300, 100, 500}, VehicleClass::kCar, kWidth, kHeight));
    EXPECT_TRUE(worth_a_look({0, 300, 180, 500}, VehicleClass::kCar, kWidth, kHeight));
    EXPECT_TRUE(worth_a_look({0, 300, 80, 500}, VehicleClass::kMotorcycle, kWidth, kHeight));
    EXPECT_FALSE(worth_a_look({500, 900, 900, 1080}, VehicleClass::kCar, kWidth, kHeight));
}

TEST(ChooseLooks, OftenAtFirstThenRarer) {
    const std::vector<double> times = looks_over(30, 60, [](double) { return 200.0f; });
    const auto before = [&](double t) {
        return std::count_if(times.begin(), times.end(), [t](double x) { return x < t; });
    };
    EXPECT_GE(before(0.5), 4);
    EXPECT_LE(before(1), 10);
    EXPECT_LE(before(60), 26);
    // Nor does it stop.
    EXPECT_GT(times.back(), 30);
}

TEST(ChooseLooks, AgainWheneverItGrew) {
    const auto growing = [](double t) { return 120.0f + 40.0f * static_cast<float>(t); };
    const std::vector<double> times = looks_over(30, 15, growing);
    for (std::size_t i = 1; i < times.size(); ++i) {
        const float a = growing(times[i - 1]);
        const float b = growing(times[i]);
        EXPECT_LT(b * b / (a * a), 1.6f) << times[i];
    }
    EXPECT_GT(times.back(), 13);
    EXPECT_LE(times.size(), 40u);
}

TEST(ChooseLooks, EveryFrameAtOneFramePerSecond) {
    EXPECT_EQ(looks_over(1, 20, [](double) { return 200.0f; }).size(), 20u);
}

TEST(ChooseLooks, LargestFirstAndTheOthersSoonAfter) {
    auto state = state_with(20, 100);
    TrackerOutput first;
    choose_looks(*state, 0, first);
    ASSERT_EQ(first.looks.size(), kMaxLooksPerFrame);
    for (std::size_t i = 0; i < first.looks.size(); ++i) EXPECT_EQ(first.looks[i].track, 13 + i);
    TrackerOutput second;
    choose_looks(*state, 33'333, second);
    for (std::size_t i = 0; i < second.looks.size(); ++i) EXPECT_EQ(second.looks[i].track, 5 + i);
}

TEST(ChooseLooks, OnlyAtVehiclesDetectedInThisFrame) {
    auto state = state_with(2, 100);
    state->tracks[0].missed = 1;
    TrackerOutput output;
    choose_looks(*state, 0, output);
    ASSERT_EQ(output.looks.size(), 1u);
    EXPECT_EQ(output.looks[0].track, 2u);
    EXPECT_EQ(output.looks[0].vehicle, state->tracks[1].last_box);
}

TEST(ChooseLooks, WaitForASecondHitWhereItComesSoon) {
    auto state = state_with(1, 100);
    state->tracks[0].hits = 1;
    TrackerOutput fast;
    choose_looks(*state, 0, fast);
    EXPECT_TRUE(fast.looks.empty());
    state->frame_interval_s = 1;
    TrackerOutput slow;
    choose_looks(*state, 0, slow);
    EXPECT_EQ(slow.looks.size(), 1u);
}

TEST(ChooseLooks, AWeakDetectionWaitsForABetterOne) {
    auto state = state_with(1, 100);
    state->tracks[0].looks = 3;
    state->tracks[0].largest_looked_area = state->tracks[0].last_box.area();
    state->tracks[0].last_score = 0.4f;
    TrackerOutput output;
    choose_looks(*state, 100'000, output);
    EXPECT_TRUE(output.looks.empty());
    choose_looks(*state, 400'000, output);
    EXPECT_EQ(output.looks.size(), 1u);
}

TEST(ShotQuality, PrefersLargeWholeAndSure) {
    const float whole = shot_quality(square_box(500, 300, 200), 0.9f, kWidth, kHeight);
    EXPECT_GT(whole, shot_quality(square_box(500, 300, 150), 0.9f, kWidth, kHeight));
    EXPECT_GT(whole, shot_quality(square_box(500, 300, 200), 0.4f, kWidth, kHeight));
    EXPECT_GT(whole, shot_quality(square_box(0, 300, 200), 0.9f, kWidth, kHeight));
    EXPECT_EQ(shot_quality(square_box(500, 300, kNarrowestShot_px - 1), 0.9f, kWidth, kHeight), 0);
}

TEST(ChooseShots, OnlyWhenClearlyBetter) {
    auto state = state_with(1, 50);
    int shots = 0;
    float last = 0;
    for (std::uint32_t frame = 0; frame < 300; ++frame) {
        state->tracks[0].last_box = square_box(400, 100, 50 + 2 * static_cast<float>(frame));
        TrackerOutput output;
        choose_shots(*state, frame, output);
        for (const Shot& shot : output.shots) {
            EXPECT_GE(shot.quality, kShotGain * last);
            EXPECT_EQ(state->tracks[0].best_shot_frame, frame);
            EXPECT_EQ(state->tracks[0].best_shot_quality, shot.quality);
            last = shot.quality;
            ++shots;
        }
    }
    EXPECT_GE(shots, 8);
    EXPECT_LE(shots, 15);
}

TEST(ChooseShots, ThoseWithoutRoomComeNext) {
    auto state = state_with(20, 100);
    std::size_t shots = 0;
    for (std::uint32_t frame = 0; frame < 3; ++frame) {
        TrackerOutput output;
        choose_shots(*state, frame, output);
        shots += output.shots.size();
    }
    EXPECT_EQ(shots, 20u);
}

}  // namespace
}  // namespace dashcam
