#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "stores/store.h"

namespace dashcam {

// One time that a plate was met: a vehicle's row.
struct Meeting {
    VideoRow video;
    VehicleRow vehicle;
};

// All times that a plate was met, by the recorder's clock, else by path.
struct Encounter {
    std::string plate;
    std::size_t clips = 0;
    std::vector<Meeting> meetings;
    std::int64_t seen_us = 0;  // for how long, all together
};

struct EncounterQuery {
    std::size_t min_clips = 1;
    std::size_t min_times = 2;
    std::size_t limit = 0;
    VehicleFilter vehicle;  // as in PlateTextQuery
};

// Plates that were met often enough, most clips first, then most times, then by text. Whole texts
// only, as read or corrected: a partial text could be anybody's.
Result<std::vector<Encounter>> find_encounters(Store& store, const EncounterQuery& query);

// Lists vehicles; see for_each_vehicle().
using VehicleListing = std::function<Result<void>(const VehicleVisitor&)>;

// The same among the vehicles of a listing, which is kept in memory.
Result<std::vector<Encounter>> encounters_among(const VehicleListing& list,
                                                const EncounterQuery& query);

}  // namespace dashcam
