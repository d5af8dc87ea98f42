#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/geometry.h"

namespace dashcam {

// One row of a detector's output.
struct BoxCandidate {
    Box box;
    float score = 0;
    std::uint32_t row = 0;
    bool operator==(const BoxCandidate&) const = default;
};

// The rows of `scores` (one each) and `boxes` (x0, y0, x1, y1 each) with at least min_score, the
// best first; equal scores go by x0, then y0, then row, so that the order is a property of the
// boxes. Rows that are not finite are left out.
std::vector<BoxCandidate> select_boxes(std::span<const float> boxes, std::span<const float> scores,
                                       float min_score);

// Greedy non-maximum suppression: keeps each candidate, in the given order, whose IoU with every
// kept one is at most max_iou; at most `limit` of them.
std::vector<BoxCandidate> suppress_overlaps(const std::vector<BoxCandidate>& candidates,
                                            float max_iou, std::size_t limit);

// Leaves out what looks like a part of a better candidate's vehicle (is_raised_part()).
// `candidates`: the best first.
std::vector<BoxCandidate> without_parts(const std::vector<BoxCandidate>& candidates);

}  // namespace dashcam
