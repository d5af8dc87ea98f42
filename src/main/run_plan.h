#pragma once

#include <string>

#include "base/result.h"
#include "settings/settings.h"

namespace dashcam {

// A run's settings with every path resolved, as main and all workers use them.
struct RunPlan {
    Settings settings;          // out, db and the models are absolute
    std::string settings_hash;  // of everything that decides the rows: program version, models'
                                // content, precision
    std::string settings_text;  // the same, readable, a line each
    std::string log_file;
};

// Resolves paths and reads the models' checksums. Makes the output folder.
// Errors: it cannot be made or written; a model file is missing.
// Where compiled networks are kept; "off": nowhere. $XDG_CACHE_HOME or ~/.cache, if there is one.
std::string model_cache_of(const Settings& settings);

Result<RunPlan> make_run_plan(const Settings& settings);

// The shipped model of a role ("vehicle", "plate", "text"): its side file, in share/dashcam/models
// beside the installed program, or in the source tree it was built from. Error: not found in
// either.
Result<std::string> shipped_model(const std::string& role);

// The output folder that `settings` name: absolute, without a slash at its end. Error: the working
// folder is gone.
Result<std::string> output_folder_of(const Settings& settings);

// The database that `settings` name: the URL or path given, or dashcam.db in the output folder.
std::string database_of(const Settings& settings);

}  // namespace dashcam
