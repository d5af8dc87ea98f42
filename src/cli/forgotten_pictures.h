#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "stores/store.h"

namespace dashcam {

// Pictures of rows that 'forget' deletes. They go when the rows are gone for good, and a list in
// the output folder, "forgotten-pictures", says which: written before the rows' transaction
// commits, deleted after the last picture. So whatever is killed in between, either rows and
// pictures are all there, or all rows are gone and the next 'forget' deletes the pictures that are
// left. The list holds paths, no plates. Callers hold the folder's lock.

// Writes the list. Errors: it cannot be written, or a picture is in a folder that cannot be
// changed: nothing should be deleted then.
Result<void> list_forgotten_pictures(const std::string& out,
                                     const std::vector<std::filesystem::path>& pictures);

// Deletes the listed pictures, except those that a row names (then the transaction did not commit,
// or the clip was processed again), folders that are empty then, and the list. Returns how many
// pictures went; none if there is no list. An Error leaves the list for the next call.
Result<std::size_t> delete_forgotten_pictures(const std::string& out, Store& store);

// Whether a list is there.
bool has_forgotten_pictures(const std::string& out);

}  // namespace dashcam
