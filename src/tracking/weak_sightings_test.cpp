#include "tracking/weak_sightings.h"

#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "tracking/tracker.h"

namespace dashcam {
namespace {

constexpr float kFaint = 0.25f;
constexpr float kWeak = 0.4f;
constexpr float kSure = 0.8f;

Detection vehicle(float x, float score, float width = 60) {
    Detection d;
    d.box = {x, 300, x + width, 300 + 0.8f * width};
    d.score = score;
    return d;
}

// Boxes without pixels at 15 frames/s.
class Video {
  public:
    void frame(const std::vector<Detection>& found) {
        FrameView view;
        view.format.width = 1280;
        view.format.height = 720;
        Detections detections;
        for (const Detection& d : found) detections.push_back(d);
        track_frame(*state, {2 * frames_, frames_, frames_ * 66'667}, view, detections);
        ++frames_;
    }
    void pause(std::uint32_t frames) {
        for (std::uint32_t i = 0; i < frames; ++i) frame({});
    }
    // Of the only track.
    TrackFacts facts() {
        const TrackerOutput output = finish_tracks(*state);
        EXPECT_EQ(output.ended.size(), 1u);
        return output.ended.empty() ? TrackFacts{} : output.ended[0];
    }

    std::unique_ptr<TrackerState> state = std::make_unique<TrackerState>();

  private:
    std::uint32_t frames_ = 0;
};

TEST(WeakSightings, ATrackBeginsWhereItsVehicleWasFirstSeen) {
    Video video;
    video.pause(3);
    float x = 400;
    for (int i = 0; i < 5; ++i) video.frame({vehicle(x += 12, i % 2 == 0 ? kFaint : kWeak)});
    EXPECT_EQ(video.state->live, 0u);
    for (int i = 0; i < 5; ++i) video.frame({vehicle(x += 12, kSure)});
    const TrackFacts facts = video.facts();
    EXPECT_EQ(facts.first, (FrameStamp{6, 3, 200'001}));
    EXPECT_EQ(facts.first_box, vehicle(412, kFaint).box);
    EXPECT_EQ(facts.hits, 5u);
}

TEST(WeakSightings, AChainMayMissAFrameButNotMany) {
    Video video;
    video.frame({vehicle(400, kWeak)});
    video.pause(3);
    video.frame({vehicle(400, kWeak)});
    video.pause(1);
    video.frame({vehicle(400, kSure)});
    EXPECT_EQ(video.facts().first.order, 4u);
}

TEST(WeakSightings, WhatLiesElsewhereOrHasAnotherSizeIsAnotherVehicle) {
    Video video;
    for (int i = 0; i < 5; ++i)
        video.frame({vehicle(470, kWeak), vehicle(370, kWeak, 200), vehicle(400, kWeak, 110)});
    video.frame({vehicle(400, kSure)});
    EXPECT_EQ(video.facts().first.order, 5u);
}

TEST(WeakSightings, OneSightingServesOneTrack) {
    Video video;
    for (int i = 0; i < 5; ++i) video.frame({vehicle(400, kWeak)});
    video.frame({vehicle(385, kSure), vehicle(420, kSure)});
    const TrackerOutput output = finish_tracks(*video.state);
    ASSERT_EQ(output.ended.size(), 2u);
    EXPECT_EQ(output.ended[0].first.order, 0u);
    EXPECT_EQ(output.ended[1].first.order, 5u);
}

TEST(WeakSightings, WeakGlimpsesDoNotMakeAVehicleOfASingleSureOne) {
    Video video;
    for (int i = 0; i < 5; ++i) video.frame({vehicle(400, kWeak)});
    video.frame({vehicle(400, kSure)});
    const TrackFacts facts = video.facts();
    EXPECT_EQ(facts.first.order, 0u);
    EXPECT_EQ(facts.confirmed, 0);
}

TEST(WeakSightings, ManyOfThemAreBoundedAndTheLatestAreKept) {
    Video video;
    for (int i = 0; i < 40; ++i) {
        std::vector<Detection> found;
        for (int k = 0; k < 60; ++k)
            found.push_back(vehicle(20.0f * static_cast<float>(k) + 5, kWeak, 50));
        video.frame(found);
    }
    EXPECT_TRUE(video.state->sightings.full());
    video.frame({vehicle(605, kSure, 50)});
    const TrackFacts facts = video.facts();
    EXPECT_LT(facts.first.order, 40u);
    EXPECT_GE(facts.first.order, 36u);
}

TEST(WeakSightings, ALongTimeAgoOrTooFarAwayOrAtTheFramesSideIsNotInSight) {
    Video old;
    for (int i = 0; i < 20; ++i) old.frame({vehicle(400, kWeak)});
    old.frame({vehicle(400, kSure)});
    EXPECT_EQ(old.facts().first.order, 15u);
    Video small;
    for (int i = 0; i < 3; ++i) small.frame({vehicle(400, kWeak, 40)});
    small.frame({vehicle(400, kSure, 40)});
    EXPECT_EQ(small.facts().first.order, 3u);
    Video side;
    for (int i = 0; i < 3; ++i) side.frame({vehicle(0, kWeak)});
    side.frame({vehicle(0, kSure)});
    EXPECT_EQ(side.facts().first.order, 3u);
}

TEST(WeakSightings, TheyAreForgottenAfterACut) {
    Video video;
    video.frame({vehicle(400, kWeak)});
    video.state->last_time_us -= 10'000'000;
    video.frame({vehicle(400, kSure)});
    EXPECT_EQ(video.facts().first.order, 1u);
}

}  // namespace
}  // namespace dashcam
