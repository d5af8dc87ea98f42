#include "tracking/weak_sightings.h"

#include <algorithm>

#include "tracking/box_fit.h"

namespace dashcam {
namespace {

// A chain may miss this long, or this many analysed frames where they are rarer.
constexpr float kLongestGap_s = 0.25f;
constexpr float kLongestGap_frames = 2.5f;
// Overlap with the expected place, both boxes grown by a share of their size that rises with the
// gap; far vehicles are small, and their boxes are a few pixels off.
constexpr float kLeastOverlap = 0.3f;
constexpr float kLeastGrowth = 0.1f;
constexpr float kGrowthPerSecond = 0.5f;
constexpr float kEdge_px = 2.0f;
// Logarithm of the ratio of sizes.
constexpr float kSizeSlack = 0.4f;
constexpr float kSizeSlackPerSecond = 0.6f;

// The end of a chain that has been reached so far, in the current frame's pixels.
struct Link {
    Box place;
    std::int64_t time_us = 0;
};

// Where the vehicle was `gap_s` before `link`, if it moved as it did until the `later` link.
Box expected_before(const Link& link, const Link& later, float gap_s) {
    const float between_s = static_cast<float>(later.time_us - link.time_us) / 1e6f;
    if (!(between_s > 0)) return link.place;
    const Point now = link.place.centre();
    const Point after = later.place.centre();
    return moved(link.place, (now.x - after.x) * gap_s / between_s,
                 (now.y - after.y) * gap_s / between_s);
}

// How well a sighting fits, 0: not at all.
float fit(const WeakSighting& sighting, const Link& link, const Link& later) {
    const float gap_s = static_cast<float>(link.time_us - sighting.stamp.time_us) / 1e6f;
    const float slack = kSizeSlack + kSizeSlackPerSecond * gap_s;
    if (log_ratio(sighting.place.width(), link.place.width()) > slack ||
        log_ratio(sighting.place.height(), link.place.height()) > slack)
        return 0;
    const float growth = kLeastGrowth + kGrowthPerSecond * gap_s;
    const Box here = grown(sighting.place, growth);
    // Its motion is a guess: it may as well have stood.
    const float overlap = std::max(iou(here, grown(expected_before(link, later, gap_s), growth)),
                                   iou(here, grown(link.place, growth)));
    return overlap >= kLeastOverlap ? overlap : 0;
}

}  // namespace

void move_sightings(TrackerState& state, std::int64_t time_us, const CameraMotion& motion) {
    const auto oldest_us = time_us - static_cast<std::int64_t>(kLeadBack_s * 1e6f);
    BoundedVector<WeakSighting, kMaxWeakSightings> kept;
    for (WeakSighting sighting : state.sightings) {
        if (sighting.stamp.time_us < oldest_us) continue;
        const Point from = sighting.place.centre();
        const Point to = motion.moved(from);
        Box& place = sighting.place;
        place = {place.x0 + to.x - from.x, place.y0 + to.y - from.y, place.x1 + to.x - from.x,
                 place.y1 + to.y - from.y};
        kept.push_back(sighting);
    }
    state.sightings = kept;
}

void add_sighting(TrackerState& state, const FrameStamp& stamp, const Detection& detection) {
    if (detection.box.width() < kNarrowestSighting_px) return;
    if (state.sightings.full()) state.sightings.erase(0);
    WeakSighting sighting;
    sighting.stamp = stamp;
    sighting.box = detection.box;
    sighting.place = detection.box;
    sighting.score = detection.score;
    sighting.vehicle_class = detection.vehicle_class;
    state.sightings.push_back(sighting);
}

void lead_back(TrackerState& state, Track& track) {
    // One that is at the side of the frame comes in there just now.
    if (track.last_box.x0 < kEdge_px ||
        track.last_box.x1 > static_cast<float>(state.width) - kEdge_px)
        return;
    const auto longest_gap_us = static_cast<std::int64_t>(
        1e6f * std::max(kLongestGap_s, kLongestGap_frames * state.frame_interval_s));
    Link later{track.last_box, track.last.time_us};
    Link link = later;
    std::size_t end = state.sightings.size();
    while (end > 0) {
        // The sightings of one frame lie side by side.
        const FrameStamp stamp = state.sightings[end - 1].stamp;
        if (link.time_us - stamp.time_us > longest_gap_us) return;
        std::size_t best = end;
        float best_fit = 0;
        std::size_t start = end;
        while (start > 0 && state.sightings[start - 1].stamp == stamp) {
            --start;
            const float f = fit(state.sightings[start], link, later);
            if (stamp.time_us < link.time_us && f > best_fit) {
                best_fit = f;
                best = start;
            }
        }
        if (best != end) {
            const WeakSighting& found = state.sightings[best];
            later = link;
            link = {found.place, stamp.time_us};
            track.first = stamp;
            track.first_box = found.box;
            state.sightings.erase(best);
        }
        end = start;
    }
}

}  // namespace dashcam
