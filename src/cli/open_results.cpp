#include "cli/open_results.h"

#include <filesystem>
#include <utility>

#include "main/run_plan.h"
#include "settings/settings.h"

namespace dashcam {

Result<OpenResults> open_results(const DatabaseOptions& options, Access access) {
    TRY_ASSIGN(const Settings settings, settings_of(options));
    OpenResults results;
    TRY_ASSIGN(results.store, open_results(settings, access));
    results.database = redacted(database_of(settings));
    std::error_code failed;
    results.out = std::filesystem::absolute(settings.out, failed).lexically_normal().string();
    if (failed) return Error{"cannot tell where '" + settings.out + "' is: " + failed.message()};
    while (results.out.size() > 1 && results.out.back() == '/') results.out.pop_back();
    return results;
}

}  // namespace dashcam
