#include "tracking/association.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "tracking/box_fit.h"

namespace dashcam {
namespace {

// Boxes are grown before their overlap is taken (buffered IoU, Yang et al. 2023), by this share of
// their size on each side: the longer unseen, the farther a vehicle may be from its expected place.
constexpr float kGrowthPerSecond = 0.35f;
constexpr float kLeastGrowth = 0.03f;
constexpr float kMostGrowth = 0.35f;
// Logarithm of the ratio of sizes that can still be one vehicle: the detector's own error, and an
// approach in the time unseen.
constexpr float kSizeSlack = 0.35f;
constexpr float kSizeSlackPerSecond = 0.6f;
constexpr float kMostSizeSlack = 0.8f;
constexpr float kSizeCost = 0.2f;
// Detectors take vans for trucks and the like; a motorcycle is seldom taken for anything else.
constexpr float kClassCost = 0.05f;
constexpr float kMotorcycleCost = 0.3f;
// Looks count only where geometry grows vague.
constexpr float kLooksFrom_s = 0.05f;
constexpr float kLooksFully_s = 0.5f;
constexpr float kLooksCost = 0.5f;
constexpr float kDifferentLooks = 0.95f;
// Brake lights and glare change looks at once: a vehicle that overlaps its expected place by this
// much is given more leave.
constexpr float kTrustedOverlap = 0.5f;
constexpr float kDifferentLooksInPlace = 1.3f;
// From this overlap with the expected place on, a pairing needs no comparison with others.
constexpr float kSureOverlap = 0.3f;
constexpr float kSureOverlapLate = 0.55f;
constexpr float kLate_s = 0.4f;
// A vehicle whose motion is known and that was seen just now is not far from where it should be.
constexpr std::uint32_t kSteadyHits = 4;
constexpr float kSteady_s = 0.25f;
constexpr float kSteadyGate = 0.65f;
// A pairing that is not sure must be better than any other by this much.
constexpr float kClearMargin = 0.12f;
constexpr float kCostScale = 10000.0f;  // costs as whole numbers

enum class Reference { kPredicted, kLastSeen };

struct Stage {
    float lowest_score;
    float gate;  // pairs that cost this much are not made
    Reference reference;
};

// All detections to where tracks should be; sure ones that are left to where tracks were last seen
// (for vehicles that did not go on as predicted). ByteTrack pairs weak detections only after the
// sure ones; then a half-hidden vehicle whose score drops loses its track to its neighbour. Here
// they compete, at a handicap.
constexpr std::array<Stage, 2> kStages = {{
    {kWeakScore, 0.80f, Reference::kPredicted},
    {kSureScore, 0.60f, Reference::kLastSeen},
}};
constexpr float kWeakCost = 0.12f;
// They must overlap well, with tracks seen just now.
constexpr float kWeakGate = 0.55f;
constexpr float kWeakUnseen_s = 0.35f;

float class_cost(VehicleClass a, VehicleClass b) {
    if (a == b) return 0;
    const bool motorcycle = a == VehicleClass::kMotorcycle || b == VehicleClass::kMotorcycle;
    return motorcycle ? kMotorcycleCost : kClassCost;
}

class Associator {
  public:
    Associator(const TrackerState& state, std::int64_t time_us, const FrameView& frame,
               std::span<const Detection> detections)
        : state_(state), time_us_(time_us), frame_(frame), detections_(detections) {
        result_.fill(kUnassigned);
    }

    Assignment run() {
        for (const Stage& stage : kStages) pair(stage);
        return result_;
    }

  private:
    float unseen_s(const Track& track) const {
        return static_cast<float>(time_us_ - track.last.time_us) / 1e6f;
    }

    // Measured only where it is asked for: it costs 2 us.
    const Appearance& appearance(std::size_t detection) {
        if (!measured_[detection]) {
            measured_[detection] = true;
            appearances_[detection] = appearance_of(frame_, detections_[detection].box);
        }
        return appearances_[detection];
    }

    void collect(const Stage& stage) {
        rows_.clear();
        columns_.clear();
        for (std::uint32_t t = 0; t < state_.live; ++t) {
            if (!settled_[t]) rows_.push_back(t);
        }
        for (std::uint32_t d = 0; d < detections_.size(); ++d) {
            if (!taken_[d] && detections_[d].score >= stage.lowest_score) columns_.push_back(d);
        }
    }

    Box expected(const Track& track, Reference reference) const {
        return reference == Reference::kPredicted ? track.filter.box() : track.anchor;
    }

    Box found(const Box& place, std::uint32_t d) const {
        return completed(detections_[d].box, place, frame_.format.width, frame_.format.height);
    }

    float cost(std::uint32_t t, std::uint32_t d, const Stage& stage) {
        const Track& track = state_.tracks[t];
        const Box place = expected(track, stage.reference);
        const float unseen = unseen_s(track);
        const Box box = found(place, d);
        const VehicleClass found_class = detections_[d].vehicle_class;
        static constexpr Appearance kUnknown{};
        float c = pair_cost(track, place, box, found_class, kUnknown, unseen);
        // Looks make it cheaper by half their weight at best: no need to measure what stays out of
        // reach.
        if (unseen > kLooksFrom_s && c < stage.gate + kLooksCost / 2) {
            c = pair_cost(track, place, box, found_class, appearance(d), unseen);
        }
        const bool steady = track.hits >= kSteadyHits && unseen < kSteady_s;
        if (steady && c >= kSteadyGate) return kNeverPaired;
        if (detections_[d].score >= kSureScore) return c;
        const bool just_seen = unseen <= kWeakUnseen_s || track.missed == 0;
        return just_seen && c < kWeakGate ? c + kWeakCost : kNeverPaired;
    }

    bool sure(std::uint32_t t, std::uint32_t d, const Stage& stage) const {
        const Track& track = state_.tracks[t];
        const float needed = unseen_s(track) >= kLate_s ? kSureOverlapLate : kSureOverlap;
        const Box place = expected(track, stage.reference);
        return iou(place, found(place, d)) >= needed;
    }

    // Whether another pairing of the row or the column is about as good; surely paired ones are no
    // rivals.
    bool ambiguous(const CostMatrix& m, const Assignment& pairs, std::size_t row,
                   const Stage& stage) const {
        const auto column = static_cast<std::size_t>(pairs[row]);
        const std::int32_t limit =
            m.cost[row][column] + static_cast<std::int32_t>(kClearMargin * kCostScale);
        std::array<bool, kMaxAssignment> column_sure{};
        for (std::size_t r = 0; r < m.rows; ++r) {
            const bool row_sure =
                pairs[r] != kUnassigned && sure(rows_[r], columns_[pairs[r]], stage);
            if (row_sure) column_sure[pairs[r]] = true;
            if (r != row && !row_sure && m.cost[r][column] < limit) return true;
        }
        for (std::size_t c = 0; c < m.columns; ++c) {
            if (c != column && !column_sure[c] && m.cost[row][c] < limit) return true;
        }
        return false;
    }

    void pair(const Stage& stage) {
        collect(stage);
        if (rows_.empty() || columns_.empty()) return;
        matrix_.rows = rows_.size();
        matrix_.columns = columns_.size();
        matrix_.gate = static_cast<std::int32_t>(stage.gate * kCostScale);
        for (std::size_t r = 0; r < matrix_.rows; ++r) {
            for (std::size_t c = 0; c < matrix_.columns; ++c) {
                matrix_.cost[r][c] =
                    static_cast<std::int32_t>(cost(rows_[r], columns_[c], stage) * kCostScale);
            }
        }
        const Assignment pairs = assign(matrix_);
        for (std::size_t r = 0; r < matrix_.rows; ++r) {
            if (pairs[r] == kUnassigned) continue;
            const std::uint32_t t = rows_[r];
            const std::uint32_t d = columns_[pairs[r]];
            settled_[t] = true;
            if (!sure(t, d, stage) && ambiguous(matrix_, pairs, r, stage)) continue;
            taken_[d] = true;
            result_[t] = static_cast<int>(d);
        }
    }

    const TrackerState& state_;
    std::int64_t time_us_;
    const FrameView& frame_;
    std::span<const Detection> detections_;
    CostMatrix matrix_;
    Assignment result_;
    BoundedVector<std::uint32_t, kMaxAssignment> rows_;     // tracks of this stage
    BoundedVector<std::uint32_t, kMaxAssignment> columns_;  // detections of this stage
    std::array<bool, kMaxLiveTracks> settled_{};            // tracks that later stages leave alone
    std::array<bool, kMaxDetectionsPerFrame> taken_{};
    std::array<bool, kMaxDetectionsPerFrame> measured_{};
    std::array<Appearance, kMaxDetectionsPerFrame> appearances_{};
};

}  // namespace

float pair_cost(const Track& track, const Box& expected, const Box& found, VehicleClass found_class,
                const Appearance& look, float unseen_s) {
    const float growth = std::clamp(kGrowthPerSecond * unseen_s, kLeastGrowth, kMostGrowth);
    const float overlap = iou(grown(expected, growth), grown(found, growth));
    if (overlap <= 0) return kNeverPaired;
    const float slack = std::min(kMostSizeSlack, kSizeSlack + kSizeSlackPerSecond * unseen_s);
    const float ratio = std::max(log_ratio(expected.width(), found.width()),
                                 log_ratio(expected.height(), found.height()));
    if (ratio > slack) return kNeverPaired;
    const float looks_weight =
        std::clamp((unseen_s - kLooksFrom_s) / (kLooksFully_s - kLooksFrom_s), 0.0f, 1.0f);
    float looks = 0;
    if (looks_weight > 0) {
        looks = appearance_distance(track.appearance, look);
        const float limit = overlap < kTrustedOverlap ? kDifferentLooks : kDifferentLooksInPlace;
        if (looks_weight >= 0.5f && looks >= limit) return kNeverPaired;
        looks = std::min(looks, 1.0f);
    }
    // Looks that are half alike, or unknown, count neither for nor against.
    return std::max(0.0f, 1 - overlap + kSizeCost * ratio / slack +
                              class_cost(track.vehicle_class(), found_class) +
                              kLooksCost * looks_weight * (looks - 0.5f));
}

Assignment associate(const TrackerState& state, std::int64_t time_us, const FrameView& frame,
                     std::span<const Detection> detections) {
    return Associator(state, time_us, frame, detections).run();
}

}  // namespace dashcam
