#include <fmt/format.h>

#include <memory>

#include "cli/commands.h"
#include "cli/complain.h"
#include "cli/database_options.h"
#include "cli/exit_codes.h"
#include "main/run_plan.h"
#include "stores/inspect_database.h"
#include "stores/store_url.h"
#include "video/printable_path.h"

namespace dashcam {
namespace {

Result<std::string> upgrade(const DatabaseOptions& options) {
    TRY_ASSIGN(const Settings settings, settings_of(options));
    const std::string url = database_of(settings);
    // Opening would make tables where there are none.
    TRY_ASSIGN(const DatabaseFacts facts, inspect_database(url));
    if (facts.schema == 0) {
        return Error{facts.name +
                     (facts.exists ? " holds no results of this program" : " does not exist") +
                     ": there is nothing to upgrade; give the output folder of a run with --out, "
                     "or its database with --db"};
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
            fmt::print("{} is up to date\n", printable_text(*name));
            return kExitOk;
        };
    });
}

}  // namespace dashcam
