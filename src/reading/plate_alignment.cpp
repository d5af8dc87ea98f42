#include "reading/plate_alignment.h"

#include <algorithm>
#include <cmath>

namespace dashcam {
namespace {

// All constants were tuned on rendered tracks.
// Share of a slot's posterior that is spread evenly: no single reading can rule a symbol out.
constexpr double kEvenShare = 0.02;
// Share that goes to 'no character' where readings disagree whether there is one.
constexpr double kExtraCharacterShare = 0.05;
// Probability that a reading misses a character that is there.
constexpr double kMissedCharacter = 0.1;
// n equal readings count as n to this power.
constexpr double kEffectiveExponent = 0.4;
// Least similarity of a slot to a column, and least blank of a slot or column left out.
constexpr double kSimilarityFloor = 0.02;
constexpr double kGapFloor = 0.03;
// A slot this far from its column costs as much as kMostPlaceCost, in widths (heights) of the
// plate.
constexpr double kPlaceSpreadX = 0.06;
constexpr double kPlaceSpreadY = 0.20;
constexpr double kMostPlaceCost = 1.0;
// A slot opens a column if a character is likelier than not.
constexpr double kOpensColumn = 0.5;
// A column with more blank than this is no longer followed.
constexpr double kLostColumn = 0.98;
constexpr int kRealignments = 2;
// Keeps logarithms finite.
constexpr double kLeastProbability = 1e-9;

// For each column and reading: its slot or -1.
using Assignment = std::vector<std::int8_t>;

double place_cost(const std::array<double, 2>& a, const std::array<double, 2>& b) {
    const double dx = (a[0] - b[0]) / kPlaceSpreadX;
    const double dy = (a[1] - b[1]) / kPlaceSpreadY;
    return std::min(kMostPlaceCost, 0.5 * (dx * dx + dy * dy));
}

double norm(const Distribution& d) {
    double sum = 0;
    for (const double p : d) sum += p * p;
    return std::sqrt(sum);
}

double match_score(const Distribution& slot, double slot_norm, const AlignedColumn& column,
                   double column_norm) {
    double dot = 0;
    for (std::size_t s = 0; s < kPlateSymbols; ++s) dot += slot[s] * column.posterior[s];
    return std::log(kSimilarityFloor + (1 - kSimilarityFloor) * dot / (slot_norm * column_norm));
}

double gap_score(double blank) { return std::log(kGapFloor + (1 - kGapFloor) * blank); }

// Exponent of the weighted product, so that it counts as the effective number of readings.
double product_exponent(std::span<const WeightedReading> readings) {
    double sum = 0;
    double largest = 0;
    for (const WeightedReading& r : readings) {
        sum += r.weight;
        largest = std::max(largest, r.weight);
    }
    return std::pow(sum / largest, kEffectiveExponent) / sum;
}

// Logarithms of one slot's posterior, as it counts in a product.
struct SlotScore {
    Distribution agreed{};    // in a column that every reading has
    Distribution disputed{};  // in a column that some readings lack
};

SlotScore slot_score(const Distribution& slot, double even) {
    SlotScore out;
    for (std::size_t s = 0; s < kPlateSymbols; ++s) {
        const double agreed = (1 - even) * slot[s] + even / kPlateSymbols;
        const double disputed =
            (1 - kExtraCharacterShare) * agreed + (s == kBlankSymbol ? kExtraCharacterShare : 0.0);
        out.agreed[s] = std::log(std::max(agreed, kLeastProbability));
        out.disputed[s] = std::log(std::max(disputed, kLeastProbability));
    }
    return out;
}

class Fusion {
  public:
    explicit Fusion(std::span<const WeightedReading> readings) : readings_(readings) {
        const double even = readings.size() > 1 ? kEvenShare : 0.0;
        for (const WeightedReading& reading : readings) {
            auto& scores = scores_.emplace_back();
            for (std::size_t k = 0; k < kPlateSlots; ++k)
                scores[k] = slot_score(reading.slots[k], even);
        }
    }

    std::vector<AlignedColumn> run() {
        for (std::size_t r = 0; r < readings_.size(); ++r) {
            add(r);
            rebuild();
        }
        for (int pass = 0; pass < kRealignments && readings_.size() > 1; ++pass) {
            for (Assignment& column : assignments_) std::fill(column.begin(), column.end(), -1);
            for (std::size_t r = 0; r < readings_.size(); ++r) {
                const SlotColumns columns = align(readings_[r], columns_);
                for (std::size_t k = 0; k < kPlateSlots; ++k) {
                    if (columns[k] >= 0) assignments_[columns[k]][r] = static_cast<std::int8_t>(k);
                }
            }
            rebuild();
            drop_lost();
        }
        return std::move(columns_);
    }

    // Of each reading, after run().
    std::vector<SlotColumns> assigned() const {
        std::vector<SlotColumns> out(readings_.size());
        for (SlotColumns& columns : out) columns.fill(-1);
        for (std::size_t j = 0; j < assignments_.size(); ++j) {
            for (std::size_t r = 0; r < readings_.size(); ++r) {
                const std::int8_t slot = assignments_[j][r];
                if (slot >= 0) out[r][slot] = static_cast<std::int8_t>(j);
            }
        }
        return out;
    }

  private:
    // Aligns reading r with the profile; its slots without a column may open one.
    void add(std::size_t r) {
        const SlotColumns columns = align(readings_[r], columns_);
        for (Assignment& column : assignments_) column.push_back(-1);
        std::size_t next = 0;  // where a new column would go
        std::size_t opened = 0;
        for (std::size_t k = 0; k < kPlateSlots; ++k) {
            if (columns[k] >= 0) {
                next = columns[k] + opened;
                assignments_[next++][r] = static_cast<std::int8_t>(k);
            } else if (readings_[r].slots[k][kBlankSymbol] < kOpensColumn &&
                       assignments_.size() < kMaxColumns) {
                Assignment column(r + 1, -1);
                column[r] = static_cast<std::int8_t>(k);
                assignments_.insert(assignments_.begin() + static_cast<std::ptrdiff_t>(next++),
                                    column);
                ++opened;
            }
        }
    }

    void rebuild() {
        const std::size_t known = assignments_.empty() ? 0 : assignments_.front().size();
        const auto seen = readings_.first(known);
        if (known == 0) return;
        const double exponent = product_exponent(seen);
        columns_.clear();
        for (const Assignment& slots : assignments_) columns_.push_back(fused(slots, exponent));
    }

    AlignedColumn fused(const Assignment& slots, double exponent) const {
        const bool disputed = std::find(slots.begin(), slots.end(), -1) != slots.end();
        static const double kMissed = std::log(kMissedCharacter);
        static const double kAbsent = std::log(1 - kMissedCharacter);
        Distribution score{};
        AlignedColumn column;
        double places = 0;
        for (std::size_t r = 0; r < slots.size(); ++r) {
            const WeightedReading& reading = readings_[r];
            const double weight = reading.weight * exponent;
            if (slots[r] < 0) {
                for (std::size_t s = 0; s < kBlankSymbol; ++s) score[s] += weight * kMissed;
                score[kBlankSymbol] += weight * kAbsent;
                continue;
            }
            const SlotScore& slot = scores_[r][slots[r]];
            const Distribution& logs = disputed ? slot.disputed : slot.agreed;
            for (std::size_t s = 0; s < kPlateSymbols; ++s) score[s] += weight * logs[s];
            const double seen = reading.weight * (1 - reading.slots[slots[r]][kBlankSymbol]);
            for (std::size_t axis = 0; axis < 2; ++axis) {
                column.place[axis] += seen * reading.place[slots[r]][axis];
            }
            places += seen;
        }
        const double best = *std::max_element(score.begin(), score.end());
        double sum = 0;
        for (std::size_t s = 0; s < kPlateSymbols; ++s) {
            sum += column.posterior[s] = std::exp(score[s] - best);
        }
        for (double& p : column.posterior) p /= sum;
        if (places > 0) {
            for (double& v : column.place) v /= places;
        }
        return column;
    }

    void drop_lost() {
        for (std::size_t j = columns_.size(); j-- > 0;) {
            if (columns_[j].posterior[kBlankSymbol] <= kLostColumn) continue;
            columns_.erase(columns_.begin() + static_cast<std::ptrdiff_t>(j));
            assignments_.erase(assignments_.begin() + static_cast<std::ptrdiff_t>(j));
        }
    }

    std::span<const WeightedReading> readings_;
    std::vector<std::array<SlotScore, kPlateSlots>> scores_;
    std::vector<Assignment> assignments_;  // of each column
    std::vector<AlignedColumn> columns_;
};

}  // namespace

WeightedReading weighted_reading(const PlateReading& reading, double weight) {
    WeightedReading out;
    for (std::size_t k = 0; k < kPlateSlots; ++k) {
        out.slots[k] = distribution_of(reading.posterior[k]);
        out.place[k] = {reading.place[k][0] / 255.0, reading.place[k][1] / 255.0};
    }
    out.weight = weight;
    return out;
}

SlotColumns align(const WeightedReading& reading, std::span<const AlignedColumn> profile) {
    enum Step : std::uint8_t { kMatch, kExtraSlot, kMissedColumn };
    constexpr std::size_t kRows = kPlateSlots + 1;
    constexpr std::size_t kColumns = kMaxColumns + 1;
    std::array<std::array<double, kColumns>, kRows> score{};
    std::array<std::array<Step, kColumns>, kRows> step{};
    std::array<double, kMaxColumns> column_norm{};
    for (std::size_t j = 0; j < profile.size(); ++j) {
        column_norm[j] = norm(profile[j].posterior);
        score[0][j + 1] = score[0][j] + gap_score(profile[j].posterior[kBlankSymbol]);
        step[0][j + 1] = kMissedColumn;
    }
    for (std::size_t k = 0; k < kPlateSlots; ++k) {
        const Distribution& slot = reading.slots[k];
        const double slot_norm = norm(slot);
        const double extra = gap_score(slot[kBlankSymbol]);
        score[k + 1][0] = score[k][0] + extra;
        step[k + 1][0] = kExtraSlot;
        for (std::size_t j = 0; j < profile.size(); ++j) {
            const Distribution& column = profile[j].posterior;
            const double match =
                score[k][j] + match_score(slot, slot_norm, profile[j], column_norm[j]) -
                (1 - slot[kBlankSymbol]) * place_cost(reading.place[k], profile[j].place);
            const double skip_slot = score[k][j + 1] + extra;
            const double skip_column = score[k + 1][j] + gap_score(column[kBlankSymbol]);
            double& best = score[k + 1][j + 1] = match;
            step[k + 1][j + 1] = kMatch;
            if (skip_slot > best) best = skip_slot, step[k + 1][j + 1] = kExtraSlot;
            if (skip_column > best) best = skip_column, step[k + 1][j + 1] = kMissedColumn;
        }
    }
    SlotColumns columns;
    columns.fill(-1);
    for (std::size_t k = kPlateSlots, j = profile.size(); k > 0 || j > 0;) {
        const Step s = step[k][j];
        if (s == kMatch) columns[k - 1] = static_cast<std::int8_t>(j - 1);
        if (s != kMissedColumn) --k;
        if (s != kExtraSlot) --j;
    }
    return columns;
}

std::vector<AlignedColumn> fuse_columns(std::span<const WeightedReading> readings,
                                        std::vector<SlotColumns>* assigned) {
    Fusion fusion(readings);
    std::vector<AlignedColumn> columns = fusion.run();
    if (assigned != nullptr) *assigned = fusion.assigned();
    return columns;
}

}  // namespace dashcam
