#pragma once

#include <optional>
#include <string>

#include "stores/rows.h"

namespace dashcam {

// Which program, models and settings made a row, in one line: from the run's row, or that the
// database no longer says.
std::string provenance_text(const std::string& settings, const std::optional<RunRow>& run);

}  // namespace dashcam
