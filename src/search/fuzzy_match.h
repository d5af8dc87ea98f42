#pragma once

#include "search/plate_pattern.h"

namespace dashcam {

// At most so many characters may differ, at most one of them by being there or not.
constexpr int kMostErrors = 2;

// The probability that a plate fits the pattern although another text was read: what is left by
// row.probability, shared out among the texts that could have been taken for the one that was
// read, by how often the network takes one character for another (confusions.h). 0 if the text has
// more than kMostErrors differences. For a text that fits, this is about its neighbours only.
double fuzzy_match(const PlatePattern& pattern, const PlateTextRow& row);

}  // namespace dashcam
