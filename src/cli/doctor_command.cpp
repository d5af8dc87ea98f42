#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "cli/complain.h"
#include "cli/exit_codes.h"
#include "cli/settings_options.h"
#include "doctor/doctor.h"
#include "video/printable_path.h"

namespace dashcam {
namespace {

struct DoctorArguments {
    SettingsOptions settings;
    bool json = false;
};

std::string json_of(const Findings& findings) {
    auto array = nlohmann::json::array();
    for (const Finding& finding : findings) {
        array.push_back({{"subject", finding.subject},
                         {"health", to_string(finding.health)},
                         {"text", finding.text},
                         {"fix", finding.fix}});
    }
    return array.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

std::string text_of(const Findings& findings) {
    std::string text;
    for (const Finding& finding : findings) {
        text += fmt::format("{:<8} {:<14} {}\n", to_string(finding.health), finding.subject,
                            printable_text(finding.text));
        if (!finding.fix.empty())
            text += fmt::format("{:<23} fix: {}\n", "", printable_text(finding.fix));
    }
    return text;
}

int run_doctor(DoctorArguments& arguments) {
    const Result<Settings> settings = arguments.settings.gather();
    if (!settings.ok()) return complain(settings.error().message, kExitUsage);
    const Findings findings = examine(*settings);
    const std::string text = arguments.json ? json_of(findings) : text_of(findings);
    std::fwrite(text.data(), 1, text.size(), stdout);
    const auto count = [&](Health health) {
        return std::count_if(findings.begin(), findings.end(),
                             [&](const Finding& finding) { return finding.health == health; });
    };
    const auto problems = count(Health::kBroken);
    if (!arguments.json) {
        fmt::print("{}\n", problems > 0
                               ? fmt::format("{} of {} checks say that a run would fail", problems,
                                             findings.size())
                               : fmt::format("nothing keeps a run from working ({} checks, "
                                             "{} warnings)",
                                             findings.size(), count(Health::kDoubtful)));
    }
    return problems > 0 ? kExitCannotRun : kExitOk;
}

}  // namespace

void add_doctor_command(CLI::App& app, CommandAction& action) {
    const auto arguments = std::make_shared<DoctorArguments>();
    CLI::App* command = app.add_subcommand(
        "doctor",
        "Check that a run with these settings would work, and say how to mend what would not");
    command->add_flag("--json", arguments->json, "an array of objects instead of lines");
    add_settings_options(*command, arguments->settings);
    command->footer(
        "Nothing is changed. It takes the settings of a run, from the same places.\n"
        "Examples:\n"
        "  dashcam doctor\n"
        "  dashcam doctor --db postgresql://me@localhost/dashcam --num-gpu-workers 4\n"
        "  dashcam doctor --json\n"
        "Exit codes: 0 no problem (there may be warnings), 2 wrong settings, 3 a run would fail.");
    command->callback(
        [&action, arguments] { action = [arguments] { return run_doctor(*arguments); }; });
}

}  // namespace dashcam
