#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>

#include "cli/commands.h"
#include "cli/complain.h"
#include "cli/exit_codes.h"
#include "cli/network_flags.h"
#include "evaluation/clip_evaluation.h"
#include "evaluation/picture_evaluation.h"
#include "evaluation/truth.h"
#include "main/network_setup.h"
#include "main/orchestrator.h"
#include "pipeline/logging/process_log.h"
#include "stores/store.h"

namespace dashcam {
namespace {

namespace fs = std::filesystem;

struct EvaluateArguments {
    std::vector<std::string> folders;
    std::string out;
    std::string labels = "plates";
    bool json = false;
    bool errors = false;
    bool all = false;
    NetworkFlags networks;
};

// Where the pipeline writes: the folder given, or one that is gone afterwards.
class OutputFolder {
  public:
    static Result<OutputFolder> make(const std::string& given) {
        if (!given.empty()) return OutputFolder(given, false);
        std::string pattern = (fs::temp_directory_path() / "dashcam-evaluate-XXXXXX").string();
        if (mkdtemp(pattern.data()) == nullptr) {
            return Error{"cannot make a temporary folder '" + pattern + "'; give one with --out"};
        }
        return OutputFolder(pattern, true);
    }
    OutputFolder(OutputFolder&& other) noexcept
        : path_(std::move(other.path_)), is_temporary_(std::exchange(other.is_temporary_, false)) {}
    OutputFolder& operator=(OutputFolder&&) = delete;
    ~OutputFolder() {
        std::error_code ignored;
        if (is_temporary_) fs::remove_all(path_, ignored);
    }
    const std::string& path() const { return path_; }

  private:
    OutputFolder(std::string path, bool is_temporary)
        : path_(std::move(path)), is_temporary_(is_temporary) {}

    std::string path_;
    bool is_temporary_;
};

std::string real_path(const std::string& path) {
    std::error_code failed;
    const fs::path real = fs::canonical(path, failed);
    return failed ? path : real.string();
}

Result<std::vector<ClipResult>> rows_of(const Truth& truth, const RunPlan& plan) {
    TRY_ASSIGN(const auto store, open_store(database_of(plan.settings), Access::kReadOnly));
    TRY_ASSIGN(const auto videos, store->videos());
    std::map<std::string, std::string> ids;  // by path
    for (const VideoRow& video : videos) ids[real_path(video.path)] = video.id;
    TRY_ASSIGN(const auto vehicles, store->vehicles(VehicleFilter{}));
    std::vector<ClipResult> clips;
    for (const TrueClip& clip : truth.clips) {
        ClipResult result{clip, {}};
        const auto id = ids.find(real_path(clip.path));
        for (const VehicleRow& row : vehicles) {
            if (id == ids.end() || row.video != id->second) continue;
            TRY_ASSIGN(auto readings, store->readings(row.video, row.track));
            result.vehicles.push_back({row, std::move(readings)});
        }
        clips.push_back(result);
    }
    return clips;
}

// Runs the pipeline itself over the clips: its rows are what is judged.
Result<EvaluationReport> evaluate_clip_folder(const Truth& truth, const Settings& settings,
                                              const std::string& out) {
    TRY_ASSIGN(const OutputFolder folder, OutputFolder::make(out));
    Settings all = settings;
    all.out = folder.path();
    all.db.clear();
    all.hud = "off";
    TRY_ASSIGN(const RunPlan plan, make_run_plan(all));
    TRY(start_log("main", plan.log_file, LogToStderr::kYes));
    std::vector<std::string> paths;
    std::vector<std::string> problems;
    for (const TrueClip& clip : truth.clips) {
        if (fs::exists(clip.path)) {
            paths.push_back(clip.path);
        } else {
            problems.push_back("'" + clip.path + "' is in truth.json but not in the folder");
        }
    }
    Signals signals;
    TRY_ASSIGN(const RunReport run, run_pipeline(plan, paths, Redo::kYes, signals));
    if (run.end != SessionEnd::kFinished) {
        return Error{"the run over the clips did not finish" +
                     (run.reason.empty() ? std::string() : ": " + run.reason)};
    }
    TRY_ASSIGN(const std::vector<ClipResult> clips, rows_of(truth, plan));
    EvaluationReport report = evaluate_clips(clips);
    report.problems = problems;
    return report;
}

Result<EvaluationReport> evaluate_folder(const EvaluateArguments& arguments,
                                         const Settings& settings, const std::string& folder) {
    TRY_ASSIGN(const Truth truth, read_truth(folder));
    Result<EvaluationReport> report = EvaluationReport{};
    if (truth.kind == TruthKind::kClips) {
        report = evaluate_clip_folder(truth, settings, arguments.out);
    } else if (truth.kind == TruthKind::kCrops) {
        TRY_ASSIGN(const auto loader, make_network_loader(settings));
        TRY_ASSIGN(const auto reader, loader->load_text_reader());
        report = evaluate_crops(*reader, truth);
    } else {
        TRY_ASSIGN(PictureReader reader, make_picture_reader(settings));
        report = evaluate_pictures(
            reader, truth,
            arguments.labels == "plates" ? LabelKind::kPlates : LabelKind::kVehicles);
    }
    TRY_ASSIGN(EvaluationReport out, std::move(report));
    out.folder = folder;
    return out;
}

int evaluate(const EvaluateArguments& arguments) {
    const Result<Settings> settings = arguments.networks.settings();
    if (!settings.ok()) return complain(settings.error().message, kExitCannotRun);
    const ListVerdicts list = arguments.all      ? ListVerdicts::kAll
                              : arguments.errors ? ListVerdicts::kErrors
                                                 : ListVerdicts::kNone;
    std::vector<EvaluationReport> reports;
    int code = kExitOk;
    for (const std::string& folder : arguments.folders) {
        Result<EvaluationReport> report = evaluate_folder(arguments, *settings, folder);
        if (!report.ok()) return complain(report.error().message, kExitCannotRun);
        if (!report->problems.empty()) code = kExitSomeFailed;
        if (!arguments.json) fmt::print("{}", report_text(*report, list));
        reports.push_back(std::move(report).value());
    }
    if (arguments.json) fmt::print("{}", report_json(reports));
    return code;
}

}  // namespace

void add_evaluate_command(CLI::App& app, CommandAction& action) {
    const auto arguments = std::make_shared<EvaluateArguments>();
    CLI::App* command = app.add_subcommand(
        "evaluate", "Compare with a truth that a person wrote: how far can the rows be trusted?");
    command
        ->add_option("FOLDER", arguments->folders,
                     "folders with truth.json and clips, with images/, labels/ and text.csv, or "
                     "with cut-out plates and text.csv (docs/evaluate.md)")
        ->required();
    command->add_flag("--json", arguments->json, "for programs, with a verdict on each plate");
    command->add_flag("--errors", arguments->errors, "list what is not exact");
    command->add_flag("--all", arguments->all, "list every plate");
    command->add_option("--labels", arguments->labels, "what labels/ has boxes of [plates]")
        ->check(CLI::IsMember({"plates", "vehicles"}));
    command->add_option("--out", arguments->out,
                        "keep the output of the run over clips in this folder");
    arguments->networks.add_to(*command);
    command->footer(
        "Examples:\n"
        "  dashcam evaluate my-clips/ --errors\n"
        "  dashcam evaluate photos/ crops/ --json\n"
        "  dashcam evaluate photos/ --text-model my/text.toml");
    command->callback(
        [&action, arguments] { action = [arguments] { return evaluate(*arguments); }; });
}

}  // namespace dashcam
