#include <cstdio>
#include <memory>

#include "cli/command_docs.h"
#include "cli/commands.h"
#include "cli/exit_codes.h"
#include "settings/settings.h"

namespace dashcam {
namespace {

std::string document(const CLI::App& app, const std::string& kind) {
    const std::vector<DocumentedCommand> commands = documented_commands(app);
    if (kind == "bash") return bash_completion(commands);
    if (kind == "zsh") return zsh_completion(commands);
    if (kind == "fish") return fish_completion(commands);
    std::vector<EnvironmentVariable> environment;
    const SettingsBuilder settings;
    for (const SettingInfo& info : settings.infos())
        environment.push_back({info.environment, info.help + " (" + info.flag + ")"});
    environment.push_back({"NO_COLOR", "if it is set and not empty, nothing is coloured"});
    return man_page(commands, environment, DASHCAM_VERSION);
}

}  // namespace

void add_docs_command(CLI::App& app, CommandAction& action) {
    const auto kind = std::make_shared<std::string>();
    CLI::App* command =
        app.add_subcommand("internal-docs", "man page and completions, for the installation")
            ->group("");
    command->add_option("KIND", *kind)
        ->required()
        ->check(CLI::IsMember({"man", "bash", "zsh", "fish"}));
    command->callback([&app, &action, kind] {
        action = [&app, kind] {
            const std::string text = document(app, *kind);
            std::fwrite(text.data(), 1, text.size(), stdout);
            return std::fflush(stdout) == 0 ? kExitOk : kExitCannotRun;
        };
    });
}

}  // namespace dashcam
