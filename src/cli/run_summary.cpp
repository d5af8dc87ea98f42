#include "cli/run_summary.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <set>

#include "cli/complain.h"
#include "cli/exit_codes.h"
#include "cli/vehicle_table.h"
#include "stores/store.h"
#include "video/printable_path.h"

namespace dashcam {
namespace {

// A long table belongs into 'dashcam vehicles'.
constexpr std::size_t kMostRowsShown = 60;

struct Outcome {
    std::size_t finished = 0;
    std::size_t skipped = 0;
    std::size_t unfinished = 0;
    std::vector<std::string> failures;  // a line each
};

Outcome judge(const RunReport& report, const std::map<std::string, VideoRow>& videos) {
    Outcome outcome;
    for (const Clip& clip : report.clips) {
        const auto row = videos.find(clip.id);
        const bool written = row != videos.end() && row->second.status != VideoStatus::kUnfinished;
        if (clip.state == ClipState::kSkipped || clip.state == ClipState::kDuplicate) {
            ++outcome.skipped;
        } else if (clip.state == ClipState::kUnreadable || clip.state == ClipState::kSetAside) {
            outcome.failures.push_back(clip.reason);
        } else if (clip.state == ClipState::kAdmitted && written) {
            if (clip.end.outcome == VideoOutcome::kFinished)
                ++outcome.finished;
            else
                outcome.failures.push_back(std::string(text_of(clip.end.reason)));
        } else {
            ++outcome.unfinished;
        }
    }
    return outcome;
}

void print_vehicles(Store& store, const RunReport& report,
                    const std::map<std::string, VideoRow>& videos) {
    std::map<std::string, std::string> paths;
    std::vector<VehicleRow> shown;
    std::set<std::string> listed;
    for (const Clip& clip : report.clips) {
        const auto row = videos.find(clip.id);
        if (row == videos.end() || !listed.insert(clip.id).second) continue;
        paths[clip.id] = row->second.path;
        VehicleFilter filter;
        filter.video = clip.id;
        const auto vehicles = store.vehicles(filter);
        if (!vehicles.ok()) {
            complain("the vehicles of " + row->second.path + " cannot be listed: " +
                     vehicles.error().message);
            break;
        }
        shown.insert(shown.end(), vehicles->begin(), vehicles->end());
    }
    if (shown.empty()) return;
    const auto without_text = std::stable_partition(
        shown.begin(), shown.end(), [](const VehicleRow& row) { return !row.plate.empty(); });
    const auto others = static_cast<std::size_t>(shown.end() - without_text);
    shown.erase(without_text, shown.end());
    if (shown.size() > kMostRowsShown) {
        fmt::print(
            "\n{} vehicles with and {} without a plate text; 'dashcam vehicles' lists them\n",
            shown.size(), others);
        return;
    }
    fmt::print("\n{}", vehicle_table(shown, paths));
    if (others > 0) {
        fmt::print("and {} vehicles without a plate text; 'dashcam vehicles' lists them too\n",
                   others);
    }
}

// The run's database and, by id, all videos in it. The rows decide what the run came to, so it is
// waited for as long as a worker would, and asked as often as a task is tried.
Result<std::unique_ptr<Store>> open_results(const RunReport& report, const RunPlan& plan,
                                            std::map<std::string, VideoRow>& videos) {
    StoreLimits limits;
    if (report.end != SessionEnd::kCannotLoad) limits.connect_limit = limits.retry_limit;
    // Whoever interrupts a run does not want to wait for more than one try.
    std::uint32_t tries =
        report.end == SessionEnd::kFinished ? plan.settings.max_task_attempts : 1;
    while (true) {
        auto store = open_store(plan.settings.db, Access::kReadWrite, limits);
        Result<std::vector<VideoRow>> rows =
            store.ok() ? (*store)->videos() : Result<std::vector<VideoRow>>(store.error());
        if (rows.ok()) {
            for (VideoRow& row : *rows) videos[row.id] = std::move(row);
            return store;
        }
        if (--tries == 0) return rows.error();
    }
}

}  // namespace

int print_run_summary(const RunReport& report, const RunPlan& plan) {
    std::map<std::string, VideoRow> videos;
    const auto store = open_results(report, plan, videos);
    if (store.ok()) print_vehicles(**store, report, videos);
    const Outcome outcome = judge(report, videos);
    if (store.ok()) {
        fmt::print(
            "\n{} clips: {} finished, {} skipped (done before, or the same content), {} failed or "
            "damaged, {} unfinished\n",
            report.clips.size(), outcome.finished, outcome.skipped, outcome.failures.size(),
            outcome.unfinished);
    } else {
        fmt::print("\n{} clips; the database does not tell what became of them\n",
                   report.clips.size());
    }
    const double rate =
        report.elapsed_s > 0 ? static_cast<double>(report.frames) / report.elapsed_s : 0;
    fmt::print("{} frames in {:.1f} s ({:.1f} frames/s), {} category switches, {} restarts{}\n",
               report.frames, report.elapsed_s, rate, report.switches, report.restarts,
               report.forced > 0
                   ? fmt::format(", {} processes had to be killed at the end", report.forced)
                   : "");
    fmt::print("database: {}\n", redacted(plan.settings.db));
    for (const std::string& failure : outcome.failures) fmt::print(stderr, "failed: {}\n", failure);
    for (const Incident& incident : report.incidents) {
        fmt::print(stderr, "set aside: {} of frame {} in {} failed every time; see {}\n",
                   to_string(incident.category), incident.frame_index,
                   printable_path(incident.video), plan.log_file);
    }
    if (report.end == SessionEnd::kCannotLoad) {
        return complain(report.reason, kExitCannotRun);
    }
    if (report.end == SessionEnd::kGaveUp) {
        fmt::print(stderr, "dashcam: gave up: {}\n", report.reason);
        return kExitGaveUp;
    }
    if (report.end == SessionEnd::kInterrupted) {
        fmt::print("interrupted: the same command goes on with the clips that are left\n");
        return kExitInterrupted;
    }
    if (!store.ok()) {
        return complain(store.error().message +
                            "; run the same command again: it goes on with the clips that are left",
                        kExitCannotRun);
    }
    const bool all_well =
        outcome.failures.empty() && outcome.unfinished == 0 && report.incidents.empty();
    return all_well ? kExitOk : kExitSomeFailed;
}

}  // namespace dashcam
