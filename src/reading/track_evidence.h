#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "base/bounded_vector.h"
#include "reading/plate_reading.h"

namespace dashcam {

// Readings kept of one track; beyond it the least useful ones are left out.
constexpr std::size_t kMaxReadingsPerTrack = 24;

// All that the looks at one track have found so far. Lies in shared memory, versioned.
struct TrackEvidence {
    std::uint32_t looks = 0;  // all looks, also those that found nothing
    std::uint32_t found = 0;  // looks that found a plate
    BoundedVector<PlateReading, kMaxReadingsPerTrack> readings;  // ordered by frame index
};

static_assert(std::is_trivially_copyable_v<TrackEvidence>);

// Adds one look's outcome. The evidence depends on the set of readings added, never on their order.
void add_reading(TrackEvidence& evidence, const PlateReading& reading);

}  // namespace dashcam
