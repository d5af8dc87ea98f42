#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <utility>
#include <vector>

#include "settings/settings.h"

namespace dashcam {

// All settings as options of a command, with --config.
struct SettingsOptions {
    std::string config;
    SettingsBuilder builder;
    std::vector<std::pair<std::string, std::string>> flags;  // setting, value

    // Flag before environment before file before default.
    Result<Settings> gather();
};

// `options` outlives the parsing.
void add_settings_options(CLI::App& command, SettingsOptions& options);

}  // namespace dashcam
