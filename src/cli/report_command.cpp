#include <fmt/format.h>

#include <chrono>
#include <ctime>
#include <memory>

#include "cli/commands.h"
#include "cli/complain.h"
#include "cli/exit_codes.h"
#include "cli/open_results.h"
#include "report/report_page.h"
#include "video/printable_path.h"

namespace dashcam {
namespace {

constexpr std::uint64_t kMebibyte = 1u << 20;

struct ReportArguments {
    DatabaseOptions results;
    std::string file;
    std::string pictures = "embed";
    std::uint64_t picture_budget_mb = 48;
    bool force = false;
};

std::string now_text() {
    const std::time_t now = std::time(nullptr);
    std::tm local{};
    localtime_r(&now, &local);
    char text[64];
    std::strftime(text, sizeof text, "%Y-%m-%d %H:%M %Z", &local);
    return text;
}

int report(const ReportArguments& arguments, const OpenResults& results) {
    ReportOptions options;
    options.file = arguments.file.empty() ? results.out + "/report.html" : arguments.file;
    options.pictures_folder = results.out;
    options.database = results.database;
    options.generated = now_text();
    options.pictures = arguments.pictures == "link"   ? PicturesInPage::kLink
                       : arguments.pictures == "none" ? PicturesInPage::kNone
                                                      : PicturesInPage::kEmbed;
    options.budget_bytes = arguments.picture_budget_mb * kMebibyte;
    options.overwrite = arguments.force ? Overwrite::kAnything : Overwrite::kOwnOnly;
    const Result<ReportOutcome> outcome = write_report(*results.store, options);
    if (!outcome.ok()) return complain(outcome.error().message, kExitCannotRun);
    fmt::print("{}: {} vehicles of {} clips, {:.1f} MB; {} pictures embedded, {} linked\n",
               printable_path(options.file), outcome->vehicles, outcome->clips,
               static_cast<double>(outcome->bytes) / 1e6, outcome->embedded, outcome->linked);
    if (outcome->missing > 0) {
        fmt::print(stderr,
                   "dashcam: {} pictures are missing or damaged in {}; 'dashcam verify' names "
                   "them\n",
                   outcome->missing, printable_path(results.out));
    }
    return kExitOk;
}

}  // namespace

void add_report_command(CLI::App& app, CommandAction& action) {
    const auto arguments = std::make_shared<ReportArguments>();
    CLI::App* command =
        app.add_subcommand("report", "Write everything as one HTML page to look through");
    add_database_options(*command, arguments->results);
    command->add_option("-o,--output", arguments->file, "the page [report.html in --out]");
    command
        ->add_option("--pictures", arguments->pictures,
                     "embed: in the page; link: the files in crops/; none [embed]")
        ->check(CLI::IsMember({"embed", "link", "none"}));
    command
        ->add_option("--picture-budget-mb", arguments->picture_budget_mb,
                     "embedded pictures take this at most, the others are linked [48]")
        ->check(CLI::Range(0, 4096));
    command->add_flag("--force", arguments->force,
                      "overwrite a file that is no report of this program");
    command->footer(
        "Examples:\n"
        "  dashcam report                          dashcam-out/report.html\n"
        "  dashcam report --out trip -o trip.html\n"
        "The page needs no network and no other file, and opens in any browser.");
    command->callback([&action, arguments] {
        action = [arguments] {
            return with_results(
                arguments->results, Access::kReadOnly,
                [&](const OpenResults& results) { return report(*arguments, results); });
        };
    });
}

}  // namespace dashcam
