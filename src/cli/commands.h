#pragma once

#include <CLI/CLI.hpp>
#include <functional>

namespace dashcam {

// One file per command. Each adds its subcommand to `app`; when it was given, `action` becomes what
// main() does next and gives the exit code.
using CommandAction = std::function<int()>;

void add_run_command(CLI::App& app, CommandAction& action);
void add_vehicles_command(CLI::App& app, CommandAction& action);
void add_search_command(CLI::App& app, CommandAction& action);
void add_encounters_command(CLI::App& app, CommandAction& action);
void add_export_command(CLI::App& app, CommandAction& action);
void add_forget_command(CLI::App& app, CommandAction& action);
void add_upgrade_command(CLI::App& app, CommandAction& action);
// The roles that main starts this program in; hidden from help.
void add_internal_commands(CLI::App& app, CommandAction& action);

}  // namespace dashcam
