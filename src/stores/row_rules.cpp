#include "stores/row_rules.h"

#include <algorithm>
#include <string>
#include <string_view>

namespace dashcam {
namespace {

bool contains(const std::vector<std::string>& values, const std::string& value) {
    return std::find(values.begin(), values.end(), value) != values.end();
}

// As LIKE: '_' is any character, '%' any number of them.
bool like(std::string_view text, std::string_view pattern) {
    if (pattern.empty()) return text.empty();
    if (pattern[0] == '%') {
        for (std::size_t skipped = 0; skipped <= text.size(); ++skipped) {
            if (like(text.substr(skipped), pattern.substr(1))) return true;
        }
        return false;
    }
    if (text.empty() || (pattern[0] != '_' && pattern[0] != text[0])) return false;
    return like(text.substr(1), pattern.substr(1));
}

bool has_part(const std::string& text, const TextPart& part) {
    if (text.size() < part.place) return false;
    const std::string_view rest = std::string_view(text).substr(part.place - 1);
    return std::any_of(part.parts.begin(), part.parts.end(), [&](const std::string& wanted) {
        return part.match == PartMatch::kBegins ? rest.starts_with(wanted)
                                                : rest.substr(0, 3) == wanted;
    });
}

bool passes(const std::string& text, const TextTest& test) {
    const auto unknown = static_cast<std::size_t>(std::count(text.begin(), text.end(), '?'));
    if (test.empty() || (unknown >= test.size() && !test.back().empty())) return true;
    for (std::size_t i = 0; i < test.size() && i <= unknown; ++i) {
        for (const std::string& pattern : test[i]) {
            if (like(text, pattern)) return true;
        }
    }
    return false;
}

}  // namespace

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

VehicleFilter indexed_part(const VehicleFilter& filter) {
    VehicleFilter part;
    part.view = filter.view;
    part.tier = filter.tier;
    part.vehicle_class = filter.vehicle_class;
    part.region = filter.region;
    return part;
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

bool matches(const PlateTextRow& text, const VehicleRow& vehicle, const PlateTextQuery& query) {
    VehicleFilter filter = query.vehicle;
    filter.plate.reset();
    return matches(vehicle, filter) && (query.whole.empty() || contains(query.whole, text.text)) &&
           (!query.part || has_part(text.text, *query.part)) &&
           (!query.length ||
            (text.text.size() >= query.length->least && text.text.size() <= query.length->most)) &&
           (query.videos.empty() || contains(query.videos, text.video)) &&
           (!query.min_probability || text.probability >= *query.min_probability) &&
           (!query.max_probability || text.probability <= *query.max_probability) &&
           passes(text.text, query.like);
}

StaleRule::StaleRule(const VideoRow& row, const std::optional<std::vector<std::uint32_t>>& tracks)
    : settings_(Cell::of(row.settings)) {
    if (tracks) tracks_.emplace(tracks->begin(), tracks->end());
}

bool StaleRule::applies(long long track, const Cell& settings) const {
    return settings.text != settings_.text || (tracks_ && !tracks_->contains(track));
}

}  // namespace dashcam
