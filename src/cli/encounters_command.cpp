#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "cli/commands.h"
#include "cli/complain.h"
#include "cli/database_options.h"
#include "cli/result_filters.h"
#include "cli/result_rows.h"
#include "search/encounters.h"

namespace dashcam {
namespace {

constexpr std::size_t kUsualLimit = 50;

struct EncountersArguments {
    DatabaseOptions database;
    ResultFilters filters;
    EncounterQuery query;
    bool each = false;
    bool json = false;
    bool csv = false;
};

// Where and when, for people.
std::string place_of(const Meeting& meeting) {
    const std::string clock = clock_text(meeting.video, meeting.vehicle.first_us);
    const std::string place =
        fmt::format("{} {:.1f} s", clip_name(meeting.video), seconds_of(meeting.vehicle.first_us));
    return clock.empty() ? place : clock + " (" + place + ")";
}

struct Listing {
    std::vector<std::string> columns;
    std::vector<std::vector<RowValue>> rows;
};

// A row for each plate.
Listing plates_of(const std::vector<Encounter>& encounters, RowFormat format) {
    Listing listing;
    listing.columns =
        format == RowFormat::kTable
            ? std::vector<std::string>{"PLATE", "CLIPS", "TIMES", "SEEN FOR", "FIRST", "LAST"}
            : std::vector<std::string>{"plate",      "clips",     "times",       "seconds",
                                       "first_clip", "first_s",   "first_clock", "last_clip",
                                       "last_s",     "last_clock"};
    for (const Encounter& one : encounters) {
        if (one.meetings.empty()) continue;  // deleted meanwhile
        const Meeting& first = one.meetings.front();
        const Meeting& last = one.meetings.back();
        const auto clips = static_cast<std::int64_t>(one.clips);
        const auto times = static_cast<std::int64_t>(one.meetings.size());
        if (format == RowFormat::kTable) {
            listing.rows.push_back({one.plate, clips, times,
                                    fmt::format("{:.1f} s", seconds_of(one.seen_us)),
                                    place_of(first), place_of(last)});
        } else {
            listing.rows.push_back({one.plate, clips, times, seconds_of(one.seen_us),
                                    first.video.path, seconds_of(first.vehicle.first_us),
                                    clock_text(first.video, first.vehicle.first_us),
                                    last.video.path, seconds_of(last.vehicle.last_us),
                                    clock_text(last.video, last.vehicle.last_us)});
        }
    }
    return listing;
}

// A row for each time.
Listing meetings_of(const std::vector<Encounter>& encounters, RowFormat format) {
    Listing listing;
    listing.columns = export_columns();
    if (format == RowFormat::kTable) {
        listing.columns = {"PLATE", "TIER", "CLASS", "CLIP", "TRACK", "SEEN", "CLOCK"};
    }
    for (const Encounter& one : encounters) {
        for (const Meeting& meeting : one.meetings) {
            const VehicleRow& row = meeting.vehicle;
            if (format != RowFormat::kTable) {
                listing.rows.push_back(export_row(meeting.video, row));
                continue;
            }
            listing.rows.push_back(
                {row.plate, row.tier, row.vehicle_class, clip_name(meeting.video),
                 std::int64_t{row.track},
                 fmt::format("{:.1f}-{:.1f} s", seconds_of(row.first_us), seconds_of(row.last_us)),
                 clock_text(meeting.video, row.first_us)});
        }
    }
    return listing;
}

Result<void> print_encounters(const EncountersArguments& arguments, Store& store,
                              const FilteredResults& filtered) {
    EncounterQuery query = arguments.query;
    query.vehicle = filtered.vehicle;
    const auto list = [&](const VehicleVisitor& visit) {
        return for_each_filtered(store, filtered, visit);
    };
    TRY_ASSIGN(const std::vector<Encounter> encounters,
               filtered.windows ? encounters_among(list, query) : find_encounters(store, query));
    const RowFormat format = format_of(arguments.json, arguments.csv);
    if (encounters.empty() && format == RowFormat::kTable) {
        complain(
            fmt::format("no plate was met {} times in {} clips or more; --min-times and "
                        "--min-clips ask for less",
                        std::max(query.min_times, query.min_clips), query.min_clips));
        return {};
    }
    const Listing listing =
        arguments.each ? meetings_of(encounters, format) : plates_of(encounters, format);
    TRY_ASSIGN(const auto out, RowFile::open(""));
    RowWriter writer(format, listing.columns);
    TRY(out->write(writer.head()));
    for (const auto& row : listing.rows) TRY(out->write(writer.row(row)));
    TRY(out->write(writer.tail()));
    return out->finish();
}

}  // namespace

void add_encounters_command(CLI::App& app, CommandAction& action) {
    const auto arguments = std::make_shared<EncountersArguments>();
    arguments->query.limit = kUsualLimit;
    EncounterQuery& query = arguments->query;
    CLI::App* command =
        app.add_subcommand("encounters", "Plates that were met more than once: when and how long");
    command->add_option("--min-times", query.min_times, "met at least so often [2]")
        ->check(CLI::Range(std::size_t{1}, std::size_t{1'000'000}));
    command->add_option("--min-clips", query.min_clips, "in at least so many clips [1]")
        ->check(CLI::Range(std::size_t{1}, std::size_t{1'000'000}));
    command->add_option("--limit", query.limit, "at most so many plates [50]")
        ->check(CLI::Range(std::size_t{1}, std::size_t{1'000'000}));
    command->add_flag("--each", arguments->each, "a row for each time, not for each plate");
    CLI::Option* json = command->add_flag("--json", arguments->json, "an array of objects");
    command->add_flag("--csv", arguments->csv, "comma-separated values")->excludes(json);
    add_result_filters(*command, arguments->filters);
    add_database_options(*command, arguments->database);
    command->footer(
        "Whole plates count, as they were read or corrected; partial ones could be anybody's.\n"
        "Examples:\n"
        "  dashcam encounters --min-clips 2\n"
        "  dashcam encounters --each --from 2024-05-01 --csv");
    command->callback([&action, arguments] {
        action = [arguments] {
            return with_filtered_results(arguments->database, arguments->filters,
                                         [&](Store& store, FilteredResults& filtered) {
                                             return print_encounters(*arguments, store, filtered);
                                         });
        };
    });
}

}  // namespace dashcam
