#include <fmt/format.h>
#include <unistd.h>

#include <charconv>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>

#include "cli/commands.h"
#include "cli/complain.h"
#include "cli/database_options.h"
#include "cli/exit_codes.h"
#include "cli/forgotten_pictures.h"
#include "cli/result_filters.h"
#include "cli/result_rows.h"
#include "cli/vehicle_reference.h"
#include "main/folder_lock.h"
#include "main/run_plan.h"
#include "search/forget_plan.h"
#include "video/printable_path.h"

namespace dashcam {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kDay_us = 86'400'000'000;
constexpr std::size_t kMostShown = 20;
constexpr int kLongestAge_days = 1'000'000;

struct ForgetArguments {
    DatabaseOptions database;
    std::string plate;
    std::string clip;
    std::string older_than;
    bool dry_run = false;
    bool yes = false;
};

// "30d", or a date: the moment before which clips are old.
Result<std::int64_t> age_limit(const std::string& text) {
    int days = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), days);
    const bool in_days =
        error == std::errc() && end + 1 == text.data() + text.size() && *end == 'd';
    if (in_days && days >= 0 && days <= kLongestAge_days) {
        const auto now = std::chrono::system_clock::now().time_since_epoch();
        return std::chrono::duration_cast<std::chrono::microseconds>(now).count() - days * kDay_us;
    }
    const Result<TimePoint> point = parse_time_point(text);
    if (point.ok() && point->kind == TimePoint::Kind::kWallClock) return point->us;
    return Error{"--older-than '" + printable_text(text) +
                 "' is no age: give days, as in 30d, or a date, as in 2024-05-01"};
}

Result<ForgetSelection> selection_of(const ForgetArguments& arguments) {
    ForgetSelection selection;
    if (!arguments.plate.empty()) {
        TRY_ASSIGN(selection.plate, PlatePattern::parse(arguments.plate));
    }
    if (!arguments.older_than.empty()) {
        TRY_ASSIGN(selection.before_us, age_limit(arguments.older_than));
    }
    if (arguments.plate.empty() && arguments.clip.empty() && arguments.older_than.empty()) {
        return Error{"nothing is selected: give --plate, --clip or --older-than"};
    }
    return selection;
}

// The pictures of what goes, that are there.
std::vector<fs::path> pictures_of(const fs::path& out, const ForgetPlan& plan) {
    std::vector<fs::path> found;
    std::error_code ignored;
    const auto add = [&](const std::string& video, const std::string& prefix) {
        for (const auto& entry : fs::directory_iterator(out / "crops" / video, ignored)) {
            if (entry.path().filename().string().starts_with(prefix)) found.push_back(entry.path());
        }
    };
    for (const std::string& video : plan.request.videos) add(video, "");
    for (const VehicleKey& key : plan.request.vehicles) {
        add(key.video, std::to_string(key.track) + "-");
    }
    return found;
}

// What a 'forget' that was interrupted after its transaction left. Its rows' bytes, too, may still
// be in the database's log: forgetting nothing overwrites them.
Result<void> finish_last_one(const Settings& settings, const std::string& out) {
    TRY_ASSIGN(const auto store, open_results(settings, Access::kReadWrite));
    TRY(store->forget({}, [] { return Result<void>(); }));
    TRY_ASSIGN(const std::size_t pictures, delete_forgotten_pictures(out, *store));
    fmt::print("an earlier 'forget' was interrupted: deleted the {} pictures that it left\n",
               pictures);
    return {};
}

// "drive.mp4:16"
std::string name_of(const VehicleRow& row, const std::vector<VideoRow>& videos) {
    for (const VideoRow& video : videos) {
        if (video.id == row.video) return reference_of(video, row.track, videos);
    }
    return fmt::format("{}:{}", row.video, row.track);
}

void print_selection(const ForgetPlan& plan, const std::vector<VideoRow>& videos,
                     std::size_t pictures) {
    for (std::size_t i = 0; i < plan.videos.size() && i < kMostShown; ++i) {
        fmt::print("clip {}\n", printable_path(plan.videos[i].path));
    }
    if (plan.videos.empty()) {
        for (std::size_t i = 0; i < plan.vehicles.size() && i < kMostShown; ++i) {
            const VehicleRow& row = plan.vehicles[i];
            fmt::print("vehicle {}: {} {}, {:.1f}-{:.1f} s\n", name_of(row, videos),
                       printable_text(row.vehicle_class),
                       row.plate.empty() ? "without a plate" : printable_text(row.plate),
                       seconds_of(row.first_us), seconds_of(row.last_us));
        }
    }
    const std::size_t all = plan.videos.empty() ? plan.vehicles.size() : plan.videos.size();
    if (all > kMostShown) fmt::print("... and {} more\n", all - kMostShown);
    fmt::print("{} clips, {} vehicles, {} pictures\n", plan.videos.size(), plan.vehicles.size(),
               pictures);
}

bool confirmed() {
    fmt::print("Delete this for good? [y/N] ");
    std::fflush(stdout);
    std::string answer;
    std::getline(std::cin, answer);
    return answer == "y" || answer == "Y" || answer == "yes";
}

Result<int> forget(const ForgetArguments& arguments, ForgetSelection selection) {
    TRY_ASSIGN(const Settings settings, settings_of(arguments.database));
    TRY_ASSIGN(const std::string out, output_folder_of(settings));
    // Looked at without writing first: a database that is not there is not made.
    TRY_ASSIGN(auto store, open_results(settings, Access::kReadOnly));
    std::optional<FolderLock> lock;
    std::error_code ignored;
    if (!arguments.dry_run && fs::is_directory(out, ignored)) {
        TRY_ASSIGN(FolderLock taken, FolderLock::take(out, out + "/dashcam.log"));
        lock.emplace(std::move(taken));
        if (has_forgotten_pictures(out)) TRY(finish_last_one(settings, out));
    }
    TRY_ASSIGN(const std::vector<VideoRow> videos, store->videos());
    if (!arguments.clip.empty()) {
        const auto named = videos_named(videos, arguments.clip);
        if (!named.ok()) return complain(named.error().message, kExitUsage);
        selection.clips.emplace();
        for (const VideoRow& video : *named) selection.clips->push_back(video.id);
    }
    TRY_ASSIGN(const ForgetPlan plan, plan_forgetting(*store, selection));
    const std::vector<fs::path> pictures = pictures_of(out, plan);
    if (plan.vehicles.empty() && plan.videos.empty() && plan.request.corrections.empty()) {
        fmt::print("nothing fits: nothing was deleted\n");
        return kExitOk;
    }
    print_selection(plan, videos, pictures.size());
    if (!fs::is_directory(out, ignored)) {
        fmt::print(stderr, "dashcam: there is no output folder {}: pictures are not deleted\n",
                   printable_path(out));
    }
    if (arguments.dry_run) {
        fmt::print("dry run: nothing was deleted\n");
        return kExitOk;
    }
    if (!arguments.yes) {
        if (isatty(STDIN_FILENO) == 0) {
            return Error{"nothing was deleted: give --yes to delete without a question"};
        }
        if (!confirmed()) {
            fmt::print("nothing was deleted\n");
            return kExitOk;
        }
    }
    TRY_ASSIGN(store, open_results(settings, Access::kReadWrite));
    TRY_ASSIGN(const Forgotten gone,
               store->forget(plan.request, [&] { return list_forgotten_pictures(out, pictures); }));
    TRY_ASSIGN(const std::size_t deleted, delete_forgotten_pictures(out, *store));
    fmt::print("deleted {} clips, {} vehicles, {} readings, {} corrections, {} pictures\n",
               gone.videos, gone.vehicles, gone.readings, gone.corrections, deleted);
    return kExitOk;
}

int forget_or_complain(const ForgetArguments& arguments) {
    const Result<ForgetSelection> selection = selection_of(arguments);
    if (!selection.ok()) return complain(selection.error().message, kExitUsage);
    const Result<int> code = forget(arguments, *selection);
    if (code.ok()) return *code;
    return complain(code.error().message, kExitCannotRun);
}

}  // namespace

void add_forget_command(CLI::App& app, CommandAction& action) {
    const auto arguments = std::make_shared<ForgetArguments>();
    CLI::App* command =
        app.add_subcommand("forget", "Delete vehicles or clips with their pictures, for good");
    command->add_option("--plate", arguments->plate,
                        "vehicles whose plate fits this pattern, as for 'search'");
    command->add_option("--clip", arguments->clip,
                        "clips of this path, file name or begin of the id");
    command->add_option("--older-than", arguments->older_than,
                        "clips recorded before: days (30d) or a date (2024-05-01)");
    command->add_flag("--dry-run", arguments->dry_run, "show what would go, delete nothing");
    command->add_flag("--yes", arguments->yes, "do not ask");
    add_database_options(*command, arguments->database);
    command->footer(
        "What is given together has to hold together. Without --plate whole clips go. The clips'\n"
        "files, exports, reports and backups are not touched; see docs/user_guide/forget.md.\n"
        "Examples:\n"
        "  dashcam forget --plate KV67WRT --dry-run\n"
        "  dashcam forget --older-than 90d --yes");
    command->callback(
        [&action, arguments] { action = [arguments] { return forget_or_complain(*arguments); }; });
}

}  // namespace dashcam
