#include "cli/open_results.h"

#include <utility>

#include "main/run_plan.h"
#include "settings/settings.h"

namespace dashcam {

Result<OpenResults> open_results(const DatabaseOptions& options, Access access) {
    TRY_ASSIGN(const Settings settings, settings_of(options));
    OpenResults results;
    TRY_ASSIGN(results.store, open_results(settings, access));
    results.database = redacted(database_of(settings));
    TRY_ASSIGN(results.out, output_folder_of(settings));
    return results;
}

}  // namespace dashcam
