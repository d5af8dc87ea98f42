#include "cli/command_line.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

#include "cli/commands.h"
#include "cli/complain.h"
#include "cli/exit_codes.h"
#include "reading/reading_clusters.h"
#include "video/printable_path.h"

namespace dashcam {
namespace {

// Letters to change, add or leave out.
constexpr std::size_t kMistypedLetters = 2;

std::vector<const CLI::App*> commands_of(const CLI::App& app) {
    return app.get_subcommands([](const CLI::App*) { return true; });
}

bool is_command(const CLI::App& app, const std::string& word) {
    const auto commands = commands_of(app);
    return std::any_of(commands.begin(), commands.end(), [&](const CLI::App* command) {
        return command->get_name() == word;
    });
}

// What to say of a first word that is no command.
std::string no_such_command(const CLI::App& app, const std::string& word) {
    std::error_code ignored;
    if (std::filesystem::exists(word, ignored)) {
        return printable_path(word) + " is no command; to process it: dashcam run " +
               printable_path(word);
    }
    std::string nearest;
    std::size_t least = kMistypedLetters + 1;
    for (const CLI::App* command : commands_of(app)) {
        const std::size_t distance = edit_distance(word, command->get_name());
        if (command->get_group().empty() || distance >= least) continue;
        least = distance;
        nearest = command->get_name();
    }
    return "there is no command " + printable_path(word) + "; " +
           (nearest.empty() ? "" : "did you mean '" + nearest + "'? ") +
           "'dashcam --help' lists all";
}

}  // namespace

int run_command_line(int argc, char** argv) {
    CLI::App app{"Turns dashcam footage into a database of vehicles and number plates.", "dashcam"};
    app.set_version_flag("--version", std::string("dashcam ") + DASHCAM_VERSION);
    app.require_subcommand(1);
    app.footer(
        "Examples:\n"
        "  dashcam run CARD/                     every clip on the card, into dashcam-out/\n"
        "  dashcam run clip.mp4 --out trip       one clip, into trip/\n"
        "  dashcam vehicles                      what was found\n"
        "  dashcam read photo.jpg                the plates in a picture\n"
        "  dashcam search 'AB?12*'               plates that fit a pattern\n"
        "Exit codes: 0 fine, 1 something could not be processed, 2 wrong arguments or settings,\n"
        "3 cannot run (database, folder, memory, models), 4 gave up, 130 interrupted.");
    CommandAction action;
    add_run_command(app, action);
    add_vehicles_command(app, action);
    add_search_command(app, action);
    add_encounters_command(app, action);
    add_export_command(app, action);
    add_forget_command(app, action);
    add_upgrade_command(app, action);
    add_show_command(app, action);
    add_report_command(app, action);
    add_status_command(app, action);
    add_doctor_command(app, action);
    add_docs_command(app, action);
    add_read_command(app, action);
    add_correct_command(app, action);
    add_explain_command(app, action);
    add_clip_command(app, action);
    add_verify_command(app, action);
    add_evaluate_command(app, action);
    add_internal_commands(app, action);
    if (argc < 2) {
        fmt::print(stderr, "{}", app.help());
        return kExitUsage;
    }
    const std::string first = argv[1];
    if (!first.starts_with('-') && !is_command(app, first)) {
        return complain(no_such_command(app, first), kExitUsage);
    }
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        const int code = app.exit(error);
        return code == 0 ? kExitOk : kExitUsage;
    }
    return action ? action() : kExitUsage;
}

}  // namespace dashcam
