#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "stores/rows.h"

namespace dashcam {

// For tests: the seed of this run. Printed once, taken from DASHCAM_TEST_SEED if that is set.
std::uint32_t test_seed();

using Random = std::mt19937_64;

// Rows with every field set. Numbers are finite with random bits, never -0.0; texts hold any bytes.
std::string sample_id(std::uint32_t number);  // 32 hex digits
VideoRow sample_video(Random& random, const std::string& id);
VehicleRow sample_vehicle(Random& random, const std::string& video, std::uint32_t track);
std::vector<ReadingRow> sample_readings(Random& random, const VehicleRow& vehicle,
                                        std::uint32_t count);

}  // namespace dashcam
