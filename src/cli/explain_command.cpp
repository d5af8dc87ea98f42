#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "cli/complain.h"
#include "cli/exit_codes.h"
#include "cli/explain_text.h"
#include "cli/open_results.h"
#include "cli/vehicle_reference.h"

namespace dashcam {
namespace {

struct ExplainArguments {
    DatabaseOptions results;
    std::string vehicle;
    bool json = false;
};

int explain_vehicle(const ExplainArguments& arguments, const OpenResults& results,
                    const NamedVehicle& named) {
    const auto record = load_record(*results.store, named.video, named.vehicle);
    if (!record.ok()) return complain(record.error().message, kExitCannotRun);
    const auto videos = results.store->videos();
    if (!videos.ok()) return complain(videos.error().message, kExitCannotRun);
    const Explanation explanation = explain(*record);
    if (arguments.json) {
        fmt::print("{}\n", explanation_json(*record, explanation)
                               .dump(2, ' ', false, nlohmann::json::error_handler_t::replace));
    } else {
        fmt::print("{}",
                   explanation_text(terminal_of_stdout(),
                                    reference_of(record->video, record->vehicle.track, *videos),
                                    *record, explanation));
    }
    return kExitOk;
}

}  // namespace

void add_explain_command(CLI::App& app, CommandAction& action) {
    const auto arguments = std::make_shared<ExplainArguments>();
    CLI::App* command = app.add_subcommand(
        "explain", "Tell how a plate's text came about, and what its tier rests on");
    command->add_option("VEHICLE", arguments->vehicle, kVehicleReferenceHelp)->required();
    add_database_options(*command, arguments->results);
    command->add_flag("--json", arguments->json, "one object for programs");
    command->footer(
        "The stored readings are fused again by the code that a run uses, and compared with the "
        "row.\n"
        "Examples:\n"
        "  dashcam explain drive.mp4:16\n"
        "  dashcam explain KV67WRT --json");
    command->callback([&action, arguments] {
        action = [arguments] {
            return with_vehicle(arguments->results, arguments->vehicle, Access::kReadOnly,
                                [&](const OpenResults& results, const NamedVehicle& named) {
                                    return explain_vehicle(*arguments, results, named);
                                });
        };
    });
}

}  // namespace dashcam
