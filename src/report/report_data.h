#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "base/result.h"
#include "stores/store.h"

namespace dashcam {

// What a report shows: every clip and vehicle of a database.
struct ReportRows {
    std::vector<VideoRow> videos;
    std::vector<VehicleRow> vehicles;
    std::vector<std::vector<ReadingRow>> readings;  // of each vehicle
    std::vector<RunRow> runs;
    std::vector<CorrectionRow> corrections;
};
Result<ReportRows> load_report_rows(Store& store);

// How a vehicle's pictures are reached from the page: "#p12" is the element that holds it, anything
// else an address; empty: there is none.
struct PagePictures {
    std::string vehicle;
    std::string plate;
};

// The data that page/page.js reads; names are printable, nothing is markup. `pictures` has an
// entry for each vehicle.
nlohmann::json report_data(const ReportRows& rows, const std::vector<PagePictures>& pictures,
                           const std::string& database, const std::string& generated);

}  // namespace dashcam
