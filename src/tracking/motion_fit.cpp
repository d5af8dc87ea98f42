#include "tracking/motion_fit.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace dashcam {
namespace {

constexpr float kAgree = 1.5f;   // cells: blocks this close move alike
constexpr float kCauchy = 0.5f;  // cells: a match's error
constexpr int kRounds = 6;
constexpr std::size_t kFewestBlocks = 3;
constexpr std::size_t kBlocksForRoll = 8;
constexpr float kLeastSupport = 0.35f;
// A prior that keeps growth and roll small where the blocks say nothing about them (they lie on a
// line).
constexpr double kRollPrior = 200.0;
// A dashcam on a rough road rolls by a few degrees between frames at most.
constexpr float kMostRoll = 0.1f;
constexpr float kMostGrowth = 0.3f;

float weight_of(const BlockMotion& b) { return std::min(b.weight_u, b.weight_v); }

// The block whose shift most others share.
const BlockMotion& densest(const BlockMotions& blocks) {
    const BlockMotion* best = &blocks[0];
    float most = -1;
    for (const BlockMotion& a : blocks) {
        float sum = 0;
        for (const BlockMotion& b : blocks) {
            if (std::abs(a.u - b.u) <= kAgree && std::abs(a.v - b.v) <= kAgree) sum += weight_of(b);
        }
        if (sum > most) {
            most = sum;
            best = &a;
        }
    }
    return *best;
}

float residual(const MotionFit& fit, const BlockMotion& b) {
    const float du = fit.u + fit.growth * b.x - fit.roll * b.y - b.u;
    const float dv = fit.v + fit.growth * b.y + fit.roll * b.x - b.v;
    return std::sqrt(du * du + dv * dv);
}

using Row = std::array<double, 5>;  // four unknowns and the right side
using System = std::array<Row, 4>;

void add_equation(System& system, const std::array<double, 4>& a, double value, double weight) {
    for (int i = 0; i < 4; ++i) {
        for (int j = 0; j < 4; ++j) system[i][j] += weight * a[i] * a[j];
        system[i][4] += weight * a[i] * value;
    }
}

// Gaussian elimination with row pivots; false if the equations do not determine the unknowns.
bool solve(System& s, std::array<double, 4>& x) {
    for (int k = 0; k < 4; ++k) {
        int pivot = k;
        for (int i = k + 1; i < 4; ++i) {
            if (std::abs(s[i][k]) > std::abs(s[pivot][k])) pivot = i;
        }
        if (std::abs(s[pivot][k]) < 1e-9) return false;
        std::swap(s[k], s[pivot]);
        for (int i = k + 1; i < 4; ++i) {
            const double factor = s[i][k] / s[k][k];
            for (int j = k; j < 5; ++j) s[i][j] -= factor * s[k][j];
        }
    }
    for (int k = 3; k >= 0; --k) {
        double sum = s[k][4];
        for (int j = k + 1; j < 4; ++j) sum -= s[k][j] * x[j];
        x[k] = sum / s[k][k];
    }
    return true;
}

bool refine(const BlockMotions& blocks, bool with_roll, MotionFit& fit) {
    System system{};
    for (const BlockMotion& b : blocks) {
        const float r = residual(fit, b) / kCauchy;
        const double robust = 1.0 / (1.0 + r * r);
        add_equation(system, {1, 0, b.x, -b.y}, b.u, robust * std::max(b.weight_u, 0.0f));
        add_equation(system, {0, 1, b.y, b.x}, b.v, robust * std::max(b.weight_v, 0.0f));
    }
    const double prior = with_roll ? kRollPrior : 1e9;
    system[2][2] += prior;
    system[3][3] += prior;
    std::array<double, 4> x{};
    if (!solve(system, x)) return false;
    fit.u = static_cast<float>(x[0]);
    fit.v = static_cast<float>(x[1]);
    fit.growth = std::clamp(static_cast<float>(x[2]), -kMostGrowth, kMostGrowth);
    fit.roll = std::clamp(static_cast<float>(x[3]), -kMostRoll, kMostRoll);
    return true;
}

}  // namespace

MotionFit fit_motion(const BlockMotions& blocks) {
    MotionFit fit;
    if (blocks.size() < kFewestBlocks) return fit;
    const BlockMotion& start = densest(blocks);
    fit.u = start.u;
    fit.v = start.v;
    const bool with_roll = blocks.size() >= kBlocksForRoll;
    for (int round = 0; round < kRounds; ++round) {
        if (!refine(blocks, with_roll, fit)) return MotionFit{};
    }
    std::size_t agreeing = 0;
    for (const BlockMotion& b : blocks) agreeing += residual(fit, b) <= kAgree ? 1 : 0;
    fit.support = static_cast<float>(agreeing) / static_cast<float>(blocks.size());
    fit.found = agreeing >= kFewestBlocks && fit.support >= kLeastSupport;
    return fit;
}

}  // namespace dashcam
