#pragma once

#include <vector>

#include "search/plate_pattern.h"
#include "stores/queries.h"

namespace dashcam {

enum class Fuzzy : std::uint8_t { kNo, kYes };

// Queries that together find every text that fits; each by whole texts or by one part, so by an
// index. A '?' of a text stands for any character.
using Plan = std::vector<PlateTextQuery>;

// All ways to find what fits a pattern exactly, the most promising first; of a pattern without
// letters and digits, by its length; none for "*".
std::vector<Plan> plans_of(const PlatePattern& pattern);

// One way to find what fits a pattern with errors: one part of the plate has no error but the
// usual confusions, such as O and 0; the rest may have any. None if the pattern is too short.
std::vector<Plan> fuzzy_plans_of(const PlatePattern& pattern);

// Lets every text pass that has fuzzy_match() by no more errors than that allows.
TextTest fuzzy_test_of(const PlatePattern& pattern);

}  // namespace dashcam
