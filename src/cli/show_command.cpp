#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "cli/complain.h"
#include "cli/exit_codes.h"
#include "cli/open_results.h"
#include "cli/terminal.h"
#include "cli/text_table.h"
#include "cli/vehicle_reference.h"
#include "report/provenance.h"
#include "report/vehicle_record.h"
#include "search/clip_times.h"
#include "video/printable_path.h"

namespace dashcam {
namespace {

struct ShowArguments {
    DatabaseOptions results;
    std::string vehicle;
    bool json = false;
};

// Symbols that a character may also be, if more likely than this, are listed.
constexpr double kWorthListing = 0.01;

std::string plate_line(const Terminal& terminal, const VehicleRow& vehicle) {
    if (vehicle.plate.empty()) return "none. " + unread_sentence(vehicle);
    std::string text = inked(terminal, Ink::kBold, printable_text(vehicle.plate)) + "  " +
                       inked(terminal, ink_of_tier(vehicle.tier), vehicle.tier) +
                       fmt::format(", {:.1f} % sure", 100 * vehicle.confidence);
    if (!vehicle.region.empty()) {
        text += fmt::format(", looks like {} ({:.0f} %)", printable_text(vehicle.region),
                            100 * vehicle.region_confidence);
    }
    return text;
}

std::string corrected_line(const Terminal& terminal, const CorrectionRow& correction) {
    const std::string plate = correction.plate.empty() ? "none" : printable_text(correction.plate);
    std::string text = inked(terminal, Ink::kBold, plate) + "  " +
                       inked(terminal, Ink::kGood, "corrected by hand") + ", " +
                       printable_text(correction.corrected_at);
    if (!correction.reason.empty()) text += ": " + printable_text(correction.reason);
    return text;
}

std::string characters_of(const VehicleRow& vehicle) {
    std::string text;
    for (std::size_t i = 0; i < vehicle.characters.size() && i < vehicle.plate.size(); ++i) {
        const CharacterPosterior& character = vehicle.characters[i];
        text += fmt::format("{}{} {:.0f}%", i == 0 ? "" : ",  ", vehicle.plate[i],
                            100 * character.confidence);
        for (const auto& [symbol, p] : character.symbols) {
            if (symbol != vehicle.plate[i] && p >= kWorthListing && vehicle.plate[i] != '?')
                text += fmt::format(" ({} {:.0f}%)", symbol, 100 * p);
        }
    }
    return printable_text(text);
}

std::string alternatives_of(const VehicleRow& vehicle) {
    std::string text;
    for (const Alternative& other : vehicle.alternatives) {
        text += fmt::format("{}{} {:.1f}%", text.empty() ? "" : ",  ", other.text,
                            100 * other.probability);
    }
    return printable_text(text);
}

std::string readings_table(const std::vector<ReadingRow>& readings, std::int64_t best_frame) {
    std::vector<TextLine> lines{{"TIME", "FRAME", "TEXT", "SURE", "PLATE", "SHARPNESS", ""}};
    for (const ReadingRow& reading : readings) {
        lines.push_back({media_time(reading.time_us), std::to_string(reading.frame),
                         reading.text.empty() ? "-" : printable_text(reading.text),
                         fmt::format("{:.2f}", reading.confidence),
                         fmt::format("{:.0f}x{:.0f}", reading.width_px, reading.height_px),
                         fmt::format("{:.2f}", reading.sharpness),
                         reading.frame == best_frame ? "<- in the picture" : ""});
    }
    return text_table(lines, 2);
}

std::string pictures_of(const OpenResults& results, const VehicleRow& vehicle) {
    std::string text;
    for (const std::string& picture : {vehicle.best_shot, vehicle.plate_shot}) {
        if (picture.empty()) continue;
        std::error_code ignored;
        const std::string path = results.out + "/" + picture;
        text += (text.empty() ? "" : " ") + printable_text(path);
        if (!std::filesystem::exists(path, ignored)) text += " (missing)";
    }
    return text;
}

std::string described(const OpenResults& results, const VehicleRecord& record,
                      const std::string& reference) {
    const Terminal terminal = terminal_of_stdout();
    const VehicleRow& vehicle = record.vehicle;
    const VideoRow& video = record.video;
    const auto line = [&](const char* label, const std::string& text) {
        return text.empty() ? "" : labelled(terminal, label, text);
    };
    std::string out = inked(terminal, Ink::kBold, reference) + "\n";
    if (const CorrectionRow* correction = record.correction()) {
        out += line("Plate", corrected_line(terminal, *correction));
        out += line("Was read as", plate_line(terminal, vehicle));
    } else {
        out += line("Plate", plate_line(terminal, vehicle));
    }
    out += line("Characters", characters_of(vehicle));
    out += line("Or", alternatives_of(vehicle));
    out += line("Class", fmt::format("{}, {:.0f} % sure", printable_text(vehicle.vehicle_class),
                                     100 * vehicle.class_confidence));
    const std::string clock = clock_text(video, vehicle.first_us);
    out += line("Seen", fmt::format("{} to {}, in {} frames{}", media_time(vehicle.first_us),
                                    media_time(vehicle.last_us), vehicle.hits,
                                    clock.empty() ? "" : "; recorder's clock " + clock));
    std::error_code ignored;
    const bool is_there = std::filesystem::exists(video.path, ignored);
    out += line("Clip", printable_path(video.path) +
                            (is_there ? "" : "  (not there; give clip --source PATH)"));
    out += line("The moment", moment_url(video.path, moment_us(vehicle, record.readings)));
    out += line("Pictures", pictures_of(results, vehicle));
    out += line("Made by", provenance_text(vehicle.settings, record.run));
    out += line("Looked at", fmt::format("{} times, {} found a plate, {} readings kept",
                                         vehicle.looks, vehicle.readings, record.readings.size()));
    if (!record.readings.empty()) out += readings_table(record.readings, vehicle.best_frame);
    out += line("See also", "dashcam explain " + reference + " (how the text came about)");
    return out;
}

int show(const ShowArguments& arguments, const OpenResults& results, const NamedVehicle& named) {
    const auto record = load_record(*results.store, named.video, named.vehicle);
    if (!record.ok()) return complain(record.error().message, kExitCannotRun);
    if (arguments.json) {
        fmt::print("{}\n", record_json(*record).dump(2, ' ', false,
                                                     nlohmann::json::error_handler_t::replace));
        return kExitOk;
    }
    const auto videos = results.store->videos();
    if (!videos.ok()) return complain(videos.error().message, kExitCannotRun);
    fmt::print("{}", described(results, *record,
                               reference_of(record->video, record->vehicle.track, *videos)));
    return kExitOk;
}

}  // namespace

void add_show_command(CLI::App& app, CommandAction& action) {
    const auto arguments = std::make_shared<ShowArguments>();
    CLI::App* command = app.add_subcommand("show", "Tell all that is known of one vehicle");
    command->add_option("VEHICLE", arguments->vehicle, kVehicleReferenceHelp)->required();
    add_database_options(*command, arguments->results);
    command->add_flag("--json", arguments->json, "one object for programs");
    command->footer(
        "Examples:\n"
        "  dashcam show drive.mp4:16\n"
        "  dashcam show KV67WRT --json\n"
        "  dashcam show 1f3a:16 --out trip");
    command->callback([&action, arguments] {
        action = [arguments] {
            return with_vehicle(arguments->results, arguments->vehicle, Access::kReadOnly,
                                [&](const OpenResults& results, const NamedVehicle& named) {
                                    return show(*arguments, results, named);
                                });
        };
    });
}

}  // namespace dashcam
