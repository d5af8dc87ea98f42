#include "tracking/assignment.h"

#include <algorithm>
#include <limits>

#include "base/check.h"

namespace dashcam {
namespace {

// Rows and columns are counted from 1; 0 stands for 'none'. Each row also has a column of its own,
// of cost `gate`, behind the real ones: taking it means staying alone.
constexpr std::size_t kMostColumns = 2 * kMaxAssignment + 1;
constexpr std::int64_t kInfinity = std::numeric_limits<std::int64_t>::max() / 4;

class Solver {
  public:
    explicit Solver(const CostMatrix& costs)
        : costs_(costs), columns_(costs.columns + costs.rows) {}

    void add_row(std::size_t row) {
        row_of_[0] = row;
        std::size_t column = 0;
        std::array<std::int64_t, kMostColumns> slack;
        std::array<bool, kMostColumns> visited{};
        std::fill(slack.begin(), slack.end(), kInfinity);
        do {
            visited[column] = true;
            column = step(column, slack, visited);
        } while (row_of_[column] != 0);
        while (column != 0) {
            row_of_[column] = row_of_[came_from_[column]];
            column = came_from_[column];
        }
    }

    std::size_t row_of(std::size_t column) const { return row_of_[column]; }

  private:
    std::int64_t cost(std::size_t row, std::size_t column) const {
        if (column <= costs_.columns) {
            const std::int32_t c = costs_.cost[row - 1][column - 1];
            return c < costs_.gate ? c : kInfinity / 4;
        }
        return column - costs_.columns == row ? costs_.gate : kInfinity / 4;
    }

    // Grows the tree of alternating paths by the nearest column, which it returns.
    std::size_t step(std::size_t from, std::array<std::int64_t, kMostColumns>& slack,
                     const std::array<bool, kMostColumns>& visited) {
        const std::size_t row = row_of_[from];
        std::int64_t nearest = kInfinity;
        std::size_t next = 0;
        for (std::size_t c = 1; c <= columns_; ++c) {
            if (visited[c]) continue;
            const std::int64_t reduced = cost(row, c) - row_price_[row] - column_price_[c];
            if (reduced < slack[c]) {
                slack[c] = reduced;
                came_from_[c] = from;
            }
            if (slack[c] < nearest) {
                nearest = slack[c];
                next = c;
            }
        }
        for (std::size_t c = 0; c <= columns_; ++c) {
            if (visited[c]) {
                row_price_[row_of_[c]] += nearest;
                column_price_[c] -= nearest;
            } else {
                slack[c] -= nearest;
            }
        }
        return next;
    }

    const CostMatrix& costs_;
    std::size_t columns_;
    std::array<std::size_t, kMostColumns> row_of_{};
    std::array<std::size_t, kMostColumns> came_from_{};
    std::array<std::int64_t, kMaxAssignment + 1> row_price_{};
    std::array<std::int64_t, kMostColumns> column_price_{};
};

}  // namespace

Assignment assign(const CostMatrix& costs) {
    CHECK(costs.rows <= kMaxAssignment && costs.columns <= kMaxAssignment);
    Assignment assignment;
    assignment.fill(kUnassigned);
    Solver solver(costs);
    for (std::size_t row = 1; row <= costs.rows; ++row) solver.add_row(row);
    for (std::size_t column = 1; column <= costs.columns; ++column) {
        const std::size_t row = solver.row_of(column);
        if (row != 0) assignment[row - 1] = static_cast<int>(column) - 1;
    }
    return assignment;
}

}  // namespace dashcam
