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

Error no_such_vehicle(const std::string& video, std::uint32_t track) {
    return Error{"there is no vehicle " + std::to_string(track) + " of video " + video};
}

bool matches(const VehicleRow& row, const VehicleFilter& filter) {
    const auto equal = [](const auto& wanted, const auto& value) {
        return !wanted || *wanted == value;
    };
    return equal(filter.video, row.video) && equal(filter.track, row.track) &&
           equal(filter.plate, row.plate) && equal(filter.tier, row.tier) &&
           equal(filter.vehicle_class, row.vehicle_class) && equal(filter.region, row.region) &&
           (!filter.min_confidence || row.confidence >= *filter.min_confidence) &&
           (!filter.from_us || row.last_us >= *filter.from_us) &&
           (!filter.until_us || row.first_us <= *filter.until_us);
}

StaleRule::StaleRule(const VideoRow& row, const std::optional<std::vector<std::uint32_t>>& tracks)
    : settings_(Cell::of(row.settings)) {
    if (tracks) tracks_.emplace(tracks->begin(), tracks->end());
}

bool StaleRule::applies(long long track, const Cell& settings) const {
    return settings.text != settings_.text || (tracks_ && !tracks_->contains(track));
}

}  // namespace dashcam
