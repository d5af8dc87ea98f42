#include <fmt/format.h>

#include <cstdio>
#include <map>
#include <memory>
#include <vector>

#include "cli/commands.h"
#include "cli/complain.h"
#include "cli/database_options.h"
#include "cli/exit_codes.h"
#include "cli/result_filters.h"
#include "cli/vehicle_table.h"

namespace dashcam {
namespace {

struct VehiclesArguments {
    DatabaseOptions database;
    ResultFilters filters;
    std::string plate;
    bool json = false;
};

Result<std::string> list_vehicles(const VehiclesArguments& arguments) {
    TRY_ASSIGN(const Settings settings, settings_of(arguments.database));
    TRY_ASSIGN(const auto store, open_results(settings, Access::kReadOnly));
    TRY_ASSIGN(FilteredResults filtered, resolve_filters(*store, arguments.filters));
    if (!arguments.plate.empty()) filtered.vehicle.plate = arguments.plate;
    std::vector<VehicleRow> vehicles;
    std::map<std::string, std::string> paths;
    TRY(for_each_filtered(*store, filtered, [&](const VideoRow& video, const VehicleRow& row) {
        paths[video.id] = video.path;
        vehicles.push_back(row);
        return Result<void>();
    }));
    if (!filtered.notice.empty()) complain(filtered.notice);
    if (arguments.json) return vehicle_json(vehicles, paths);
    return vehicle_table(vehicles, paths);
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
            const Result<std::string> text = list_vehicles(*arguments);
            if (!text.ok()) return complain(text.error().message, kExitCannotRun);
            std::fwrite(text->data(), 1, text->size(), stdout);
            return kExitOk;
        };
    });
}

}  // namespace dashcam
