#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "cli/annotate_clips.h"
#include "cli/commands.h"
#include "cli/complain.h"
#include "cli/dry_run_report.h"
#include "cli/exit_codes.h"
#include "cli/open_results.h"
#include "cli/run_summary.h"
#include "cli/settings_options.h"
#include "cli/statistics_file.h"
#include "main/orchestrator.h"
#include "pipeline/logging/process_log.h"
#include "video/clip_finder.h"

namespace dashcam {
namespace {

struct RunArguments {
    std::vector<std::string> paths;
    std::string statistics;
    bool print_config = false;
    bool redo = false;
    bool dry_run = false;
    bool annotate = false;
    SettingsOptions settings;
};

// 'auto' becomes what this terminal can show.
void choose_hud(Settings& settings) {
    if (settings.hud == "auto" && isatty(STDOUT_FILENO) != 0) settings.hud = "on";
}

int run(RunArguments& arguments) {
    Result<Settings> settings = arguments.settings.gather();
    if (!settings.ok()) return complain(settings.error().message, kExitUsage);
    if (arguments.print_config) {
        fmt::print("{}", arguments.settings.builder.describe());
        return kExitOk;
    }
    if (arguments.paths.empty()) {
        return complain(
            "run needs at least one PATH: a clip, a folder or a pattern, as in 'dashcam run CARD/'",
            kExitUsage);
    }
    const FoundClips found = find_clips(arguments.paths);
    for (const Error& problem : found.problems) complain(problem.message);
    if (found.clips.empty()) return complain("there is nothing to process", kExitSomeFailed);

    const Redo redo = arguments.redo ? Redo::kYes : Redo::kNo;
    if (arguments.dry_run) {
        const Result<DryRun> estimate = make_dry_run(*settings, found.clips, redo);
        if (!estimate.ok()) return complain(estimate.error().message, kExitCannotRun);
        return print_dry_run(*estimate);
    }
    choose_hud(*settings);
    const Result<RunPlan> plan = make_run_plan(*settings);
    if (!plan.ok()) return complain(plan.error().message, kExitCannotRun);
    const LogToStderr to_stderr = plan->settings.hud == "on" ? LogToStderr::kNo : LogToStderr::kYes;
    if (const auto log = start_log("main", plan->log_file, to_stderr); !log.ok()) {
        return complain(log.error().message, kExitCannotRun);
    }
    Signals signals;
    const Result<RunReport> report = run_pipeline(*plan, found.clips, redo, signals);
    if (!report.ok()) return complain(report.error().message, kExitCannotRun);
    int code = print_run_summary(*report, *plan);
    // Also after clips that failed; not when the run was interrupted or gave up.
    const bool went_through = code == kExitOk || code == kExitSomeFailed;
    if (arguments.annotate && went_through && annotate_clips(*report, *plan, signals) > 0)
        code = kExitSomeFailed;
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
    command->add_flag("--print-config", arguments->print_config,
                      "show every setting and where it comes from, and end");
    command->add_flag("--redo", arguments->redo, "process clips again that are finished already");
    command->add_option("--statistics", arguments->statistics,
                        "write what the run cost, by stage, into this JSON file");
    command->add_flag("--dry-run", arguments->dry_run,
                      "sample the clips, estimate time, disk and vehicles, write nothing, and end");
    command->add_flag("--annotate", arguments->annotate,
                      "also write a video of each clip with boxes, track numbers and plates; it is "
                      "a second pass over the clips");
    add_settings_options(*command, arguments->settings);
    command->footer(
        "Examples:\n"
        "  dashcam run CARD/\n"
        "  dashcam run 'CARD/2024-*.mp4' --out holiday --num-gpu-workers 3\n"
        "  dashcam run CARD/ --dry-run\n"
        "  dashcam run CARD/ --db postgresql://me@localhost/dashcam\n"
        "Ctrl-C stops in an orderly way; the next run goes on with the clips that are left.");
    command->callback([&action, arguments] { action = [arguments] { return run(*arguments); }; });
}

}  // namespace dashcam
