#include <fmt/format.h>

#include <cstdio>
#include <memory>

#include "cli/commands.h"
#include "cli/database_options.h"
#include "cli/exit_codes.h"
#include "cli/vehicle_table.h"

namespace dashcam {
namespace {

struct VehiclesArguments {
    DatabaseOptions database;
    std::string plate;
    std::string tier;
    bool json = false;
};

Result<std::string> list_vehicles(const VehiclesArguments& arguments) {
    TRY_ASSIGN(const Settings settings, settings_of(arguments.database));
    TRY_ASSIGN(const auto store, open_results(settings, Access::kReadOnly));
    VehicleFilter filter;
    filter.view = PlateView::kCorrected;
    if (!arguments.plate.empty()) filter.plate = arguments.plate;
    if (!arguments.tier.empty()) filter.tier = arguments.tier;
    TRY_ASSIGN(const auto vehicles, store->vehicles(filter));
    TRY_ASSIGN(const auto videos, store->videos());
    std::map<std::string, std::string> paths;
    for (const VideoRow& video : videos) paths[video.id] = video.path;
    if (arguments.json) return vehicle_json(vehicles, paths);
    return vehicle_table(vehicles, paths);
}

}  // namespace

void add_vehicles_command(CLI::App& app, CommandAction& action) {
    const auto arguments = std::make_shared<VehiclesArguments>();
    CLI::App* command = app.add_subcommand("vehicles", "List the vehicles in the database");
    add_database_options(*command, arguments->database);
    command->add_option("--plate", arguments->plate, "only this plate, whole");
    command->add_option("--tier", arguments->tier, "only this tier")
        ->check(CLI::IsMember({"corrected", "confirmed", "probable", "partial", "none"}));
    command->add_flag("--json", arguments->json, "an array of objects instead of a table");
    command->footer(
        "Examples:\n"
        "  dashcam vehicles\n"
        "  dashcam vehicles --tier confirmed --json\n"
        "  dashcam vehicles --db postgresql://me@localhost/dashcam");
    command->callback([&action, arguments] {
        action = [arguments] {
            const Result<std::string> text = list_vehicles(*arguments);
            if (!text.ok()) {
                fmt::print(stderr, "dashcam: {}\n", text.error().message);
                return kExitCannotRun;
            }
            std::fwrite(text->data(), 1, text->size(), stdout);
            return kExitOk;
        };
    });
}

}  // namespace dashcam
