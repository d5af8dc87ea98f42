#include "tracking/plate_looks.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace dashcam {
namespace {

// 20 timed looks spread over a minute and a half: 0.13 s x 1.4^k. Looks that follow each other more
// closely see nearly the same pixels and settle nothing sooner (measured: decision 0004).
constexpr std::uint32_t kQuickLooks = 4;
constexpr float kQuickInterval_s = 0.13f;
constexpr float kIntervalGrowth = 1.4f;
constexpr float kLongInterval_s = 15.0f;
// Growth of the area since the largest look that is worth another one; small vehicles, whose plates
// can hardly be read yet, need more.
constexpr float kAreaGrowth = 1.3f;
constexpr float kAreaGrowthSmall = 1.5f;
constexpr float kSmall_px = 110.0f;
constexpr float kAreaGrowthLate = 1.5f;
constexpr float kGrowthInterval_s = 0.13f;
// At slow frame rates each frame is a chance that does not come again.
constexpr float kSlowFrames_s = 0.4f;
// A weak detection for this track's measure is likely blurred or hidden: it waits, but not for
// ever.
constexpr float kWeakShare = 0.7f;
constexpr float kWeakPatience = 3.0f;
constexpr float kEdge_px = 2.0f;
// Width over height of what is seen of a vehicle that the frame's side cuts off. A whole one from
// behind has about 1.0 to 1.3, a motorcycle 0.5.
constexpr float kNarrowestShape = 0.6f;
constexpr float kNarrowestMotorcycle = 0.3f;
// Height over width of one that is cut off at the bottom, where plates are.
constexpr float kFlattestShape = 0.6f;
// A single detection is often false: where the next frame comes soon, it is waited for.
constexpr float kWaitForSecondHit_s = 0.15f;

struct Candidate {
    std::uint32_t track = 0;  // place in the state
    float urgency = 0;
};

float needed_growth(const Track& track) {
    if (track.looks >= kFrequentLooks) return kAreaGrowthLate;
    return track.last_box.width() < kSmall_px ? kAreaGrowthSmall : kAreaGrowth;
}

// How overdue a look is: 1 or more when due; 0 when not due. The never looked at come first.
float urgency(const Track& track, float frame_interval_s, std::int64_t time_us) {
    if (track.looks == 0) return 100.0f;
    const float waited = static_cast<float>(time_us - track.last_look_us) / 1e6f;
    const bool slow = frame_interval_s >= kSlowFrames_s && track.looks < kFrequentLooks;
    const float interval = slow ? frame_interval_s / 2 : look_interval_s(track.looks);
    const float growth = track.last_box.area() / track.largest_looked_area;
    const bool grown = growth >= needed_growth(track) && waited >= kGrowthInterval_s;
    // Half a frame early is better than half a frame late.
    const float overdue = (waited + frame_interval_s / 2) / interval;
    if (track.last_score < kWeakShare * track.best_score && overdue < kWeakPatience) return 0;
    if (grown) return std::max(1.0f, overdue) * growth;
    return overdue >= 1 ? overdue : 0;
}

}  // namespace

float look_interval_s(std::uint32_t looks) {
    if (looks <= kQuickLooks) return kQuickInterval_s;
    if (looks >= kTimedLooks) return kLongInterval_s;
    return kQuickInterval_s * std::pow(kIntervalGrowth, static_cast<float>(looks - kQuickLooks));
}

bool worth_a_look(const Box& box, VehicleClass vehicle_class, int width, int height) {
    if (box.width() < kNarrowestLook_px) return false;
    const bool cut_at_side = box.x0 < kEdge_px || box.x1 > static_cast<float>(width) - kEdge_px;
    const bool cut_at_bottom = box.y1 > static_cast<float>(height) - kEdge_px;
    const float narrowest =
        vehicle_class == VehicleClass::kMotorcycle ? kNarrowestMotorcycle : kNarrowestShape;
    if (cut_at_side && box.width() < narrowest * box.height()) return false;
    return !(cut_at_bottom && box.height() < kFlattestShape * box.width());
}

void choose_looks(TrackerState& state, std::int64_t time_us, TrackerOutput& output) {
    BoundedVector<Candidate, kMaxLiveTracks> candidates;
    const bool wait = state.frames > 1 && state.frame_interval_s < kWaitForSecondHit_s;
    for (std::uint32_t t = 0; t < state.live; ++t) {
        const Track& track = state.tracks[t];
        if (track.missed > 0 || (wait && track.hits < 2)) continue;
        if (!worth_a_look(track.last_box, track.vehicle_class(), state.width, state.height))
            continue;
        const float u = urgency(track, state.frame_interval_s, time_us);
        if (u > 0) candidates.push_back({t, u * std::sqrt(track.last_box.area())});
    }
    std::stable_sort(candidates.begin(), candidates.end(),
                     [](const Candidate& a, const Candidate& b) { return a.urgency > b.urgency; });
    const std::size_t room = std::min(candidates.size(), kMaxLooksPerFrame);
    std::sort(candidates.begin(), candidates.begin() + room,
              [](const Candidate& a, const Candidate& b) { return a.track < b.track; });
    for (std::size_t i = 0; i < room; ++i) {
        Track& track = state.tracks[candidates[i].track];
        output.looks.push_back(
            {track.number, track.last_box, track.vehicle_class(), {}, track.last_score});
        ++track.looks;
        track.last_look_us = time_us;
        track.largest_looked_area = std::max(track.largest_looked_area, track.last_box.area());
    }
}

}  // namespace dashcam
