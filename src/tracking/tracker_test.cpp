#include "tracking/tracker.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <memory>
#include <vector>

#include "tracking/track_life.h"

namespace dashcam {
namespace {

constexpr VehicleClass kCar = VehicleClass::kCar;

// A video of boxes without pixels.
class Video {
  public:
    explicit Video(double fps) : step_us_(static_cast<std::int64_t>(1e6 / fps)) {
        view_.format.width = 1280;
        view_.format.height = 720;
    }
    TrackerOutput frame(const std::vector<Detection>& found) {
        Detections detections;
        for (const Detection& d : found) detections.push_back(d);
        const TrackerOutput output = track_frame(*state, {index_, 0, time_us_}, view_, detections);
        ++index_;
        time_us_ += step_us_;
        return output;
    }
    void skip(std::int64_t time_us) { time_us_ += time_us; }

    std::unique_ptr<TrackerState> state = std::make_unique<TrackerState>();

  private:
    std::int64_t step_us_;
    FrameView view_;
    std::uint32_t index_ = 0;
    std::int64_t time_us_ = 0;
};

Detection found(float x, float y, float width, float score = 0.8f,
                VehicleClass vehicle_class = kCar) {
    Detection d;
    d.box = {x, y, x + width, y + width * 0.8f};
    d.score = score;
    d.vehicle_class = vehicle_class;
    return d;
}

TEST(Tracker, NumbersTracksByScoreThenPlace) {
    Video video(30);
    const TrackerOutput output = video.frame(
        {found(900, 300, 100, 0.6f), found(500, 300, 100, 0.9f), found(100, 300, 100, 0.6f)});
    ASSERT_EQ(output.born.size(), 3u);
    EXPECT_EQ(output.born[0], 1u);
    EXPECT_EQ(output.born[2], 3u);
    EXPECT_EQ(video.state->tracks[0].last_box.x0, 500);
    EXPECT_EQ(video.state->tracks[1].last_box.x0, 100);
    EXPECT_EQ(video.state->tracks[2].last_box.x0, 900);
}

TEST(Tracker, WeakDetectionsKeepTracksAliveButStartNone) {
    Video video(30);
    EXPECT_TRUE(video.frame({found(100, 300, 100, 0.4f)}).born.empty());
    video.frame({found(500, 300, 100, 0.8f)});
    for (int i = 0; i < 60; ++i) video.frame({found(500, 300, 100, 0.4f)});
    ASSERT_EQ(video.state->live, 1u);
    EXPECT_EQ(video.state->tracks[0].hits, 61u);
}

TEST(Tracker, ALostTrackIsFoundAgainWithinASecond) {
    Video video(30);
    float x = 300;
    for (int i = 0; i < 30; ++i) video.frame({found(x += 4, 300, 100)});
    for (int i = 0; i < 20; ++i) {
        x += 4;
        EXPECT_TRUE(video.frame({}).ended.empty());
    }
    EXPECT_TRUE(video.frame({found(x += 4, 300, 100)}).born.empty());
    EXPECT_EQ(video.state->tracks[0].hits, 31u);
}

TEST(Tracker, ATrackEndsWhenItStaysAway) {
    Video video(30);
    for (int i = 0; i < 30; ++i) video.frame({found(300, 300, 100, 0.7f), found(800, 300, 100)});
    int ended = 0;
    for (int i = 0; i < 60; ++i) {
        for (const TrackFacts& facts : video.frame({found(800, 300, 100)}).ended) {
            ++ended;
            EXPECT_GE(i, 36);  // 1.2 s
            EXPECT_EQ(facts.track, 2u);
            EXPECT_EQ(facts.hits, 30u);
            EXPECT_EQ(facts.confirmed, 1);
            EXPECT_EQ(facts.first.index, 0u);
            EXPECT_EQ(facts.last.index, 29u);
            EXPECT_EQ(facts.last_box, found(300, 300, 100).box);
            EXPECT_NEAR(facts.best_score, 0.7, 1e-6);
            EXPECT_GT(facts.best_shot_quality, 0);
        }
    }
    EXPECT_EQ(ended, 1);
}

TEST(Tracker, AtOneFramePerSecondTwoFramesMayBeMissed) {
    Video video(1);
    for (int i = 0; i < 4; ++i) video.frame({found(500, 300, 200)});
    video.frame({});
    EXPECT_TRUE(video.frame({}).ended.empty());
    EXPECT_TRUE(video.frame({found(510, 300, 200)}).born.empty());
    for (int i = 0; i < 2; ++i) EXPECT_TRUE(video.frame({}).ended.empty());
    EXPECT_EQ(video.frame({}).ended.size(), 1u);
}

TEST(Tracker, AtOneFramePerSecondAFarBoxIsAnotherVehicle) {
    Video video(1);
    video.frame({found(500, 300, 200)});
    video.frame({found(510, 300, 205)});
    EXPECT_EQ(video.frame({found(850, 300, 200)}).born.size(), 1u);
    EXPECT_EQ(video.frame({found(850, 300, 60)}).born.size(), 1u);
}

// Both places are as near, so nobody can say which is the old vehicle.
TEST(Tracker, WhenInDoubtItSplits) {
    Video video(1);
    video.frame({found(500, 300, 200)});
    const TrackerOutput output = video.frame({found(400, 300, 200), found(600, 300, 200)});
    EXPECT_EQ(output.born.size(), 2u);
}

TEST(Tracker, ConfirmationDependsOnTheFrameRate) {
    const auto confirmed = [](double fps, int frames, float score) {
        Video video(fps);
        for (int i = 0; i < frames; ++i) video.frame({found(500, 300, 200, score)});
        return finish_tracks(*video.state).ended[0].confirmed == 1;
    };
    EXPECT_FALSE(confirmed(1, 1, 0.9f));
    EXPECT_TRUE(confirmed(1, 2, 0.9f));
    EXPECT_FALSE(confirmed(30, 3, 0.9f));
    EXPECT_TRUE(confirmed(30, 5, 0.9f));
    EXPECT_FALSE(confirmed(60, 5, 0.9f));
    EXPECT_TRUE(confirmed(60, 8, 0.9f));
}

TEST(Tracker, FlickeringFalseFindsAreNotConfirmed) {
    Video video(30);
    video.frame({found(500, 300, 100, 0.55f)});
    for (int i = 0; i < 40; ++i) video.frame({found(500, 300, 100, i % 8 == 7 ? 0.32f : 0.1f)});
    for (const TrackFacts& facts : finish_tracks(*video.state).ended) EXPECT_EQ(facts.confirmed, 0);
}

TEST(Tracker, TheClassIsVotedByScore) {
    Video video(30);
    for (int i = 0; i < 10; ++i) {
        const bool truck = i % 5 < 3;
        video.frame(
            {found(500, 300, 100, truck ? 0.9f : 0.6f, truck ? VehicleClass::kTruck : kCar)});
    }
    const TrackerOutput output = finish_tracks(*video.state);
    ASSERT_EQ(output.ended.size(), 1u);
    EXPECT_EQ(output.ended[0].vehicle_class, VehicleClass::kTruck);
    EXPECT_NEAR(output.ended[0].class_confidence, 5.4 / 7.8, 1e-4);
}

TEST(Tracker, ASecondBoxOfAVehicleStartsNoTrack) {
    Video video(30);
    for (int i = 0; i < 20; ++i) {
        video.frame(
            {found(500, 300, 200, 0.9f), found(510, 305, 190, 0.7f), found(520, 310, 80, 0.6f)});
    }
    EXPECT_EQ(finish_tracks(*video.state).ended.size(), 1u);
}

// Two tracks that meet on one vehicle: the older one goes on, the other ends unconfirmed.
TEST(Tracker, OfTwoTracksOnOneVehicleTheOlderStays) {
    Video video(30);
    for (int i = 0; i < 40; ++i) {
        const float apart = std::max(0.0f, 150.0f - 5 * static_cast<float>(i));
        const TrackerOutput output =
            video.frame({found(500, 300, 200, 0.9f), found(500 + apart, 300, 200, 0.8f)});
        for (const TrackFacts& facts : output.ended) {
            EXPECT_EQ(facts.track, 2u);
            EXPECT_EQ(facts.confirmed, 0);
        }
    }
    EXPECT_EQ(video.state->live, 1u);
    EXPECT_EQ(video.state->tracks[0].number, 1u);
}

TEST(IsPartOf, ACabIsButACarInFrontIsNot) {
    const Box lorry{400, 100, 800, 500};
    EXPECT_TRUE(is_part_of({420, 120, 600, 300}, lorry));
    EXPECT_FALSE(is_part_of({500, 380, 650, 495}, lorry));
    EXPECT_FALSE(is_part_of({300, 120, 500, 300}, lorry));
}

TEST(Tracker, FinishEndsAllAndNumbersGoOn) {
    Video video(30);
    video.frame({found(100, 300, 100), found(500, 300, 100)});
    const TrackerOutput output = finish_tracks(*video.state);
    ASSERT_EQ(output.ended.size(), 2u);
    EXPECT_EQ(output.ended[0].track, 1u);
    EXPECT_EQ(output.ended[1].track, 2u);
    EXPECT_EQ(video.state->live, 0u);
    EXPECT_EQ(video.state->next_number, 3u);
    EXPECT_TRUE(finish_tracks(*video.state).ended.empty());
}

TEST(Tracker, AHoleInTheVideoEndsAllTracks) {
    Video video(30);
    for (int i = 0; i < 10; ++i) video.frame({found(500, 300, 200)});
    video.skip(10'000'000);
    const TrackerOutput output = video.frame({found(500, 300, 200)});
    EXPECT_EQ(output.ended.size(), 1u);
    EXPECT_EQ(output.born.size(), 1u);
}

TEST(Tracker, StaysWithinItsLimits) {
    Video video(30);
    std::uint32_t born = 0;
    for (int i = 0; i < 30; ++i) {
        std::vector<Detection> all;
        for (int k = 0; k < 64; ++k) {
            all.push_back(found(static_cast<float>(k % 16) * 80,
                                static_cast<float>(k / 16 + (i / 6) % 2 * 4) * 80, 60));
        }
        const TrackerOutput output = video.frame(all);
        EXPECT_LE(output.born.size(), kMaxBirthsPerFrame);
        born += static_cast<std::uint32_t>(output.born.size());
        EXPECT_LE(video.state->live, kMaxLiveTracks);
    }
    EXPECT_GE(born, kMaxLiveTracks);
}

TEST(Tracker, EndedTracksLeaveZeros) {
    Video video(30);
    for (int i = 0; i < 5; ++i) video.frame({found(100, 300, 100), found(500, 300, 100)});
    for (int i = 0; i < 60; ++i) video.frame({found(500, 300, 100)});
    ASSERT_EQ(video.state->live, 1u);
    const Track empty{};
    EXPECT_EQ(std::memcmp(&video.state->tracks[1], &empty, sizeof(Track)), 0);
}

TEST(Tracker, BadBoxesAndStandingClocksDoNoHarm) {
    Video video(30);
    const float nan = std::numeric_limits<float>::quiet_NaN();
    std::vector<Detection> bad = {found(100, 300, 100), found(nan, 0, 50), found(2000, 300, 100),
                                  found(50, 50, -20), found(300, 300, 100, nan)};
    for (int i = 0; i < 10; ++i) {
        video.skip(-33'333);
        video.frame(bad);
    }
    ASSERT_EQ(video.state->live, 1u);
    EXPECT_EQ(video.state->tracks[0].hits, 10u);
    EXPECT_TRUE(std::isfinite(video.state->tracks[0].filter.box().area()));
}

}  // namespace
}  // namespace dashcam
