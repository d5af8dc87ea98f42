#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "base/bounded_vector.h"
#include "tracking/appearance.h"
#include "tracking/box_filter.h"
#include "tracking/small_picture.h"
#include "tracking/tracker_types.h"

namespace dashcam {

// One living track. No padding, so that equal tracks are equal bytes.
struct Track {
    FrameStamp first;  // first detection; may be a weak one before the birth (weak_sightings.h)
    FrameStamp born;   // first sure detection
    FrameStamp last;   // last detection
    std::int64_t last_look_us = 0;
    std::int64_t last_appearance_us = 0;

    BoxFilter filter;          // now
    BoxFilter filter_at_last;  // right after the last detection
    Box anchor;                // the last detection, moved along with the camera since
    Box first_box;
    Box last_box;  // the last detection, where it was
    Box largest_box;
    std::array<float, kVehicleClasses> votes{};  // sums of scores

    std::uint32_t number = 0;
    std::uint32_t hits = 0;
    std::uint32_t missed = 0;            // frames since the last detection
    std::uint32_t part_hits = 0;         // detections that looked like a part of another vehicle
    std::uint32_t duplicate_frames = 0;  // frames in a row on top of an older track
    std::uint32_t looks = 0;
    float last_score = 0;
    float best_score = 0;
    float largest_looked_area = 0;  // pixels
    float best_shot_quality = 0;
    std::uint32_t best_shot_frame = 0;
    std::uint32_t padding = 0;
    Appearance appearance;

    VehicleClass vehicle_class() const;  // the class with the most votes
};
static_assert(std::is_trivially_copyable_v<Track>);
static_assert(sizeof(Track) == 3 * 16 + 2 * 8 + 2 * 80 + 4 * 16 + 16 + 12 * 4 + 32, "no padding");

// A detection that no track took and that started none: perhaps the first glimpse of a vehicle.
struct WeakSighting {
    FrameStamp stamp;
    Box box;    // where it was
    Box place;  // moved along with the camera since
    float score = 0;
    VehicleClass vehicle_class = VehicleClass::kCar;
    std::uint8_t padding[3] = {};
};
static_assert(sizeof(WeakSighting) == 16 + 2 * 16 + 8, "no padding");

// Weak sightings that are kept, the latest ones: about 16 a frame for kLeadBack_s at 30 frames/s.
constexpr std::size_t kMaxWeakSightings = 192;

// All that the tracker knows between two frames of a video. Value-initialised: before the first
// frame.
struct TrackerState {
    std::int64_t last_time_us = 0;
    std::uint32_t frames = 0;       // seen so far
    std::uint32_t next_number = 1;  // of the next track
    std::uint32_t live =
        0;  // tracks in use; they lie in order of their numbers, the others are zero
    float frame_interval_s = 0;  // smoothed time between frames; 0: not known yet
    std::int32_t width = 0;      // of the last frame
    std::int32_t height = 0;
    SmallPicture previous;
    std::array<Track, kMaxLiveTracks> tracks{};
    BoundedVector<WeakSighting, kMaxWeakSightings> sightings;  // in order of time
};
static_assert(std::is_trivially_copyable_v<TrackerState>);
static_assert(sizeof(TrackerState) == 32 + sizeof(SmallPicture) + kMaxLiveTracks * sizeof(Track) +
                                          sizeof(BoundedVector<WeakSighting, kMaxWeakSightings>),
              "no padding");
static_assert(sizeof(TrackerState) <= 96 * 1024,
              "the room that a stream's state has in shared memory");

}  // namespace dashcam
