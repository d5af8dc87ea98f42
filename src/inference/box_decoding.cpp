#include "inference/box_decoding.h"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "base/check.h"

namespace dashcam {
namespace {

// So much of a part lies in the whole.
constexpr float kPartInside = 0.8f;

}  // namespace

std::vector<BoxCandidate> select_boxes(std::span<const float> boxes, std::span<const float> scores,
                                       float min_score) {
    CHECK(boxes.size() == scores.size() * 4);
    std::vector<BoxCandidate> out;
    for (std::size_t i = 0; i < scores.size(); ++i) {
        if (!(scores[i] >= min_score) || !std::isfinite(scores[i])) continue;
        const float* b = &boxes[4 * i];
        if (!std::all_of(b, b + 4, [](float v) { return std::isfinite(v); })) continue;
        out.push_back({{b[0], b[1], b[2], b[3]}, scores[i], static_cast<std::uint32_t>(i)});
    }
    std::sort(out.begin(), out.end(), [](const BoxCandidate& a, const BoxCandidate& b) {
        return std::tuple(-a.score, a.box.x0, a.box.y0, a.row) <
               std::tuple(-b.score, b.box.x0, b.box.y0, b.row);
    });
    return out;
}

std::vector<BoxCandidate> suppress_overlaps(const std::vector<BoxCandidate>& candidates,
                                            float max_iou, std::size_t limit) {
    std::vector<BoxCandidate> kept;
    for (const BoxCandidate& candidate : candidates) {
        if (kept.size() == limit) break;
        const bool doubled = std::any_of(kept.begin(), kept.end(), [&](const BoxCandidate& better) {
            return iou(better.box, candidate.box) > max_iou;
        });
        if (!doubled) kept.push_back(candidate);
    }
    return kept;
}

std::vector<BoxCandidate> without_parts(const std::vector<BoxCandidate>& candidates) {
    std::vector<BoxCandidate> kept;
    for (const BoxCandidate& candidate : candidates) {
        const bool is_part =
            std::any_of(kept.begin(), kept.end(), [&](const BoxCandidate& better) {
                return is_raised_part(candidate.box, better.box, kPartInside);
            });
        if (!is_part) kept.push_back(candidate);
    }
    return kept;
}

}  // namespace dashcam
