#include "cli/database_options.h"

#include "main/run_plan.h"

namespace dashcam {

void add_database_options(CLI::App& command, DatabaseOptions& options) {
    command.add_option("--out", options.out, "output folder of the run [dashcam-out]");
    command.add_option("--db", options.db,
                       "database, if it is not dashcam.db in the output folder");
    command.add_option("--config", options.config, "TOML file with settings, as for 'run'");
}

Result<Settings> settings_of(const DatabaseOptions& options) {
    SettingsBuilder builder;
    if (!options.out.empty()) TRY(builder.set("out", options.out, SettingSource::kFlag, "--out"));
    if (!options.db.empty()) TRY(builder.set("db", options.db, SettingSource::kFlag, "--db"));
    TRY(builder.read_environment());
    if (!options.config.empty()) TRY(builder.read_file(options.config));
    return builder.build();
}

Result<std::unique_ptr<Store>> open_results(const Settings& settings, Access access) {
    return open_store(database_of(settings), access);
}

}  // namespace dashcam
