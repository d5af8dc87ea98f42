#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "stores/rows.h"
#include "tracking/tracker_state.h"

namespace dashcam {

// What is drawn on one vehicle of one frame.
struct VehicleLabel {
    Box box;  // the detection of this very frame
    std::uint32_t track = 0;
    std::string text;  // "9 car GT284R", "9 car" without a plate; "9" for a track without a row
    std::string tier;  // as in VehicleRow; empty without a row
};

// Finds the row of each track. The tracker's numbers are those of the rows, since it is a function
// of the video. Tracks that became one row with an earlier one when the video ended have no row of
// their own: they are known by a reading of that row in one of their frames, from that frame on.
class AnnotatedTracks {
  public:
    AnnotatedTracks(const std::vector<VehicleRow>& rows,
                    const std::vector<std::vector<ReadingRow>>& readings);

    // Of the vehicles that were detected in the frame that `state` has just been given.
    std::vector<VehicleLabel> labels(const TrackerState& state, std::uint32_t frame);
    // Rows of which no track was seen yet; none at the end of the video that they were made from.
    std::size_t rows_not_met() const { return rows_.size() - met_.size(); }

  private:
    struct Reading {
        std::uint32_t track;
        Point centre;
    };
    std::map<std::uint32_t, VehicleRow> rows_;                // by track
    std::map<std::uint32_t, std::vector<Reading>> readings_;  // by frame
    std::map<std::uint32_t, std::uint32_t> joined_;           // track, track of its row
    std::set<std::uint32_t> met_;
};

}  // namespace dashcam
