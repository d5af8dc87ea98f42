#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <vector>

#include "base/result.h"
#include "stores/record.h"
#include "stores/rows.h"
#include "stores/store.h"

namespace dashcam {

// Rules of Store's writing calls that every kind of store shares.

// The row that begin_video() writes.
VideoRow unfinished(VideoRow row);

// An Error unless all belong to the vehicle and differ in their frames.
Result<void> check_readings(const VehicleRow& row, const std::vector<ReadingRow>& readings);

// For a vehicle that is not in the database.
Error no_such_vehicle(const std::string& video, std::uint32_t track);

// True if the filter lets the row pass; `row` is as the filter's view shows it.
bool matches(const VehicleRow& row, const VehicleFilter& filter);

// True if the query, its limit aside, finds this text of `vehicle`, which is as corrected.
bool matches(const PlateTextRow& text, const VehicleRow& vehicle, const PlateTextQuery& query);

// The part of a filter by which an index leads through the most probable texts: tier, class and
// region.
VehicleFilter indexed_part(const VehicleFilter& filter);

// Which vehicles finish_video() deletes.
class StaleRule {
  public:
    StaleRule(const VideoRow& row, const std::optional<std::vector<std::uint32_t>>& tracks);
    // For a vehicle of the video, by its columns `track` and `settings`.
    bool applies(long long track, const Cell& settings) const;

  private:
    Cell settings_;
    std::optional<std::set<long long>> tracks_;
};

}  // namespace dashcam
