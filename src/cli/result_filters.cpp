#include "cli/result_filters.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "cli/complain.h"
#include "cli/exit_codes.h"
#include "cli/vehicle_reference.h"

namespace dashcam {
namespace {

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

FilteredResults without_windows(const ResultFilters& filters) {
    FilteredResults results;
    VehicleFilter& vehicle = results.vehicle;
    vehicle.view = PlateView::kCorrected;
    if (!filters.tier.empty()) vehicle.tier = filters.tier;
    if (!filters.vehicle_class.empty()) vehicle.vehicle_class = filters.vehicle_class;
    if (!filters.region.empty()) vehicle.region = filters.region;
    return results;
}

std::string notice_of(std::size_t clips_without_clock) {
    if (clips_without_clock == 0) return "";
    return clips_without_clock == 1
               ? "1 clip was left out: its file does not say when it was recorded"
               : fmt::format(
                     "{} clips were left out: their files do not say when they were recorded",
                     clips_without_clock);
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
        .add_option("--clip", filters.clip, "only this clip: path or its end, or begin of its id")
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
    std::vector<VideoRow> found = clips_named(videos, name);
    if (found.empty()) return no_such_clip(videos, name);
    return found;
}

int with_filtered_results(const DatabaseOptions& options, const ResultFilters& filters,
                          const std::function<Result<void>(Store&, FilteredResults&)>& action) {
    const Result<TimeSpan> span = span_of(filters);
    if (!span.ok()) return complain(span.error().message, kExitUsage);
    // Times that don't go together are wrong whatever clips there are.
    if (const auto checked = windows_in({}, *span); !checked.ok())
        return complain(checked.error().message, kExitUsage);
    const Result<Settings> settings = settings_of(options);
    if (!settings.ok()) return complain(settings.error().message, kExitUsage);
    const auto store = open_results(*settings, Access::kReadOnly);
    if (!store.ok()) return complain(store.error().message, kExitCannotRun);
    FilteredResults results = without_windows(filters);
    if (!filters.clip.empty() || span->restricts()) {
        Result<std::vector<VideoRow>> videos = (*store)->videos();
        if (!videos.ok()) return complain(videos.error().message, kExitCannotRun);
        if (!filters.clip.empty()) videos = videos_named(*videos, filters.clip);
        if (!videos.ok()) return complain(videos.error().message, kExitUsage);
        Result<WindowsOfClips> found = windows_in(*videos, *span);
        if (!found.ok()) return complain(found.error().message, kExitUsage);
        results.windows = std::move(found->windows);
        results.notice = notice_of(found->without_clock);
    }
    const Result<void> done = action(**store, results);
    if (!done.ok()) return complain(done.error().message, kExitCannotRun);
    if (!results.notice.empty()) complain(results.notice);
    return kExitOk;
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

Result<void> write_filtered(
    RowFile& file, Store& store, const FilteredResults& results,
    const std::function<std::string(const VideoRow&, const VehicleRow&)>& text_of) {
    const Result<void> listed = for_each_filtered(
        store, results, [&](const VideoRow& video, const VehicleRow& row) -> Result<void> {
            TRY(file.write(text_of(video, row)));
            if (!file.reader_is_there()) return Error{"the reader of the output has gone"};
            return {};
        });
    return file.reader_is_there() ? listed : Result<void>();
}

}  // namespace dashcam
