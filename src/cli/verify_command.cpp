#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "cli/complain.h"
#include "cli/exit_codes.h"
#include "cli/open_results.h"
#include "cli/text_table.h"
#include "report/verification.h"
#include "video/clip_finder.h"
#include "video/printable_path.h"

namespace dashcam {
namespace {

struct VerifyArguments {
    DatabaseOptions results;
    std::vector<std::string> paths;
    bool json = false;
};

std::string as_table(const Verification& verification) {
    std::string text;
    if (!verification.findings.empty()) {
        std::vector<TextLine> lines{{"STATE", "FILE", "WHAT TO KNOW"}};
        for (const Discrepancy& finding : verification.findings) {
            lines.push_back({std::string(to_string(finding.state)), printable_path(finding.path),
                             printable_text(finding.detail)});
        }
        text = text_table(lines) + "\n";
    }
    return text + fmt::format("{} of {} clips are as their rows say, {} of {} pictures\n",
                              verification.clips_right, verification.clips,
                              verification.pictures_right, verification.pictures);
}

std::string as_json(const Verification& verification) {
    auto findings = nlohmann::json::array();
    for (const Discrepancy& finding : verification.findings) {
        findings.push_back({{"state", std::string(to_string(finding.state))},
                            {"path", finding.path},
                            {"detail", finding.detail}});
    }
    const nlohmann::json all = {{"clips", verification.clips},
                                {"clips_right", verification.clips_right},
                                {"pictures", verification.pictures},
                                {"pictures_right", verification.pictures_right},
                                {"findings", findings}};
    return all.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

int verify(const VerifyArguments& arguments, const OpenResults& results) {
    VerifyOptions options;
    options.out = results.out;
    if (!arguments.paths.empty()) {
        FoundClips found = find_clips(arguments.paths);
        for (const Error& problem : found.problems) (void)complain(problem.message, kExitUsage);
        if (!found.problems.empty()) return kExitUsage;
        options.candidates = std::move(found.clips);
    }
    const Result<Verification> verification = verify_results(*results.store, options);
    if (!verification.ok()) return complain(verification.error().message, kExitCannotRun);
    fmt::print("{}", arguments.json ? as_json(*verification) : as_table(*verification));
    return verification->findings.empty() ? kExitOk : kExitSomeFailed;
}

}  // namespace

void add_verify_command(CLI::App& app, CommandAction& action) {
    const auto arguments = std::make_shared<VerifyArguments>();
    CLI::App* command = app.add_subcommand(
        "verify", "Check rows against the clips' content and the pictures on the disk");
    command->add_option("PATH", arguments->paths,
                        "where to look for clips that are not where they were");
    add_database_options(*command, arguments->results);
    command->add_flag("--json", arguments->json, "an object for programs");
    command->footer(
        "Reads every clip to its end; changes nothing. Exit code 1 if something is not as it "
        "was.\n"
        "Examples:\n"
        "  dashcam verify\n"
        "  dashcam verify /media/archive --json");
    command->callback([&action, arguments] {
        action = [arguments] {
            return with_results(
                arguments->results, Access::kReadOnly,
                [&](const OpenResults& results) { return verify(*arguments, results); });
        };
    });
}

}  // namespace dashcam
