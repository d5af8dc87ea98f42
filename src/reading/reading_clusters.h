#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "reading/reading_quality.h"

namespace dashcam {

// Levenshtein distance of two short texts: characters to insert, delete or replace.
std::size_t edit_distance(const std::string& a, const std::string& b);

// Readings of one text, as far as texts of single readings can tell.
struct ReadingCluster {
    std::vector<std::size_t> members;  // indices of the readings, in the order given
    double mass = 0;                   // sum of the members' qualities
};

struct QualifiedText {
    std::string text;
    double quality = 0;
};

// Groups readings, best first, by leader: a reading joins the leader whose text it resembles most,
// or leads a new group. Groups are ordered by mass, ties by the first member. Readings of fewer
// than 2 characters belong to none.
std::vector<ReadingCluster> cluster_readings(std::span<const QualifiedText> readings);

}  // namespace dashcam
