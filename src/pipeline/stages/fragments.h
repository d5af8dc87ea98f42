#pragma once

#include <cstdint>
#include <vector>

#include "base/result.h"
#include "stores/rows.h"
#include "stores/store.h"

namespace dashcam {

// Pieces of one vehicle. A tracker that is in doubt splits a vehicle rather than mixing two up, and
// a part of a vehicle can be followed beside the whole; the plate tells afterwards what belongs
// together.

// Rows of one video with the same whole plate (confirmed or probable) whose times touch within this
// gap are one vehicle. Longer gaps are two encounters with the same vehicle.
constexpr std::int64_t kFragmentGapUs = 3'000'000;

// Track numbers that are one vehicle, each group ascending, groups in order of their first track.
// Tracks that stand alone are left out. A function of the rows alone.
std::vector<std::vector<std::uint32_t>> fragment_groups(const std::vector<VehicleRow>& vehicles);

// One vehicle out of its fragments (two or more, in order of their tracks): it keeps the first
// track's number, spans all their times, takes the plate of the fragment that read it best, the
// picture of the largest, and the class that most detections speak for. Readings are those of all;
// of two in one frame, that of the fragment whose plate is taken, so that none is missing of those
// which the plate was fused from; else the more confident.
VehicleWithReadings merged(const std::vector<VehicleWithReadings>& fragments);

// What finish_video() has to be told so that each group of fragments becomes one row.
struct FragmentsJoined {
    std::vector<std::uint32_t> kept_tracks;
    std::vector<VehicleWithReadings> rewritten;
};
Result<FragmentsJoined> join_fragments(Store& store, const std::vector<VehicleRow>& vehicles);

// Paths of the pictures that the video's rows name once finish_video() was told so.
std::vector<std::string> pictures_after(const std::vector<VehicleRow>& vehicles,
                                        const FragmentsJoined& joined);

}  // namespace dashcam
