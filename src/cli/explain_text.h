#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "cli/terminal.h"
#include "report/explanation.h"

namespace dashcam {

// `dashcam explain` for people: readings, positions, candidate texts, what the tier rests on,
// whether fusing again gives the stored row, and what made it.
std::string explanation_text(const Terminal& terminal, const std::string& reference,
                             const VehicleRecord& record, const Explanation& explanation);

// The same for programs.
nlohmann::json explanation_json(const VehicleRecord& record, const Explanation& explanation);

}  // namespace dashcam
