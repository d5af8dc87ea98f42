#include "tracking/best_shots.h"

#include <algorithm>
#include <cmath>

namespace dashcam {
namespace {

constexpr float kEdge_px = 2.0f;
constexpr float kCutShare = 0.6f;    // worth of a vehicle that a side of the frame cuts off
constexpr float kScoreFloor = 0.5f;  // worth of the weakest detection; the score adds the rest
// A vehicle that fills the frame shows no more than one that fills a third of it.
constexpr float kFullShare = 0.35f;

struct Candidate {
    std::uint32_t track = 0;  // place in the state
    float quality = 0;
    float gain = 0;
};

}  // namespace

float shot_quality(const Box& box, float score, int width, int height) {
    if (box.width() < kNarrowestShot_px) return 0;
    const auto w = static_cast<float>(width);
    const auto h = static_cast<float>(height);
    float quality = std::sqrt(std::min(box.area(), kFullShare * w * h));
    if (box.x0 < kEdge_px || box.x1 > w - kEdge_px) quality *= kCutShare;
    if (box.y0 < kEdge_px || box.y1 > h - kEdge_px) quality *= kCutShare;
    return quality * (kScoreFloor + (1 - kScoreFloor) * score);
}

void choose_shots(TrackerState& state, std::uint32_t frame_index, TrackerOutput& output) {
    BoundedVector<Candidate, kMaxLiveTracks> candidates;
    for (std::uint32_t t = 0; t < state.live; ++t) {
        const Track& track = state.tracks[t];
        if (track.missed > 0) continue;
        const float quality =
            shot_quality(track.last_box, track.last_score, state.width, state.height);
        if (quality <= 0 || quality < kShotGain * track.best_shot_quality) continue;
        // A track without any picture comes before all others.
        const float gain =
            track.best_shot_quality > 0 ? quality / track.best_shot_quality : 1e6f + quality;
        candidates.push_back({t, quality, gain});
    }
    std::stable_sort(candidates.begin(), candidates.end(),
                     [](const Candidate& a, const Candidate& b) { return a.gain > b.gain; });
    const std::size_t room = std::min(candidates.size(), kMaxLooksPerFrame);
    std::sort(candidates.begin(), candidates.begin() + room,
              [](const Candidate& a, const Candidate& b) { return a.track < b.track; });
    for (std::size_t i = 0; i < room; ++i) {
        Track& track = state.tracks[candidates[i].track];
        output.shots.push_back({track.number, track.last_box, candidates[i].quality});
        track.best_shot_quality = candidates[i].quality;
        track.best_shot_frame = frame_index;
    }
}

}  // namespace dashcam
