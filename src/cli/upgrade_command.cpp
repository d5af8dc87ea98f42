#include <fmt/format.h>

#include <filesystem>
#include <memory>

#include "cli/commands.h"
#include "cli/complain.h"
#include "cli/database_options.h"
#include "cli/exit_codes.h"
#include "main/run_plan.h"
#include "stores/store_url.h"

namespace dashcam {
namespace {

Result<std::string> upgrade(const DatabaseOptions& options) {
    TRY_ASSIGN(const Settings settings, settings_of(options));
    const std::string url = database_of(settings);
    TRY_ASSIGN(const StoreUrl place, parse_store_url(url));
    std::error_code ignored;
    // Opening would make a new, empty one.
    if (place.kind == StoreKind::kSqlite && !std::filesystem::exists(place.location, ignored)) {
        return Error{place.location + " does not exist: there are no results yet"};
    }
    TRY_ASSIGN(const auto store, open_results(settings, Access::kReadWrite));
    return redacted(url);
}

}  // namespace

void add_upgrade_command(CLI::App& app, CommandAction& action) {
    const auto options = std::make_shared<DatabaseOptions>();
    CLI::App* command = app.add_subcommand(
        "upgrade", "Bring the database of an older version up to date; 'run' does it, too");
    add_database_options(*command, *options);
    command->footer(
        "Nothing is changed in a database that is up to date. Older versions of the program "
        "refuse\n"
        "an upgraded database: keep a copy if you may want to go back.\n"
        "Example:\n"
        "  dashcam upgrade --out trip");
    command->callback([&action, options] {
        action = [options] {
            const Result<std::string> name = upgrade(*options);
            if (!name.ok()) return complain(name.error().message, kExitCannotRun);
            fmt::print("{} is up to date\n", *name);
            return kExitOk;
        };
    });
}

}  // namespace dashcam
