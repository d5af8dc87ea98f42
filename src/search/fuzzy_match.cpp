#include "search/fuzzy_match.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "search/confusions.h"

namespace dashcam {
namespace {

// Best weights by what was needed for them: errors, and whether one character was lost or added.
struct Ways {
    std::array<std::array<double, 2>, kMostErrors + 1> weight{};

    void take(const Ways& from, double factor) {
        for (int errors = 0; errors <= kMostErrors; ++errors) {
            for (int shifted = 0; shifted < 2; ++shifted) {
                double& mine = weight[errors][shifted];
                mine = std::max(mine, from.weight[errors][shifted] * factor);
            }
        }
    }
    void take_error(const Ways& from, double factor) {
        for (int errors = 0; errors < kMostErrors; ++errors) {
            for (int shifted = 0; shifted < 2; ++shifted) {
                double& mine = weight[errors + 1][shifted];
                mine = std::max(mine, from.weight[errors][shifted] * factor);
            }
        }
    }
    void take_shift(const Ways& from, double factor) {
        for (int errors = 0; errors < kMostErrors; ++errors) {
            double& mine = weight[errors + 1][1];
            mine = std::max(mine, from.weight[errors][0] * factor);
        }
    }
    double best_with_error() const {
        double best = 0;
        for (int errors = 1; errors <= kMostErrors; ++errors) {
            best = std::max({best, weight[errors][0], weight[errors][1]});
        }
        return best;
    }
};

using Line = std::vector<Ways>;

// One more character p of the pattern.
Line after_character(const Line& before, char p, const PlateTextRow& row) {
    const std::string_view text = row.text;
    Line after(before.size());
    std::size_t unknown = 0;
    for (std::size_t j = 0; j < before.size(); ++j) {
        // The plate has p, the reading lost it.
        after[j].take_shift(before[j], lost_weight());
        if (j == 0) continue;
        const char t = text[j - 1];
        if (t == '?') {
            after[j].take(before[j - 1], p == '?' ? 1 : unknown_probability(row, unknown, p));
            ++unknown;
        } else if (p == '?' || p == t) {
            after[j].take(before[j - 1], 1);
        } else {
            after[j].take_error(before[j - 1], confusion(p, t));
        }
        // The reading has a character that the plate has not.
        after[j].take_shift(after[j - 1], added_weight());
    }
    return after;
}

Line after_star(const Line& before) {
    Line after = before;
    for (std::size_t j = 1; j < after.size(); ++j) after[j].take(after[j - 1], 1);
    return after;
}

double all_neighbours(std::string_view text) {
    double sum = lost_weight() * 36 * static_cast<double>(text.size() + 1);
    for (const char c : text) sum += added_weight() + (c == '?' ? 0 : doubt(c));
    return sum;
}

}  // namespace

double fuzzy_match(const PlatePattern& pattern, const PlateTextRow& row) {
    Line line(row.text.size() + 1);
    line[0].weight[0][0] = 1;
    for (std::size_t j = 1; j < line.size(); ++j) line[j].take_shift(line[j - 1], added_weight());
    for (const char p : pattern.text()) {
        line = p == '*' ? after_star(line) : after_character(line, p, row);
    }
    const double wrong = std::clamp(1 - row.probability, 0.0, 1.0);
    return std::min(1.0, wrong * line.back().best_with_error() / all_neighbours(row.text));
}

}  // namespace dashcam
