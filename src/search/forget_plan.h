#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "search/plate_pattern.h"
#include "stores/store.h"

namespace dashcam {

// What somebody wants forgotten. All that is given has to hold; at least one has to be given.
struct ForgetSelection {
    std::optional<PlatePattern> plate;
    std::optional<std::vector<std::string>> clips;  // VideoRow::id
    std::optional<std::int64_t> before_us;          // recorded before this, by the recorder's clock
};

struct ForgetPlan {
    ForgetRequest request;
    std::vector<VehicleRow> vehicles;  // those of the request, to say what goes
    std::vector<VideoRow> videos;
};

// When a clip was recorded: by the recorder's clock, else when its file was last changed.
std::int64_t age_of(const VideoRow& video);

// Without a plate whole videos go, with all their vehicles. With one, vehicles whose plate fits it
// as read or as corrected, now or at any time; an unknown character fits if its posterior gives
// the pattern's at least kLikelyEnough. Alternatives do not count: they are probably another plate.
Result<ForgetPlan> plan_forgetting(Store& store, const ForgetSelection& selection);

constexpr double kLikelyEnough = 0.5;

}  // namespace dashcam
