#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "base/bounded_vector.h"
#include "base/detection.h"
#include "base/geometry.h"

namespace dashcam {

// More vehicles than this in one frame: the lowest scores are left out. A dense crossing shows
// about 30.
constexpr std::size_t kMaxDetectionsPerFrame = 64;
using Detections = BoundedVector<Detection, kMaxDetectionsPerFrame>;

// Tracks alive at once in one video. A birth beyond it waits for a later frame.
constexpr std::size_t kMaxLiveTracks = 64;
// New tracks in one frame; the others are born in the next ones. Bounds the room that a frame can
// need.
constexpr std::size_t kMaxBirthsPerFrame = 16;
// Plate looks of one frame. Each becomes a PLATE_DETECT task, so it bounds the room that a frame
// can need.
constexpr std::size_t kMaxLooksPerFrame = 8;

// A frame's place in its video.
struct FrameStamp {
    std::uint32_t index = 0;   // number in the video, in display order, from 0
    std::uint32_t order = 0;   // 0, 1, 2, ... among the frames that are analysed
    std::int64_t time_us = 0;  // presentation time since the start of the video
    bool operator==(const FrameStamp&) const = default;
};

// A request: find and read the plate of this vehicle in this frame, now.
struct Look {
    std::uint32_t track = 0;
    Box vehicle;  // detection's box, not the predicted one
    VehicleClass vehicle_class = VehicleClass::kCar;
    std::uint8_t padding[3] = {};
    float score = 0;
    bool operator==(const Look&) const = default;
};

// A request: keep this vehicle's picture as the best shot so far of its track.
struct Shot {
    std::uint32_t track = 0;
    Box vehicle;
    float quality = 0;  // grows with what a person would see; compared within a track only
    bool operator==(const Shot&) const = default;
};

// What is known of a track, without its plate.
struct TrackFacts {
    std::uint32_t track = 0;  // number within its video, from 1, in order of birth
    std::uint32_t hits = 0;   // frames in which it was detected
    VehicleClass vehicle_class = VehicleClass::kCar;
    std::uint8_t confirmed = 0;  // 1 if seen often enough to be taken for a vehicle without a plate
    std::uint8_t padding[2] = {};
    float class_confidence = 0;  // share of the class among the votes, 0 to 1
    float best_score = 0;        // highest detection score
    FrameStamp first;
    FrameStamp last;
    Box first_box;
    Box last_box;
    Box largest_box;
    std::uint32_t best_shot_frame = 0;  // frame index of the last Shot of this track
    float best_shot_quality = 0;        // 0: there was none
    bool operator==(const TrackFacts&) const = default;
};

// What one step of the tracker asks of the pipeline.
struct TrackerOutput {
    BoundedVector<std::uint32_t, kMaxBirthsPerFrame> born;  // track numbers, ascending
    BoundedVector<Look, kMaxLooksPerFrame> looks;           // ordered by track number
    BoundedVector<Shot, kMaxLooksPerFrame> shots;           // ordered by track number
    BoundedVector<TrackFacts, kMaxLiveTracks> ended;        // ordered by track number
};

static_assert(std::is_trivially_copyable_v<TrackerOutput>);

}  // namespace dashcam
