#include <fmt/format.h>

#include <map>
#include <memory>
#include <set>

#include "cli/commands.h"
#include "cli/complain.h"
#include "cli/database_options.h"
#include "cli/exit_codes.h"
#include "cli/result_filters.h"
#include "cli/result_rows.h"
#include "search/plate_search.h"

namespace dashcam {
namespace {

constexpr std::size_t kUsualLimit = 50;

struct SearchArguments {
    DatabaseOptions database;
    ResultFilters filters;
    std::string pattern;
    bool fuzzy = false;
    std::size_t limit = kUsualLimit;
    bool json = false;
    bool csv = false;
};

std::string how_it_matched(const SearchHit& hit) {
    if (!hit.exact) return "similar";
    switch (hit.kind) {
        case PlateTextKind::kRead:
            return "plate";
        case PlateTextKind::kAlternative:
            return "alternative";
        case PlateTextKind::kCorrected:
            return "corrected";
    }
    return "?";
}

std::string probability_text(double probability) {
    if (probability < 0.0001) return "<0.0001";
    return fmt::format("{:.{}f}", probability, probability < 0.01 ? 4 : 2);
}

const std::vector<std::string>& columns(RowFormat format) {
    static const std::vector<std::string> table{"PROB", "PLATE", "MATCHES", "TIER", "CLASS",
                                                "CLIP", "TRACK", "SEEN",    "CLOCK"};
    static const std::vector<std::string> all{
        "probability", "matched",     "match",     "plate",     "tier",  "confidence",
        "class",       "region",      "clip",      "video_id",  "track", "first_s",
        "last_s",      "first_clock", "best_shot", "plate_shot"};
    return format == RowFormat::kTable ? table : all;
}

std::vector<RowValue> row_of(RowFormat format, const VideoRow& video, const SearchHit& hit) {
    const VehicleRow& row = hit.vehicle;
    const std::string how = how_it_matched(hit);
    if (format == RowFormat::kTable) {
        return {probability_text(hit.probability),
                row.plate.empty() ? "-" : row.plate,
                how == "alternative" ? "alternative " + hit.text : how,
                row.tier,
                row.vehicle_class,
                clip_name(video),
                std::int64_t{row.track},
                fmt::format("{:.1f}-{:.1f} s", seconds_of(row.first_us), seconds_of(row.last_us)),
                clock_text(video, row.first_us)};
    }
    return {hit.probability,
            hit.text,
            how,
            row.plate,
            row.tier,
            row.confidence,
            row.vehicle_class,
            row.region,
            video.path,
            row.video,
            std::int64_t{row.track},
            seconds_of(row.first_us),
            seconds_of(row.last_us),
            clock_text(video, row.first_us),
            row.best_shot,
            row.plate_shot};
}

Result<void> print_hits(const SearchArguments& arguments, const PlatePattern& pattern, Store& store,
                        const FilteredResults& filtered) {
    const SearchQuery query{pattern, arguments.fuzzy ? Fuzzy::kYes : Fuzzy::kNo, filtered.vehicle,
                            filtered.windows, arguments.limit};
    TRY_ASSIGN(const SearchResult found, search_plates(store, query));
    const RowFormat format = format_of(arguments.json, arguments.csv);
    if (format == RowFormat::kTable && found.hits.empty()) {
        complain(arguments.fuzzy ? "no plate fits " + pattern.text()
                                 : "no plate fits " + pattern.text() +
                                       "; --fuzzy also finds what may have been read wrongly");
        return {};
    }
    TRY_ASSIGN(const auto out, RowFile::open(""));
    RowWriter writer(format, columns(format));
    TRY(out->write(writer.head()));
    std::set<std::string> ids;
    for (const SearchHit& hit : found.hits) ids.insert(hit.vehicle.video);
    TRY_ASSIGN(const std::vector<VideoRow> rows, store.videos_of({ids.begin(), ids.end()}));
    std::map<std::string, VideoRow> videos;
    for (const VideoRow& row : rows) videos[row.id] = row;
    for (const SearchHit& hit : found.hits)
        TRY(out->write(writer.row(row_of(format, videos[hit.vehicle.video], hit))));
    TRY(out->write(writer.tail()));
    TRY(out->finish());
    if (found.unlikely) {
        complain("no plate fits " + pattern.text() +
                 ", and these look much like it but were read with certainty");
    }
    if (found.more) {
        fmt::print(stderr, "dashcam: these are the {} most probable ones; --limit shows more\n",
                   arguments.limit);
    }
    return {};
}

int search(const SearchArguments& arguments) {
    const Result<PlatePattern> pattern = PlatePattern::parse(arguments.pattern);
    if (!pattern.ok()) return complain(pattern.error().message, kExitUsage);
    return with_filtered_results(arguments.database, arguments.filters,
                                 [&](Store& store, FilteredResults& filtered) {
                                     return print_hits(arguments, *pattern, store, filtered);
                                 });
}

}  // namespace

void add_search_command(CLI::App& app, CommandAction& action) {
    const auto arguments = std::make_shared<SearchArguments>();
    CLI::App* command = app.add_subcommand("search", "Find plates by a pattern, best match first");
    command
        ->add_option("PATTERN", arguments->pattern,
                     "a plate, with '?' for one character and '*' for any number; quote it")
        ->required();
    command->add_flag("--fuzzy", arguments->fuzzy,
                      "also plates that may have been read wrongly: up to two characters taken for "
                      "others (0 for O, 8 for B, ...), one of them lost or added");
    command->add_option("--limit", arguments->limit, "at most so many [50]")
        ->check(CLI::Range(std::size_t{1}, std::size_t{1'000'000}));
    CLI::Option* json = command->add_flag("--json", arguments->json, "an array of objects");
    command->add_flag("--csv", arguments->csv, "comma-separated values")->excludes(json);
    add_result_filters(*command, arguments->filters);
    add_database_options(*command, arguments->database);
    command->footer(
        "PROB is the probability that the plate fits the pattern. A '?' of a plate fits what its\n"
        "readings leave possible.\n"
        "Examples:\n"
        "  dashcam search 'AB?12*'\n"
        "  dashcam search KV67WRT --fuzzy\n"
        "  dashcam search '*' --at 14:05 --class truck --json");
    command->callback(
        [&action, arguments] { action = [arguments] { return search(*arguments); }; });
}

}  // namespace dashcam
