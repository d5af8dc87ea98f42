#include "annotate/annotated_tracks.h"

namespace dashcam {
namespace {

bool is_inside(const Point& point, const Box& box) {
    return point.x >= box.x0 && point.x < box.x1 && point.y >= box.y0 && point.y < box.y1;
}

}  // namespace

AnnotatedTracks::AnnotatedTracks(const std::vector<VehicleRow>& rows,
                                 const std::vector<std::vector<ReadingRow>>& readings) {
    for (const VehicleRow& row : rows) rows_[row.track] = row;
    for (const auto& of_vehicle : readings) {
        for (const ReadingRow& reading : of_vehicle) {
            const Box bounds = reading.corners.bounds();
            readings_[reading.frame].push_back({reading.track, bounds.centre()});
        }
    }
}

std::vector<VehicleLabel> AnnotatedTracks::labels(const TrackerState& state, std::uint32_t frame) {
    std::vector<VehicleLabel> result;
    for (std::uint32_t i = 0; i < state.live; ++i) {
        const Track& track = state.tracks[i];
        if (track.last.index != frame) continue;
        if (!rows_.contains(track.number)) {
            for (const Reading& reading : readings_[frame]) {
                if (is_inside(reading.centre, track.last_box))
                    joined_[track.number] = reading.track;
            }
        }
        VehicleLabel label{track.last_box, track.number, std::to_string(track.number), ""};
        const auto joined = joined_.find(track.number);
        const auto row = rows_.find(joined == joined_.end() ? track.number : joined->second);
        if (row != rows_.end()) {
            met_.insert(row->first);
            label.track = row->first;
            label.text = std::to_string(row->first) + " " + row->second.vehicle_class;
            if (!row->second.plate.empty()) label.text += " " + row->second.plate;
            label.tier = row->second.tier;
        }
        result.push_back(label);
    }
    return result;
}

}  // namespace dashcam
