#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "search/candidates.h"
#include "search/plate_pattern.h"
#include "stores/store.h"

namespace dashcam {

// A stretch of one video, in media time.
struct MediaWindow {
    std::string video;
    std::int64_t from_us = 0;
    std::int64_t until_us = 0;
    bool operator==(const MediaWindow&) const = default;
};

struct SearchQuery {
    PlatePattern pattern;
    Fuzzy fuzzy = Fuzzy::kNo;
    VehicleFilter vehicle;  // `plate` and `view` are not looked at
    // If given, only what was seen in one of these.
    std::optional<std::vector<MediaWindow>> windows;
    std::size_t limit = 0;
};

struct SearchHit {
    VehicleRow vehicle;  // as corrected
    std::string text;    // what matched: the plate, an alternative, or a neighbour's reading
    PlateTextKind kind = PlateTextKind::kRead;
    bool exact = true;       // false: only with errors
    double probability = 0;  // that the vehicle's plate fits the pattern by this text
};

struct SearchResult {
    std::vector<SearchHit> hits;  // most probable first, then by text, video and track
    bool more = false;            // the limit left some out
    // All are similar, and all less probable than kMinHitProbability.
    bool unlikely = false;
};

// Hits less probable than this are left out.
constexpr double kMinHitProbability = 1e-4;
// Of hits with errors, where there is no hit above the other limit: whoever looks for a plate that
// was read wrongly for sure shall still see it.
constexpr double kMinSimilarProbability = 1e-12;

// When to stop looking for a better way to search; the results are the same for all values.
struct SearchEffort {
    // A plan (see candidates.h) with so few texts is taken without asking what others have.
    std::size_t few_candidates = 3'000;
    // One with so many is slower than walking through all texts.
    std::size_t most_candidates = 100'000;
    // So many of the most probable texts are walked through before a plan with many is taken: they
    // soon give enough hits if many fit.
    std::size_t short_walk = 20'000;
    // If the filter lets no more pass, all are walked through before a plan with many.
    std::size_t filtered_walk = 100'000;
    // So few clips, if only some are asked for, are looked through without a plan.
    std::size_t few_windows = 64;
};

// Vehicles whose plate fits the pattern, as it was read, corrected, or as one of its alternatives;
// each vehicle once, by its most probable text.
Result<SearchResult> search_plates(Store& store, const SearchQuery& query,
                                   const SearchEffort& effort = {});

}  // namespace dashcam
