#include "cli/result_filters.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "video/printable_path.h"

namespace dashcam {
namespace {

constexpr std::size_t kShortestId = 8;

Result<TimeSpan> span_of(const ResultFilters& filters) {
    TimeSpan span;
    if (!filters.at.empty()) {
        if (!filters.from.empty() || !filters.until.empty()) {
            return Error{"--at goes without --from and --until"};
        }
        TRY_ASSIGN(const TimePoint point, parse_time_point(filters.at));
        return around(point, static_cast<std::int64_t>(filters.within_s * 1e6));
    }
    if (!filters.from.empty()) {
        TRY_ASSIGN(span.from, parse_time_point(filters.from));
    }
    if (!filters.until.empty()) {
        TRY_ASSIGN(span.until, parse_time_point(filters.until));
    }
    return span;
}

}  // namespace

void add_result_filters(CLI::App& command, ResultFilters& filters) {
    const char* group = "Filters";
    command
        .add_option("--tier", filters.tier,
                    "only this tier: corrected, confirmed, probable, partial, none")
        ->check(CLI::IsMember({"corrected", "confirmed", "probable", "partial", "none"}))
        ->group(group);
    command
        .add_option("--class", filters.vehicle_class,
                    "only this class: car, truck, bus, motorcycle")
        ->check(CLI::IsMember({"car", "truck", "bus", "motorcycle"}))
        ->group(group);
    command.add_option("--region", filters.region, "only this country or state, as in GB or US-CA")
        ->group(group);
    command
        .add_option("--clip", filters.clip, "only this clip: path, file name or begin of its id")
        ->group(group);
    command
        .add_option("--at", filters.at,
                    "seen around this time: 83.5 (seconds of the clip), 14:05 (any day), "
                    "2024-05-06T14:05 (as the recorder's clock shows it)")
        ->group(group);
    command.add_option("--within", filters.within_s, "seconds before and after --at [30]")
        ->check(CLI::Range(0.0, 86400.0))
        ->group(group);
    command.add_option("--from", filters.from, "seen at this time or later; forms as --at")
        ->group(group);
    command.add_option("--until", filters.until, "seen at this time or earlier; forms as --at")
        ->group(group);
}

Result<std::vector<VideoRow>> videos_named(const std::vector<VideoRow>& videos,
                                           const std::string& name) {
    std::vector<VideoRow> found;
    for (const VideoRow& video : videos) {
        const bool named = video.path == name || file_name_of(video.path) == name ||
                           (name.size() >= kShortestId && video.id.starts_with(name));
        if (named) found.push_back(video);
    }
    if (found.empty()) {
        return Error{"there is no clip " + printable_path(name) +
                     " in the database: give its path, its file name, or the first 8 or more "
                     "characters of its id"};
    }
    return found;
}

Result<FilteredResults> resolve_filters(Store& store, const ResultFilters& filters) {
    FilteredResults results;
    VehicleFilter& vehicle = results.vehicle;
    vehicle.view = PlateView::kCorrected;
    if (!filters.tier.empty()) vehicle.tier = filters.tier;
    if (!filters.vehicle_class.empty()) vehicle.vehicle_class = filters.vehicle_class;
    if (!filters.region.empty()) vehicle.region = filters.region;
    TRY_ASSIGN(const TimeSpan span, span_of(filters));
    if (filters.clip.empty() && !span.restricts()) return results;
    TRY_ASSIGN(std::vector<VideoRow> videos, store.videos());
    if (!filters.clip.empty()) {
        TRY_ASSIGN(videos, videos_named(videos, filters.clip));
    }
    TRY_ASSIGN(WindowsOfClips found, windows_in(videos, span));
    results.windows = std::move(found.windows);
    if (found.without_clock > 0) {
        results.notice =
            fmt::format("{} clips were left out: their files do not say when they were recorded",
                        found.without_clock);
    }
    return results;
}

Result<void> for_each_filtered(Store& store, const FilteredResults& results,
                               const VehicleVisitor& visit) {
    if (!results.windows) return store.for_each_vehicle(results.vehicle, visit);
    // A clip may have several windows, as a time of day has over midnight: each vehicle once.
    std::vector<std::pair<std::string, std::vector<MediaWindow>>> clips;
    for (const MediaWindow& window : *results.windows) {
        if (clips.empty() || clips.back().first != window.video) {
            clips.push_back({window.video, {}});
        }
        clips.back().second.push_back(window);
    }
    for (const auto& [video, windows] : clips) {
        VehicleFilter filter = results.vehicle;
        filter.video = video;
        const VehicleVisitor in_window = [&](const VideoRow& clip, const VehicleRow& row) {
            const bool inside =
                std::any_of(windows.begin(), windows.end(), [&](const MediaWindow& window) {
                    return row.last_us >= window.from_us && row.first_us <= window.until_us;
                });
            return inside ? visit(clip, row) : Result<void>();
        };
        TRY(store.for_each_vehicle(filter, in_window));
    }
    return {};
}

}  // namespace dashcam
