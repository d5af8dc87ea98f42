#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>
#include <iostream>
#include <map>
#include <memory>
#include <random>
#include <vector>

#include "tracking/scene_simulator.h"
#include "tracking/tracker.h"

namespace dashcam {
namespace {

// Known truth against what the tracker made of it.
struct Score {
    int hits = 0;      // detections of real vehicles that a track took
    int offered = 0;   // sure detections of real vehicles
    int switches = 0;  // a track went on with another vehicle
    int splits = 0;    // a vehicle went on in another track within about a second
    int vehicles = 0;  // real vehicles detected at least three times
    int confirmed = 0;
    int looks = 0;
    int frames = 0;

    Score& operator+=(const Score& o) {
        hits += o.hits;
        offered += o.offered;
        switches += o.switches;
        splits += o.splits;
        vehicles += o.vehicles;
        confirmed += o.confirmed;
        looks += o.looks;
        frames += o.frames;
        return *this;
    }
};

std::ostream& operator<<(std::ostream& out, const Score& s) {
    return out << s.frames << " frames, " << s.vehicles << " vehicles, " << s.confirmed
               << " confirmed tracks, " << s.hits << " hits of " << s.offered
               << " sure detections, " << s.switches << " switches, " << s.splits << " splits, "
               << s.looks << " looks";
}

class Scorer {
  public:
    // The detections that the tracks took in this frame, from the state: a hit's box is the
    // detection's.
    void count(const TrackerState& state, const SceneSimulator& scene) {
        for (std::size_t d = 0; d < scene.truth().size(); ++d) {
            if (scene.truth()[d] >= 0 && scene.detections()[d].score >= 0.5f) {
                ++score_.offered;
                ++seen_[scene.truth()[d]];
            }
        }
        for (std::uint32_t t = 0; t < state.live; ++t) {
            if (state.tracks[t].missed == 0) count_hit(state.tracks[t], scene);
        }
        ++score_.frames;
    }
    void count(const TrackerOutput& output) {
        score_.looks += static_cast<int>(output.looks.size());
        for (const TrackFacts& f : output.ended) score_.confirmed += f.confirmed;
    }
    Score result() const {
        Score score = score_;
        for (const auto& [vehicle, times] : seen_) score.vehicles += times >= 3 ? 1 : 0;
        return score;
    }

  private:
    void count_hit(const Track& track, const SceneSimulator& scene) {
        for (std::size_t d = 0; d < scene.truth().size(); ++d) {
            const int vehicle = scene.truth()[d];
            if (scene.detections()[d].box != track.last_box || vehicle < 0) continue;
            ++score_.hits;
            count_split(vehicle, track);
            const auto [at, first] = vehicle_of_.try_emplace(track.number, vehicle);
            if (!first && at->second != vehicle) {
                ++score_.switches;
                at->second = vehicle;
            }
        }
    }

    void count_split(int vehicle, const Track& track) {
        const auto [at, first] =
            last_seen_.try_emplace(vehicle, LastSeen{track.number, track.last.time_us});
        if (first) return;
        const bool soon = track.last.time_us - at->second.time_us <= kSoon_us;
        if (soon && at->second.track != track.number) ++score_.splits;
        at->second = {track.number, track.last.time_us};
    }

    // A vehicle that was hidden for longer may come back as another track.
    static constexpr std::int64_t kSoon_us = 1'100'000;
    struct LastSeen {
        std::uint32_t track;
        std::int64_t time_us;
    };
    Score score_;
    std::map<int, int> seen_;
    std::map<int, LastSeen> last_seen_;
    std::map<std::uint32_t, int> vehicle_of_;
};

Score run(SceneSimulator& scene, const std::vector<double>& steps_s) {
    auto state = std::make_unique<TrackerState>();
    Scorer scorer;
    double time_s = 0;
    for (std::uint32_t i = 0; i < steps_s.size(); ++i) {
        scene.advance(steps_s[i]);
        time_s += steps_s[i];
        const FrameStamp stamp{i, i, static_cast<std::int64_t>(time_s * 1e6)};
        scorer.count(track_frame(*state, stamp, scene.frame(), scene.detections()));
        scorer.count(*state, scene);
    }
    scorer.count(finish_tracks(*state));
    return scorer.result();
}

std::vector<double> steady(double fps, double duration_s) {
    return std::vector<double>(static_cast<std::size_t>(duration_s * fps), 1 / fps);
}

std::uint64_t first_seed() {
    const char* given = std::getenv("DASHCAM_TEST_SEED");
    return given != nullptr ? std::strtoull(given, nullptr, 10) : 1;
}

// The bounds below are about twice the worst that seeds 1, 101 and 5000 give, so that they hold for
// other seeds.
constexpr int kScenes = 6;

Score run_traffic(const SceneSimulator::Settings& settings, int vehicles,
                  const std::vector<double>& steps_s) {
    Score total;
    for (std::uint64_t seed = first_seed(); seed < first_seed() + kScenes; ++seed) {
        SceneSimulator scene(settings, seed);
        scene.add_traffic(vehicles, static_cast<double>(steps_s.size()) * steps_s[0]);
        const Score score = run(scene, steps_s);
        std::cout << "seed " << seed << ": " << score << "\n";
        total += score;
    }
    std::cout << "all: " << total << "\n";
    return total;
}

double share(int part, int whole) { return static_cast<double>(part) / whole; }

TEST(TrackerSimulation, TrafficAt30FramesPerSecond) {
    const Score s = run_traffic({}, 20, steady(30, 20));
    EXPECT_GT(share(s.hits, s.offered), 0.98);
    EXPECT_LE(share(s.switches, s.vehicles), 0.04);
    EXPECT_LE(share(s.splits, s.vehicles), 0.08);
}

TEST(TrackerSimulation, TrafficAt60FramesPerSecond) {
    const Score s = run_traffic({}, 20, steady(60, 15));
    EXPECT_GT(share(s.hits, s.offered), 0.98);
    EXPECT_LE(share(s.switches, s.vehicles), 0.05);
    EXPECT_LE(share(s.splits, s.vehicles), 0.15);
}

TEST(TrackerSimulation, TrafficAt10FramesPerSecond) {
    const Score s = run_traffic({}, 30, steady(10, 40));
    EXPECT_GT(share(s.hits, s.offered), 0.97);
    EXPECT_LE(share(s.switches, s.vehicles), 0.06);
    EXPECT_LE(share(s.splits, s.vehicles), 0.3);
}

TEST(TrackerSimulation, TrafficAt1FramePerSecond) {
    const Score s = run_traffic({}, 60, steady(1, 120));
    EXPECT_GT(share(s.hits, s.offered), 0.9);
    EXPECT_LE(share(s.switches, s.hits), 0.02);
    EXPECT_LE(share(s.splits, s.vehicles), 1.3);
}

TEST(TrackerSimulation, ShakingCamera) {
    SceneSimulator::Settings settings;
    settings.shake_deg = 0.8;
    const Score s = run_traffic(settings, 20, steady(30, 12));
    EXPECT_LE(share(s.switches, s.vehicles), 0.04);
    EXPECT_LE(share(s.splits, s.vehicles), 0.12);
}

TEST(TrackerSimulation, TurningCamera) {
    SceneSimulator::Settings settings;
    settings.yaw_deg_per_s = 15;
    const Score s = run_traffic(settings, 20, steady(10, 24));
    EXPECT_LE(share(s.switches, s.vehicles), 0.06);
    EXPECT_LE(share(s.splits, s.vehicles), 0.6);
}

TEST(TrackerSimulation, ManyMissesAndFalseFinds) {
    SceneSimulator::Settings settings;
    settings.miss = 0.3;
    settings.false_finds = 1.0;
    const Score s = run_traffic(settings, 20, steady(30, 12));
    EXPECT_LE(share(s.switches, s.vehicles), 0.05);
    EXPECT_LE(share(s.splits, s.vehicles), 0.15);
}

TEST(TrackerSimulation, DenseTraffic) {
    const Score s = run_traffic({}, 70, steady(30, 12));
    EXPECT_LE(share(s.switches, s.vehicles), 0.04);
    EXPECT_LE(share(s.splits, s.vehicles), 0.2);
}

TEST(TrackerSimulation, VariableFrameRate) {
    std::mt19937_64 random(first_seed());
    std::vector<double> steps_s;
    for (int i = 0; i < 300; ++i)
        steps_s.push_back(std::uniform_real_distribution<double>(0.016, 0.2)(random));
    const Score s = run_traffic({}, 30, steps_s);
    EXPECT_LE(share(s.switches, s.vehicles), 0.12);
    EXPECT_LE(share(s.splits, s.vehicles), 0.5);
}

// Two cars pass each other across the picture; the nearer one hides the other for a while.
TEST(TrackerSimulation, CrossingVehiclesKeepTheirTracks) {
    for (const double fps : {10.0, 30.0, 60.0}) {
        Score total;
        for (std::uint64_t seed = first_seed(); seed < first_seed() + kScenes; ++seed) {
            SceneSimulator scene({}, seed);
            SceneSimulator::Vehicle near;
            near.x = -8;
            near.z = 14;
            near.speed_x = 5;
            SceneSimulator::Vehicle far;
            far.x = 10;
            far.z = 20;
            far.speed_x = -5;
            far.luma = 200;
            scene.add(near);
            scene.add(far);
            total += run(scene, steady(fps, 3.5));
        }
        std::cout << fps << " frames per second: " << total << "\n";
        EXPECT_EQ(total.switches, 0) << fps;
        EXPECT_LE(total.splits, 2) << fps;
    }
}

TEST(TrackerSimulation, TheSameInputsGiveTheSameBytes) {
    SceneSimulator::Settings settings;
    settings.shake_deg = 0.3;
    settings.false_finds = 0.5;
    SceneSimulator scene(settings, first_seed());
    scene.add_traffic(40, 8);
    auto a = std::make_unique<TrackerState>();
    auto b = std::make_unique<TrackerState>();
    // Different old contents must not show: the second state lies in memory that was in use.
    std::memset(static_cast<void*>(b.get()), 0xa5, sizeof(TrackerState));
    std::memcpy(static_cast<void*>(b.get()), a.get(), sizeof(TrackerState));
    for (std::uint32_t i = 0; i < 240; ++i) {
        scene.advance(1.0 / 30);
        const FrameStamp stamp{i, i, static_cast<std::int64_t>(i) * 33'333};
        Detections reversed;
        for (std::size_t d = scene.detections().size(); d > 0; --d)
            reversed.push_back(scene.detections()[d - 1]);
        const TrackerOutput x = track_frame(*a, stamp, scene.frame(), scene.detections());
        // A state that moved to another address, and detections in another order.
        auto moved = std::make_unique<TrackerState>(*b);
        const TrackerOutput y = track_frame(*moved, stamp, scene.frame(), reversed);
        b = std::move(moved);
        ASSERT_EQ(std::memcmp(a.get(), b.get(), sizeof(TrackerState)), 0) << "frame " << i;
        ASSERT_EQ(x.looks.size(), y.looks.size());
        ASSERT_TRUE(std::equal(x.looks.begin(), x.looks.end(), y.looks.begin()));
        ASSERT_TRUE(std::equal(x.ended.begin(), x.ended.end(), y.ended.begin(), y.ended.end()));
        ASSERT_TRUE(std::equal(x.shots.begin(), x.shots.end(), y.shots.begin(), y.shots.end()));
    }
}

}  // namespace
}  // namespace dashcam
