#include "reading/track_evidence.h"

#include <cstring>
#include <utility>

#include "reading/reading_quality.h"

namespace dashcam {
namespace {

// The order in which readings lie in the evidence.
bool lies_before(const PlateReading& a, const PlateReading& b) {
    if (a.frame.index != b.frame.index) return a.frame.index < b.frame.index;
    return std::memcmp(&a, &b, sizeof(PlateReading)) < 0;
}

}  // namespace

void add_reading(TrackEvidence& evidence, const PlateReading& reading) {
    ++evidence.looks;
    if (reading.found == 0) return;
    ++evidence.found;
    auto& readings = evidence.readings;
    if (readings.full()) {
        // The best N of a set under a total order are the same whatever order they come in.
        std::size_t worst = 0;
        for (std::size_t i = 1; i < readings.size(); ++i) {
            if (more_useful(readings[worst], readings[i])) worst = i;
        }
        if (!more_useful(reading, readings[worst])) return;
        readings.erase(worst);
    }
    readings.push_back(reading);
    for (std::size_t i = readings.size() - 1; i > 0 && lies_before(readings[i], readings[i - 1]);
         --i) {
        std::swap(readings[i], readings[i - 1]);
    }
}

}  // namespace dashcam
