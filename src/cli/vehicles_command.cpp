#include <memory>
#include <utility>

#include "cli/commands.h"
#include "cli/complain.h"
#include "cli/database_options.h"
#include "cli/result_filters.h"
#include "cli/row_output.h"
#include "cli/vehicle_reference.h"
#include "cli/vehicle_table.h"

namespace dashcam {
namespace {

struct VehiclesArguments {
    DatabaseOptions database;
    ResultFilters filters;
    std::string plate;
    bool json = false;
};

Result<void> list_vehicles(const VehiclesArguments& arguments, Store& store,
                           FilteredResults& filtered) {
    if (!arguments.plate.empty()) filtered.vehicle.plate = plain_plate(arguments.plate);
    TRY_ASSIGN(const auto out, RowFile::open(""));
    TextTable table;
    bool any = false;
    TRY(write_filtered(*out, store, filtered, [&](const VideoRow& video, const VehicleRow& row) {
        const bool first = !std::exchange(any, true);
        if (!arguments.json) {
            std::string lines = first ? table.add(vehicle_table_head()) : "";
            return lines + table.add(vehicle_table_line(row, video.path));
        }
        return (first ? "[\n" : ",\n") + vehicle_json(row, video.path);
    }));
    TRY(out->write(!arguments.json ? table.rest() : any ? "\n]\n" : "[]\n"));
    TRY(out->finish());
    if (!any && !arguments.json) {
        complain("no vehicle fits; 'dashcam search' also finds parts of plates");
    }
    return {};
}

}  // namespace

void add_vehicles_command(CLI::App& app, CommandAction& action) {
    const auto arguments = std::make_shared<VehiclesArguments>();
    CLI::App* command = app.add_subcommand("vehicles", "List the vehicles in the database");
    command->add_option("--plate", arguments->plate,
                        "only this plate, whole; 'search' takes patterns");
    command->add_flag("--json", arguments->json, "an array of objects instead of a table");
    add_result_filters(*command, arguments->filters);
    add_database_options(*command, arguments->database);
    command->footer(
        "Examples:\n"
        "  dashcam vehicles\n"
        "  dashcam vehicles --tier confirmed --json\n"
        "  dashcam vehicles --at 14:05 --within 60\n"
        "  dashcam vehicles --db postgresql://me@localhost/dashcam");
    command->callback([&action, arguments] {
        action = [arguments] {
            return with_filtered_results(arguments->database, arguments->filters,
                                         [&](Store& store, FilteredResults& filtered) {
                                             return list_vehicles(*arguments, store, filtered);
                                         });
        };
    });
}

}  // namespace dashcam
