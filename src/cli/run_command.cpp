#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "cli/commands.h"
#include "cli/exit_codes.h"
#include "cli/open_results.h"
#include "cli/run_summary.h"
#include "cli/statistics_file.h"
#include "main/orchestrator.h"
#include "pipeline/logging/process_log.h"
#include "settings/settings.h"
#include "video/clip_finder.h"

namespace dashcam {
namespace {

struct RunArguments {
    std::vector<std::string> paths;
    std::string config;
    std::string statistics;
    bool print_config = false;
    bool redo = false;
    SettingsBuilder settings;
    std::vector<std::pair<std::string, std::string>> flags;  // setting, value
};

// Flag before environment before file before default.
Result<Settings> gather(RunArguments& arguments) {
    for (const auto& [name, value] : arguments.flags) {
        const std::string& flag = arguments.settings.infos()[arguments.settings.find(name)].flag;
        TRY(arguments.settings.set(name, value, SettingSource::kFlag, flag));
    }
    TRY(arguments.settings.read_environment());
    if (!arguments.config.empty()) TRY(arguments.settings.read_file(arguments.config));
    return arguments.settings.build();
}

// 'auto' becomes what this terminal can show.
void choose_hud(Settings& settings) {
    if (settings.hud == "auto" && isatty(STDOUT_FILENO) != 0) settings.hud = "on";
}

int run(RunArguments& arguments) {
    Result<Settings> settings = gather(arguments);
    if (!settings.ok()) return complain(settings.error().message, kExitUsage);
    if (arguments.print_config) {
        fmt::print("{}", arguments.settings.describe());
        return kExitOk;
    }
    if (arguments.paths.empty()) {
        return complain(
            "run needs at least one PATH: a clip, a folder or a pattern, as in 'dashcam run CARD/'",
            kExitUsage);
    }
    const FoundClips found = find_clips(arguments.paths);
    for (const Error& problem : found.problems)
        fmt::print(stderr, "dashcam: {}\n", problem.message);
    if (found.clips.empty()) return complain("there is nothing to process", kExitSomeFailed);

    choose_hud(*settings);
    const Result<RunPlan> plan = make_run_plan(*settings);
    if (!plan.ok()) return complain(plan.error().message, kExitCannotRun);
    const LogToStderr to_stderr = plan->settings.hud == "on" ? LogToStderr::kNo : LogToStderr::kYes;
    if (const auto log = start_log("main", plan->log_file, to_stderr); !log.ok()) {
        return complain(log.error().message, kExitCannotRun);
    }
    Signals signals;
    const Result<RunReport> report =
        run_pipeline(*plan, found.clips, arguments.redo ? Redo::kYes : Redo::kNo, signals);
    if (!report.ok()) return complain(report.error().message, kExitCannotRun);
    const int code = print_run_summary(*report, *plan);
    if (!arguments.statistics.empty()) {
        const auto written = write_statistics(*report, arguments.statistics);
        if (!written.ok()) return complain(written.error().message, kExitSomeFailed);
    }
    return code == kExitOk && !found.problems.empty() ? kExitSomeFailed : code;
}

}  // namespace

void add_run_command(CLI::App& app, CommandAction& action) {
    const auto arguments = std::make_shared<RunArguments>();
    CLI::App* command =
        app.add_subcommand("run", "Process clips into the database; finished ones are skipped");
    command->add_option("PATH", arguments->paths,
                        "clips, folders (searched with their subfolders) or patterns");
    command->add_option("--config", arguments->config, "TOML file with settings");
    command->add_flag("--print-config", arguments->print_config,
                      "show every setting and where it comes from, and end");
    command->add_flag("--redo", arguments->redo, "process clips again that are finished already");
    command->add_option("--statistics", arguments->statistics,
                        "write what the run cost, by stage, into this JSON file");
    for (const SettingInfo& info : arguments->settings.infos()) {
        const std::string help = fmt::format("{}{} [{}], {}", info.help,
                                             info.allowed.empty() ? "" : " (" + info.allowed + ")",
                                             info.preset, info.environment);
        CLI::Option* option = command->add_option_function<std::string>(
            info.flag,
            [arguments, name = info.name](const std::string& value) {
                arguments->flags.emplace_back(name, value);
            },
            help);
        option->group("Settings (flag, then environment variable, then --config file)");
        if (!info.choices.empty()) option->type_name("{" + info.choices + "}");
    }
    command->footer(
        "Examples:\n"
        "  dashcam run CARD/\n"
        "  dashcam run 'CARD/2024-*.mp4' --out holiday --num-gpu-workers 3\n"
        "  dashcam run CARD/ --db postgresql://me@localhost/dashcam\n"
        "Ctrl-C stops in an orderly way; the next run goes on with the clips that are left.");
    command->callback([&action, arguments] { action = [arguments] { return run(*arguments); }; });
}

}  // namespace dashcam
