#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "cli/database_options.h"
#include "cli/vehicle_reference.h"
#include "stores/store.h"

namespace dashcam {

// A results database that is open, and what lies beside it.
struct OpenResults {
    std::unique_ptr<Store> store;
    std::string database;  // its URL, without a password
    std::string out;       // the output folder, absolute: pictures lie in crops/ below it
};
// Opens the results and gives `action`'s exit code. Complains and gives kExitUsage if the settings
// are wrong, kExitCannotRun if the database is not there, or of another version.
int with_results(const DatabaseOptions& options, Access access,
                 const std::function<int(const OpenResults&)>& action);

// The same with the vehicle that somebody named (vehicle_reference.h); kExitUsage if there is none.
int with_vehicle(const DatabaseOptions& options, const std::string& reference, Access access,
                 const std::function<int(const OpenResults&, const NamedVehicle&)>& action);

}  // namespace dashcam
