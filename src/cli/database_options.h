#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "base/result.h"
#include "settings/settings.h"
#include "stores/store.h"

namespace dashcam {

// --out, --db and --config of the commands that look at results.
struct DatabaseOptions {
    std::string out;
    std::string db;
    std::string config;
};

void add_database_options(CLI::App& command, DatabaseOptions& options);

// Flag before environment before file before default, as for 'run'.
Result<Settings> settings_of(const DatabaseOptions& options);

// The store that these settings name.
Result<std::unique_ptr<Store>> open_results(const Settings& settings, Access access);

}  // namespace dashcam
