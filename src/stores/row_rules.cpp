#include "stores/row_rules.h"

#include <string>

namespace dashcam {

VideoRow unfinished(VideoRow row) {
    row.status = VideoStatus::kUnfinished;
    return row;
}

Result<void> check_readings(const VehicleRow& row, const std::vector<ReadingRow>& readings) {
    std::set<std::uint32_t> frames;
    const std::string where =
        "vehicle " + std::to_string(row.track) + " of video " + row.video + ": ";
    for (const ReadingRow& reading : readings) {
        if (reading.video != row.video || reading.track != row.track) {
            return Error{where + "a reading belongs to another vehicle"};
        }
        if (!frames.insert(reading.frame).second) {
            return Error{where + "two readings of frame " + std::to_string(reading.frame)};
        }
    }
    return {};
}

StaleRule::StaleRule(const VideoRow& row, const std::optional<std::vector<std::uint32_t>>& tracks)
    : settings_(Cell::of(row.settings)) {
    if (tracks) tracks_.emplace(tracks->begin(), tracks->end());
}

bool StaleRule::applies(long long track, const Cell& settings) const {
    return settings.text != settings_.text || (tracks_ && !tracks_->contains(track));
}

}  // namespace dashcam
