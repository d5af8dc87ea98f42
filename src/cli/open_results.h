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
// Flag before environment before file before default. Errors: settings that are wrong, a database
// that is not there, or of another version.
Result<OpenResults> open_results(const DatabaseOptions& options, Access access);

// Opens the results, finds the vehicle that somebody named (vehicle_reference.h), and gives
// `action`'s exit code. Complains and gives kExitCannotRun if they cannot be opened, kExitUsage if
// there is no such vehicle.
int with_vehicle(const DatabaseOptions& options, const std::string& reference, Access access,
                 const std::function<int(const OpenResults&, const NamedVehicle&)>& action);

}  // namespace dashcam
