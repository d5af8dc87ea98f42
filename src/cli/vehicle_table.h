#pragma once

#include <map>
#include <string>
#include <vector>

#include "cli/text_table.h"
#include "stores/store.h"

namespace dashcam {

// A table for people: video, track, class, plate, tier, confidence, when, why nothing was read.
// `paths`: of the videos, by id. Names are shown by printable_text().
std::string vehicle_table(const std::vector<VehicleRow>& vehicles,
                          const std::map<std::string, std::string>& paths);
// Its lines, for those who write one after the other; `path` is the video's.
TextLine vehicle_table_head();
TextLine vehicle_table_line(const VehicleRow& vehicle, const std::string& path);

// One object of the array for programs, `dashcam vehicles --json`, on indented lines without an
// end of line at the last. Bytes that are no UTF-8 are replaced.
std::string vehicle_json(const VehicleRow& vehicle, const std::string& path);

}  // namespace dashcam
