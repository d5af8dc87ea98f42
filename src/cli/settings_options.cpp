#include "cli/settings_options.h"

#include <fmt/format.h>

namespace dashcam {

Result<Settings> SettingsOptions::gather() {
    for (const auto& [name, value] : flags)
        TRY(builder.set(name, value, SettingSource::kFlag,
                        builder.infos()[builder.find(name)].flag));
    TRY(builder.read_environment());
    if (!config.empty()) TRY(builder.read_file(config));
    return builder.build();
}

void add_settings_options(CLI::App& command, SettingsOptions& options) {
    command.add_option("--config", options.config, "TOML file with settings");
    for (const SettingInfo& info : options.builder.infos()) {
        const std::string help = fmt::format("{}{} [{}], {}", info.help,
                                             info.allowed.empty() ? "" : " (" + info.allowed + ")",
                                             info.preset, info.environment);
        CLI::Option* option = command.add_option_function<std::string>(
            info.flag,
            [&options, name = info.name](const std::string& value) {
                options.flags.emplace_back(name, value);
            },
            help);
        option->group("Settings (flag, then environment variable, then --config file)");
        if (!info.choices.empty()) option->type_name("{" + info.choices + "}");
    }
}

}  // namespace dashcam
