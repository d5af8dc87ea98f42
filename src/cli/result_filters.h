#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/database_options.h"
#include "cli/row_output.h"
#include "search/clip_times.h"
#include "stores/store.h"

namespace dashcam {

// Filters that the commands that look at results share.
struct ResultFilters {
    std::string tier;
    std::string vehicle_class;
    std::string region;
    std::string clip;
    std::string at;
    double within_s = 30;
    std::string from;
    std::string until;
};

void add_result_filters(CLI::App& command, ResultFilters& filters);

// What the filters mean for one database.
struct FilteredResults {
    VehicleFilter vehicle;  // as corrected
    // Given if clips or times are restricted.
    std::optional<std::vector<MediaWindow>> windows;
    std::string notice;  // a line for the user, or empty: what the filters could not see
};
// Opens the results, resolves the filters for them, and lists with `action`. Gives the exit code,
// and complains: kExitUsage for a time that is none and a clip that is not there, kExitCannotRun if
// the database cannot be read or `action` fails. The notice comes after what `action` printed.
int with_filtered_results(const DatabaseOptions& options, const ResultFilters& filters,
                          const std::function<Result<void>(Store&, FilteredResults&)>& action);

// Videos by name, as clips_named() finds them. An Error if there is none.
Result<std::vector<VideoRow>> videos_named(const std::vector<VideoRow>& videos,
                                           const std::string& name);

// Calls `visit` for every vehicle that the filters let pass, in the order of paths, without keeping
// them.
Result<void> for_each_filtered(Store& store, const FilteredResults& results,
                               const VehicleVisitor& visit);

// Writes `text_of` each of them, until all are written or nobody reads them any more.
Result<void> write_filtered(
    RowFile& file, Store& store, const FilteredResults& results,
    const std::function<std::string(const VideoRow&, const VehicleRow&)>& text_of);

}  // namespace dashcam
