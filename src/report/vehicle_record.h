#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "stores/store.h"

namespace dashcam {

// All that the database knows of one vehicle.
struct VehicleRecord {
    VideoRow video;
    VehicleRow vehicle;  // as it was read
    std::vector<ReadingRow> readings;
    std::vector<CorrectionRow> corrections;  // of it, oldest first
    std::optional<RunRow> run;               // what the settings' hash in the row stands for
    // The one in force, or nullptr.
    const CorrectionRow* correction() const;
};
Result<VehicleRecord> load_record(Store& store, const VideoRow& video, const VehicleRow& vehicle);

// The same as one object for programs: the fields of `dashcam show --json`. Bytes that are no UTF-8
// are left as they are: dump it with the replacing error handler.
nlohmann::json record_json(const VehicleRecord& record);

// Media time of the reading to look at, else of the middle of the vehicle's time in sight.
std::int64_t moment_us(const VehicleRow& vehicle, const std::vector<ReadingRow>& readings);

// A sentence for people: why there is no text, and what would help.
std::string unread_sentence(const VehicleRow& vehicle);

// "1:02:03.4", "2:03.4" or "0:07.4".
std::string media_time(std::int64_t time_us);

// A file's address with a media fragment: file:///media/card/a%20b.mp4#t=12.3. Any bytes may occur
// in the path; a relative one is taken from the working folder.
std::string moment_url(const std::string& path, std::int64_t time_us);
// A path's bytes as they stand in a URL.
std::string percent_encoded(const std::string& path);

}  // namespace dashcam
