#include "cli/open_results.h"

#include <utility>

#include "cli/complain.h"
#include "cli/exit_codes.h"
#include "main/run_plan.h"
#include "settings/settings.h"

namespace dashcam {

namespace {

Result<OpenResults> open_results(const DatabaseOptions& options, Access access) {
    TRY_ASSIGN(const Settings settings, settings_of(options));
    OpenResults results;
    TRY_ASSIGN(results.store, open_results(settings, access));
    results.database = redacted(database_of(settings));
    TRY_ASSIGN(results.out, output_folder_of(settings));
    return results;
}

}  // namespace

int with_results(const DatabaseOptions& options, Access access,
                 const std::function<int(const OpenResults&)>& action) {
    if (const auto settings = settings_of(options); !settings.ok())
        return complain(settings.error().message, kExitUsage);
    const Result<OpenResults> results = open_results(options, access);
    if (!results.ok()) return complain(results.error().message, kExitCannotRun);
    return action(*results);
}

int with_vehicle(const DatabaseOptions& options, const std::string& reference, Access access,
                 const std::function<int(const OpenResults&, const NamedVehicle&)>& action) {
    return with_results(options, access, [&](const OpenResults& results) {
        const auto named = find_vehicle(*results.store, reference);
        if (!named.ok()) return complain(named.error().message, kExitUsage);
        return action(results, *named);
    });
}

}  // namespace dashcam
