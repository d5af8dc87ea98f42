#include "tracking/assignment.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <numeric>
#include <random>
#include <vector>

namespace dashcam {
namespace {

std::unique_ptr<CostMatrix> matrix(const std::vector<std::vector<std::int32_t>>& costs,
                                   std::int32_t gate) {
    auto m = std::make_unique<CostMatrix>();
    m->rows = costs.size();
    m->columns = costs.empty() ? 0 : costs[0].size();
    m->gate = gate;
    for (std::size_t r = 0; r < m->rows; ++r)
        std::copy(costs[r].begin(), costs[r].end(), m->cost[r].begin());
    return m;
}

std::vector<int> pairs(const CostMatrix& m) {
    const Assignment a = assign(m);
    return {a.begin(), a.begin() + static_cast<std::ptrdiff_t>(m.rows)};
}

std::int64_t total(const CostMatrix& m, const std::vector<int>& columns) {
    std::int64_t sum = 0;
    for (std::size_t r = 0; r < m.rows; ++r) {
        sum += columns[r] == kUnassigned ? m.gate : m.cost[r][static_cast<std::size_t>(columns[r])];
    }
    return sum;
}

// Tries every pairing.
std::int64_t least_total(const CostMatrix& m, std::size_t row, unsigned used) {
    if (row == m.rows) return 0;
    std::int64_t best = m.gate + least_total(m, row + 1, used);
    for (std::size_t c = 0; c < m.columns; ++c) {
        if ((used >> c & 1) != 0 || m.cost[row][c] >= m.gate) continue;
        best = std::min(best, m.cost[row][c] + least_total(m, row + 1, used | 1u << c));
    }
    return best;
}

TEST(Assignment, TheBestTotalBeatsTheBestPair) {
    EXPECT_EQ(pairs(*matrix({{10, 20}, {15, 90}}, 100)), (std::vector<int>{1, 0}));
}

TEST(Assignment, PairsBeyondTheGateAreNotMade) {
    EXPECT_EQ(pairs(*matrix({{99, 100}, {100, 150}}, 100)), (std::vector<int>{0, kUnassigned}));
}

// A good pair is not given up to find the other row a poor one.
TEST(Assignment, AloneIsBetterThanTwoPoorPairs) {
    EXPECT_EQ(pairs(*matrix({{10, 95}, {30, 200}}, 100)), (std::vector<int>{0, kUnassigned}));
}

TEST(Assignment, HandlesEmptyAndLopsidedMatrices) {
    EXPECT_TRUE(pairs(*matrix({}, 100)).empty());
    EXPECT_EQ(pairs(*matrix({{5}, {3}, {4}}, 100)),
              (std::vector<int>{kUnassigned, 0, kUnassigned}));
    EXPECT_EQ(pairs(*matrix({{5, 3, 4}}, 100)), (std::vector<int>{1}));
    auto rows_only = std::make_unique<CostMatrix>();
    rows_only->rows = 2;
    rows_only->gate = 1;
    EXPECT_EQ(pairs(*rows_only), (std::vector<int>{kUnassigned, kUnassigned}));
}

TEST(Assignment, TiesAreAlwaysBrokenAlike) {
    const auto m = matrix({{7, 7, 7}, {7, 7, 7}, {7, 7, 7}}, 100);
    const std::vector<int> first = pairs(*m);
    EXPECT_EQ(pairs(*m), first);
    EXPECT_EQ(total(*m, first), 21);
}

TEST(Assignment, IsOptimalOnRandomMatrices) {
    const char* given = std::getenv("DASHCAM_TEST_SEED");
    const std::uint64_t seed = given != nullptr ? std::strtoull(given, nullptr, 10) : 1;
    std::cout << "seed " << seed << "\n";
    std::mt19937_64 random(seed);
    const auto number = [&](int low, int high) {
        return std::uniform_int_distribution<int>(low, high)(random);
    };
    for (int round = 0; round < 500; ++round) {
        const auto rows = static_cast<std::size_t>(number(1, 6));
        const auto columns = static_cast<std::size_t>(number(1, 6));
        std::vector<std::vector<std::int32_t>> costs(rows, std::vector<std::int32_t>(columns));
        for (auto& row : costs) {
            for (auto& c : row) c = number(0, 140);
        }
        const auto m = matrix(costs, 100);
        const std::vector<int> found = pairs(*m);
        ASSERT_EQ(total(*m, found), least_total(*m, 0, 0)) << "round " << round;
        std::vector<int> used;
        std::copy_if(found.begin(), found.end(), std::back_inserter(used),
                     [](int c) { return c != kUnassigned; });
        std::sort(used.begin(), used.end());
        ASSERT_EQ(std::adjacent_find(used.begin(), used.end()), used.end()) << "round " << round;
    }
}

TEST(Assignment, SolvesTheLargestMatrix) {
    auto m = std::make_unique<CostMatrix>();
    m->rows = m->columns = kMaxAssignment;
    m->gate = 1'000'000;
    for (std::size_t r = 0; r < m->rows; ++r) {
        for (std::size_t c = 0; c < m->columns; ++c) {
            // Only the pairs (r, 63 - r) are free.
            m->cost[r][c] =
                r + c == kMaxAssignment - 1 ? 0 : static_cast<std::int32_t>(100 + r * c % 97);
        }
    }
    const std::vector<int> found = pairs(*m);
    for (std::size_t r = 0; r < m->rows; ++r)
        EXPECT_EQ(found[r], static_cast<int>(kMaxAssignment - 1 - r));
}

}  // namespace
}  // namespace dashcam
