#include "cli/network_flags.h"

#include <fmt/format.h>

#include "main/network_setup.h"

namespace dashcam {

void NetworkFlags::add_to(CLI::App& command) {
    command.add_option("--config", config_, "TOML file with settings, as for 'run'");
    const SettingsBuilder builder;
    for (const char* name : {"vehicle_model", "plate_model", "text_model", "device", "precision"}) {
        const SettingInfo& info = builder.infos()[builder.find(name)];
        const std::string help = fmt::format("{}{} [{}], {}", info.help,
                                             info.allowed.empty() ? "" : " (" + info.allowed + ")",
                                             info.preset, info.environment);
        command.add_option_function<std::string>(
            info.flag,
            [this, key = info.name](const std::string& value) { flags_.emplace_back(key, value); },
            help);
    }
}

Result<Settings> NetworkFlags::settings() const {
    SettingsBuilder builder;
    for (const auto& [name, value] : flags_) {
        const std::string flag = builder.infos()[builder.find(name)].flag;
        TRY(builder.set(name, value, SettingSource::kFlag, flag));
    }
    TRY(builder.read_environment());
    if (!config_.empty()) TRY(builder.read_file(config_));
    TRY_ASSIGN(Settings settings, builder.build());
    TRY(resolve_models(settings));
    return settings;
}

}  // namespace dashcam
