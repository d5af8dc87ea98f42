#pragma once

#include <CLI/CLI.hpp>
#include <functional>

namespace dashcam {

// One file per command. Each adds its subcommand to `app`; when it was given, `action` becomes what
// main() does next and gives the exit code.
using CommandAction = std::function<int()>;

void add_run_command(CLI::App& app, CommandAction& action);
void add_read_command(CLI::App& app, CommandAction& action);
void add_vehicles_command(CLI::App& app, CommandAction& action);
void add_upgrade_command(CLI::App& app, CommandAction& action);
void add_show_command(CLI::App& app, CommandAction& action);
void add_report_command(CLI::App& app, CommandAction& action);
void add_doctor_command(CLI::App& app, CommandAction& action);
void add_status_command(CLI::App& app, CommandAction& action);
// Man page and shell completions, made from the options of `app`; hidden from help.
void add_docs_command(CLI::App& app, CommandAction& action);
void add_correct_command(CLI::App& app, CommandAction& action);
void add_explain_command(CLI::App& app, CommandAction& action);
void add_clip_command(CLI::App& app, CommandAction& action);
void add_verify_command(CLI::App& app, CommandAction& action);
// The roles that main starts this program in; hidden from help.
void add_internal_commands(CLI::App& app, CommandAction& action);

}  // namespace dashcam
