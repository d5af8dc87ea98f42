#include "tracking/track_life.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "tracking/association.h"
#include "tracking/weak_sightings.h"

namespace dashcam {
namespace {

constexpr float kNarrowestBirth_px = 10.0f;
// Lost tracks wait this long, and for this many frames, to be found again; tracks seen once or
// twice less.
constexpr float kLostPatience_s = 1.2f;
constexpr std::uint32_t kLostFrames = 2;
constexpr std::uint32_t kFirmHits = 3;
constexpr float kNewPatience_s = 0.35f;
constexpr std::uint32_t kNewFrames = 1;
// A lost vehicle of which less than this is expected inside the frame has left it.
constexpr float kLeastVisible = 0.25f;
// Two tracks of one vehicle.
constexpr float kDuplicateOverlap = 0.8f;
constexpr std::uint32_t kDuplicateFrames = 3;
// A detection on a tracked vehicle that starts no track of its own.
constexpr float kSecondBoxOverlap = 0.6f;
// Parts of vehicles.
constexpr float kPartInside = 0.9f;
constexpr float kPartHits = 0.5f;  // share of hits from which a track is taken for a part
// Confirmed: seen three times over a tenth of a second, or twice at slow frame rates.
constexpr float kConfirmSpan_s = 0.1f;
constexpr std::uint32_t kSlowConfirmHits = 2;
constexpr float kSlowConfirmSpan_s = 0.4f;
constexpr std::uint32_t kSlowConfirmFrames = 3;
constexpr float kConfirmDensity = 0.3f;  // share of the frames between first and last
constexpr float kConfirmMeanScore = 0.4f;
// How often a track's looks are measured, and how strongly the new replaces the old.
constexpr std::int64_t kAppearanceInterval_us = 150'000;

std::uint8_t blended(std::uint8_t a, std::uint8_t b) {
    return static_cast<std::uint8_t>((a + b + 1) / 2);
}

void refresh_appearance(Track& track, std::int64_t time_us, const FrameView& frame,
                        const Box& box) {
    const bool known = track.appearance.known != 0;
    if (known && time_us - track.last_appearance_us < kAppearanceInterval_us) return;
    const Appearance now = appearance_of(frame, box);
    if (now.known == 0) return;
    track.last_appearance_us = time_us;
    if (!known) {
        track.appearance = now;
        return;
    }
    Appearance& old = track.appearance;
    std::transform(old.luma.begin(), old.luma.end(), now.luma.begin(), old.luma.begin(), blended);
    std::transform(old.cb.begin(), old.cb.end(), now.cb.begin(), old.cb.begin(), blended);
    std::transform(old.cr.begin(), old.cr.end(), now.cr.begin(), old.cr.begin(), blended);
}

void move_filter(Track& track, const FrameStamp& stamp, const FrameView& frame, const Box& box) {
    const FrameFormat& format = frame.format;
    const BoxTrust trust = trust_at_edges(box, format.width, format.height);
    const Box whole = completed(box, track.filter.box(), format.width, format.height);
    if (track.missed > 0) {
        const float gap_s = static_cast<float>(stamp.time_us - track.last.time_us) / 1e6f;
        track.filter = replayed(track.filter_at_last, track.anchor, whole, gap_s, trust);
    } else {
        track.filter.update(whole, trust);
    }
    track.filter_at_last = track.filter;
    track.anchor = whole;
}

bool second_box(const Box& box, const Box& tracked) {
    return iou(box, tracked) >= kSecondBoxOverlap || is_part_of(box, tracked);
}

bool shadowed_by_a_track(const TrackerState& state, const Box& box) {
    for (std::uint32_t t = 0; t < state.live; ++t) {
        const Track& track = state.tracks[t];
        if (track.missed == 0 && second_box(box, track.last_box)) return true;
    }
    return false;
}

bool lost_for_good(const TrackerState& state, const Track& track, std::int64_t time_us) {
    if (track.duplicate_frames >= kDuplicateFrames) return true;
    if (track.missed == 0) return false;
    const Box expected = track.filter.box();
    const float visible = clipped(expected, state.width, state.height).area();
    if (visible < kLeastVisible * expected.area()) return true;
    const float unseen_s = static_cast<float>(time_us - track.last.time_us) / 1e6f;
    const bool firm = track.hits >= kFirmHits;
    return unseen_s > (firm ? kLostPatience_s : kNewPatience_s) &&
           track.missed > (firm ? kLostFrames : kNewFrames);
}

bool confirmed(const Track& track, float mean_score) {
    if (track.duplicate_frames >= kDuplicateFrames || mean_score < kConfirmMeanScore) return false;
    if (static_cast<float>(track.part_hits) >= kPartHits * static_cast<float>(track.hits))
        return false;
    const float span_s = static_cast<float>(track.last.time_us - track.born.time_us) / 1e6f;
    const std::uint32_t frames = track.last.order - track.born.order + 1;
    const bool dense =
        static_cast<float>(track.hits) >= kConfirmDensity * static_cast<float>(frames);
    if (track.hits >= kFirmHits && span_s >= kConfirmSpan_s && dense) return true;
    return track.hits >= kSlowConfirmHits && span_s >= kSlowConfirmSpan_s &&
           frames <= kSlowConfirmFrames;
}

}  // namespace

VehicleClass Track::vehicle_class() const {
    const auto best = std::max_element(votes.begin(), votes.end());
    return static_cast<VehicleClass>(best - votes.begin());
}

bool is_part_of(const Box& inner, const Box& outer) {
    return is_raised_part(inner, outer, kPartInside);
}

void record_hit(Track& track, const FrameStamp& stamp, const FrameView& frame,
                const Detection& detection) {
    const Box& box = detection.box;
    if (track.hits == 0) {
        track.first = stamp;
        track.born = stamp;
        track.first_box = box;
        track.filter = BoxFilter::started(box);
        track.filter_at_last = track.filter;
        track.anchor = box;
    } else {
        move_filter(track, stamp, frame, box);
    }
    refresh_appearance(track, stamp.time_us, frame, box);
    track.last = stamp;
    track.last_box = box;
    if (box.area() > track.largest_box.area()) track.largest_box = box;
    track.votes[static_cast<std::size_t>(detection.vehicle_class)] += detection.score;
    track.last_score = detection.score;
    track.best_score = std::max(track.best_score, detection.score);
    track.missed = 0;
    ++track.hits;
}

void start_tracks(TrackerState& state, const FrameStamp& stamp, const FrameView& frame,
                  std::span<const Detection> detections, std::span<bool> taken,
                  TrackerOutput& output) {
    for (std::size_t d = 0; d < detections.size(); ++d) {
        const Detection& detection = detections[d];
        if (taken[d] || detection.score < kSureScore || detection.box.width() < kNarrowestBirth_px)
            continue;
        if (state.live == kMaxLiveTracks || output.born.full()) return;
        if (shadowed_by_a_track(state, detection.box)) continue;
        Track& track = state.tracks[state.live++];
        track.number = state.next_number++;
        record_hit(track, stamp, frame, detection);
        lead_back(state, track);
        taken[d] = true;
        output.born.push_back(track.number);
    }
}

void remember_weak(TrackerState& state, const FrameStamp& stamp,
                   std::span<const Detection> detections, std::span<const bool> taken) {
    for (std::size_t d = 0; d < detections.size(); ++d) {
        if (taken[d] || shadowed_by_a_track(state, detections[d].box)) continue;
        add_sighting(state, stamp, detections[d]);
    }
}

void mark_duplicates(TrackerState& state) {
    for (std::uint32_t t = 0; t < state.live; ++t) {
        Track& track = state.tracks[t];
        if (track.missed > 0) continue;
        bool duplicate = false;
        bool part = false;
        for (std::uint32_t other = 0; other < state.live; ++other) {
            const Track& o = state.tracks[other];
            if (other == t || o.missed > 0) continue;
            duplicate =
                duplicate || (other < t && iou(track.last_box, o.last_box) >= kDuplicateOverlap);
            part = part || is_part_of(track.last_box, o.last_box);
        }
        track.duplicate_frames = duplicate ? track.duplicate_frames + 1 : 0;
        track.part_hits += part ? 1 : 0;
    }
}

void end_tracks(TrackerState& state, std::int64_t time_us, TrackerOutput& output) {
    std::uint32_t kept = 0;
    for (std::uint32_t t = 0; t < state.live; ++t) {
        if (lost_for_good(state, state.tracks[t], time_us)) {
            output.ended.push_back(facts_of(state.tracks[t]));
        } else {
            if (kept != t) state.tracks[kept] = state.tracks[t];
            ++kept;
        }
    }
    std::fill(state.tracks.begin() + kept, state.tracks.begin() + state.live, Track{});
    state.live = kept;
}

void end_all_tracks(TrackerState& state, TrackerOutput& output) {
    for (std::uint32_t t = 0; t < state.live; ++t) {
        output.ended.push_back(facts_of(state.tracks[t]));
        state.tracks[t] = Track{};
    }
    state.live = 0;
}

TrackFacts facts_of(const Track& track) {
    TrackFacts facts;
    float votes = 0;
    for (const float v : track.votes) votes += v;
    const VehicleClass vehicle_class = track.vehicle_class();
    facts.track = track.number;
    facts.hits = track.hits;
    facts.vehicle_class = vehicle_class;
    facts.confirmed = confirmed(track, votes / static_cast<float>(track.hits)) ? 1 : 0;
    facts.class_confidence =
        votes > 0 ? track.votes[static_cast<std::size_t>(vehicle_class)] / votes : 0.0f;
    facts.best_score = track.best_score;
    facts.first = track.first;
    facts.last = track.last;
    facts.first_box = track.first_box;
    facts.last_box = track.last_box;
    facts.largest_box = track.largest_box;
    facts.best_shot_frame = track.best_shot_frame;
    facts.best_shot_quality = track.best_shot_quality;
    return facts;
}

}  // namespace dashcam
