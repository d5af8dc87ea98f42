#pragma once

#include <map>
#include <string>
#include <vector>

#include "stores/store.h"

namespace dashcam {

// A table for people: video, track, class, plate, tier, confidence, when, why nothing was read.
// `paths`: of the videos, by id. Names are shown by printable_text().
std::string vehicle_table(const std::vector<VehicleRow>& vehicles,
                          const std::map<std::string, std::string>& paths);

// An array of objects for programs, the fields of `dashcam vehicles --json`. Bytes that are no
// UTF-8 are replaced.
std::string vehicle_json(const std::vector<VehicleRow>& vehicles,
                         const std::map<std::string, std::string>& paths);

}  // namespace dashcam
