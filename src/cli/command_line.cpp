#include "cli/command_line.h"

#include <fmt/format.h>

#include <cstdio>

#include "cli/commands.h"
#include "cli/exit_codes.h"

namespace dashcam {

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
        "Exit codes: 0 fine, 1 something could not be processed, 2 wrong arguments or settings,\n"
        "3 cannot run (database, folder, memory, models), 4 gave up, 130 interrupted.");
    CommandAction action;
    add_run_command(app, action);
    add_vehicles_command(app, action);
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
    add_internal_commands(app, action);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        const int code = app.exit(error);
        return code == 0 ? kExitOk : kExitUsage;
    }
    return action ? action() : kExitUsage;
}

}  // namespace dashcam
