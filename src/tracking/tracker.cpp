#include "tracking/tracker.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <tuple>

#include "tracking/association.h"
#include "tracking/best_shots.h"
#include "tracking/camera_motion.h"
#include "tracking/plate_looks.h"
#include "tracking/track_life.h"
#include "tracking/weak_sightings.h"

namespace dashcam {
namespace {

constexpr std::int64_t kShortestStep_us = 1000;
// A longer hole in the video (a pause, lost frames): what comes after it is another scene.
constexpr std::int64_t kLongestStep_us = 3'000'000;
// An unknown camera motion may have moved the picture by this share of its width in a frame and per
// second.
constexpr float kUnknownShake = 0.003f;
constexpr float kUnknownTurn = 0.05f;
// A vehicle's box smaller than this is noise.
constexpr float kSmallestBox_px = 2.0f;
// The frame interval follows its video's within a few frames.
constexpr float kIntervalMemory = 0.8f;

// Usable detections in an order that does not depend on the detector's: best first, then from left
// to right.
Detections prepared(const Detections& given, const FrameFormat& format) {
    Detections detections;
    for (Detection d : given) {
        const bool finite = std::isfinite(d.box.x0) && std::isfinite(d.box.y0) &&
                            std::isfinite(d.box.x1) && std::isfinite(d.box.y1);
        if (!finite || !(d.score >= kFaintScore)) continue;
        d.box = clipped(d.box, format.width, format.height);
        if (std::min(d.box.width(), d.box.height()) >= kSmallestBox_px) detections.push_back(d);
    }
    const auto key = [](const Detection& d) {
        return std::tuple(-d.score, d.box.x0, d.box.y0, d.box.x1, d.box.y1, d.vehicle_class);
    };
    std::sort(detections.begin(), detections.end(),
              [&](const Detection& a, const Detection& b) { return key(a) < key(b); });
    return detections;
}

CameraMotion follow_camera(TrackerState& state, float dt_s, const FrameView& frame,
                           const Detections& detections) {
    const SmallPicture picture = small_picture(frame);
    BoundedVector<Box, kMaxDetectionsPerFrame> vehicles;
    for (const Detection& d : detections) {
        if (d.score >= kSureScore) vehicles.push_back(d.box);
    }
    const CameraMotion motion =
        estimate_camera_motion(state.previous, picture, dt_s, {vehicles.begin(), vehicles.size()});
    state.previous = picture;
    return motion;
}

// Moves every track to the time and the camera of this frame.
void predict_tracks(TrackerState& state, float dt_s, const CameraMotion& motion) {
    const float doubt_px = motion.known ? 0.0f
                                        : static_cast<float>(state.width) *
                                              (kUnknownShake + kUnknownTurn * std::min(dt_s, 1.0f));
    for (std::uint32_t t = 0; t < state.live; ++t) {
        Track& track = state.tracks[t];
        track.filter.predict(dt_s);
        track.filter.shift(motion);
        track.filter.blur(doubt_px);
        const Point from = track.anchor.centre();
        const Point to = motion.moved(from);
        const float dx = to.x - from.x;
        const float dy = to.y - from.y;
        track.anchor = {track.anchor.x0 + dx, track.anchor.y0 + dy, track.anchor.x1 + dx,
                        track.anchor.y1 + dy};
    }
}

// The time since the last frame, in seconds; keeps the state's clock.
float advance_clock(TrackerState& state, std::int64_t time_us) {
    const std::int64_t step_us = std::max(time_us - state.last_time_us, kShortestStep_us);
    const auto dt_s = static_cast<float>(step_us) / 1e6f;
    if (state.frames == 1) state.frame_interval_s = dt_s;
    if (state.frames > 1) {
        state.frame_interval_s =
            kIntervalMemory * state.frame_interval_s + (1 - kIntervalMemory) * dt_s;
    }
    state.last_time_us = time_us;
    ++state.frames;
    return dt_s;
}

}  // namespace

TrackerOutput track_frame(TrackerState& state, const FrameStamp& stamp, const FrameView& frame,
                          const Detections& given) {
    TrackerOutput output;
    if (state.frames > 0 && stamp.time_us - state.last_time_us > kLongestStep_us) {
        end_all_tracks(state, output);
        state.previous = SmallPicture{};
        state.sightings.clear();
    }
    const float dt_s = advance_clock(state, stamp.time_us);
    state.width = frame.format.width;
    state.height = frame.format.height;
    const Detections detections = prepared(given, frame.format);
    const CameraMotion motion = follow_camera(state, dt_s, frame, detections);
    predict_tracks(state, dt_s, motion);
    move_sightings(state, stamp.time_us, motion);

    const std::span<const Detection> found(detections.begin(), detections.size());
    const Assignment detection_of = associate(state, stamp.time_us, frame, found);
    std::array<bool, kMaxDetectionsPerFrame> taken{};
    for (std::uint32_t t = 0; t < state.live; ++t) {
        if (detection_of[t] == kUnassigned) {
            ++state.tracks[t].missed;
        } else {
            taken[detection_of[t]] = true;
            record_hit(state.tracks[t], stamp, frame, found[detection_of[t]]);
        }
    }
    mark_duplicates(state);
    end_tracks(state, stamp.time_us, output);
    start_tracks(state, stamp, frame, found, taken, output);
    remember_weak(state, stamp, found, taken);
    choose_looks(state, stamp.time_us, output);
    choose_shots(state, stamp.index, output);
    return output;
}

TrackerOutput finish_tracks(TrackerState& state) {
    TrackerOutput output;
    end_all_tracks(state, output);
    const std::uint32_t next_number = state.next_number;
    state = TrackerState{};
    state.next_number = next_number;
    return output;
}

}  // namespace dashcam
