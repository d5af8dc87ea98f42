#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <memory>

#include "cli/commands.h"
#include "cli/complain.h"
#include "cli/exit_codes.h"
#include "cli/open_results.h"
#include "cli/vehicle_reference.h"
#include "reading/plate_reading.h"
#include "video/printable_path.h"

namespace dashcam {
namespace {

struct CorrectArguments {
    DatabaseOptions results;
    std::string vehicle;
    std::string plate;
    std::string reason;
    bool none = false;
    bool undo = false;
};

constexpr std::size_t kLongestReason = 1000;

std::string now_utc() {
    const std::time_t now = std::time(nullptr);
    std::tm at{};
    gmtime_r(&now, &at);
    char text[32];
    std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &at);
    return text;
}

// The plate as it is stored, or what is wrong with it.
Result<std::string> checked_plate(const CorrectArguments& arguments) {
    if (arguments.undo) {
        if (arguments.plate.empty() && !arguments.none) return std::string();
        return Error{"--undo takes no plate: it takes the last correction back"};
    }
    if (arguments.none) {
        if (arguments.plate.empty()) return std::string();
        return Error{"give a plate or --no-plate, not both"};
    }
    const std::string plate = plain_plate(arguments.plate);
    if (plate.empty()) return Error{"give the plate, or --no-plate for a vehicle without one"};
    const bool known = std::all_of(plate.begin(), plate.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || c == '?';
    });
    if (!known || plate.size() > kPlateSlots) {
        return Error{
            printable_path(arguments.plate) +
            fmt::format(" is no plate: at most {} of A to Z, 0 to 9, and ? for a character "
                        "that is not known",
                        kPlateSlots)};
    }
    return plate;
}

int undo(Store& store, const NamedVehicle& named) {
    const std::string name =
        fmt::format("{}:{}", printable_text(file_name_of(named.video.path)), named.vehicle.track);
    const auto withdrawn = store.withdraw_correction(named.video.id, named.vehicle.track);
    if (!withdrawn.ok()) return complain(withdrawn.error().message, kExitCannotRun);
    if (!*withdrawn) {
        return complain(name + " has no correction to take back; 'dashcam show' tells what it has",
                        kExitUsage);
    }
    fmt::print("the last correction of {} is taken back\n", name);
    return kExitOk;
}

int correct_in(Store& store, const NamedVehicle& named, const CorrectArguments& arguments,
               const std::string& plate) {
    if (arguments.undo) return undo(store, named);
    const auto written =
        store.correct({named.video.id, named.vehicle.track, plate, arguments.reason, now_utc()});
    if (!written.ok()) return complain(written.error().message, kExitCannotRun);
    const auto shown = [](const std::string& text) {
        return text.empty() ? std::string("no plate") : printable_text(text);
    };
    fmt::print("{}:{} is {} now, was {}; its readings stay, and later runs keep this\n",
               printable_text(file_name_of(named.video.path)), named.vehicle.track, shown(plate),
               shown(named.plate()));
    return kExitOk;
}

int correct(const CorrectArguments& arguments) {
    const Result<std::string> plate = checked_plate(arguments);
    if (!plate.ok()) return complain(plate.error().message, kExitUsage);
    if (arguments.reason.size() > kLongestReason) {
        return complain(fmt::format("the reason is longer than {} bytes", kLongestReason),
                        kExitUsage);
    }
    // Opened for writing only when the vehicle is known: that may create tables.
    const auto known = [](const OpenResults&, const NamedVehicle&) { return kExitOk; };
    if (const int code =
            with_vehicle(arguments.results, arguments.vehicle, Access::kReadOnly, known);
        code != kExitOk)
        return code;
    return with_vehicle(arguments.results, arguments.vehicle, Access::kReadWrite,
                        [&](const OpenResults& results, const NamedVehicle& named) {
                            return correct_in(*results.store, named, arguments, *plate);
                        });
}

}  // namespace

void add_correct_command(CLI::App& app, CommandAction& action) {
    const auto arguments = std::make_shared<CorrectArguments>();
    CLI::App* command = app.add_subcommand("correct", "Say what a vehicle's plate really is");
    command->add_option("VEHICLE", arguments->vehicle, kVehicleReferenceHelp)->required();
    command->add_option("PLATE", arguments->plate,
                        "the right plate; ? for a character that is not known");
    command->add_flag("--no-plate", arguments->none, "the vehicle has no plate");
    command->add_flag("--undo", arguments->undo, "take the last correction back");
    command->add_option("--reason", arguments->reason, "why, for later readers");
    add_database_options(*command, arguments->results);
    command->footer(
        "The correction is a row of its own, with its time and reason: what the program read "
        "stays,\n"
        "and processing the clip again does not undo it. The last correction counts.\n"
        "Examples:\n"
        "  dashcam correct drive.mp4:74 GD84W27 --reason 'seen in the plate picture'\n"
        "  dashcam correct drive.mp4:66 --no-plate");
    command->callback(
        [&action, arguments] { action = [arguments] { return correct(*arguments); }; });
}

}  // namespace dashcam
