#include "tracking/camera_motion.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <limits>

#include "tracking/motion_fit.h"

namespace dashcam {
namespace {

constexpr int kCoarse = 4;       // cells for each coarse pixel
constexpr int kCoarseBlock = 8;  // coarse pixels: a fifth of the picture's width
constexpr int kCoarseStride = 4;
constexpr int kFineBlock = 16;  // cells
constexpr int kFineReach = 3;   // cells: what the coarse step can be wrong by
// Road and bonnet fill the lowest part of a dashcam's picture: near, fast and without use here.
constexpr float kUsedHeight = 0.78f;
// A block needs this mean distance from flat. Noise of a dusk camera, averaged over a cell, is
// about 2.
constexpr float kLeastStructure = 4.0f;
constexpr float kMostVehicle = 0.3f;  // share of a block under vehicles
// A match must be better than the mean of its neighbourhood by this factor.
constexpr float kWorstMatch = 0.75f;
// Turning at 60 degrees per second moves the picture by 35 coarse pixels per second; a pothole
// shakes it by two coarse pixels between frames at any rate.
constexpr float kCoarseSpeedX = 35.0f;
constexpr float kCoarseSpeedY = 15.0f;
constexpr int kMostCoarseX = 10;
constexpr int kMostCoarseY = 5;
constexpr int kShakeCoarse = 2;

struct CoarsePicture {
    int width = 0;
    int height = 0;
    std::array<std::uint8_t, kSmallPictureCells / (kCoarse * kCoarse) + kCoarseBlock> pixels{};
    const std::uint8_t* at(int x, int y) const { return pixels.data() + y * width + x; }
};

CoarsePicture coarse_of(const SmallPicture& picture) {
    CoarsePicture coarse;
    coarse.width = picture.width / kCoarse;
    coarse.height = picture.height / kCoarse;
    for (int y = 0; y < coarse.height; ++y) {
        for (int x = 0; x < coarse.width; ++x) {
            int sum = 0;
            for (int j = 0; j < kCoarse; ++j) {
                const std::uint8_t* from = picture.row(y * kCoarse + j) + x * kCoarse;
                for (int i = 0; i < kCoarse; ++i) sum += from[i];
            }
            // Averaging flattens the structure: half of it is won back.
            const int value = 128 + (sum - 128 * kCoarse * kCoarse) * 2 / (kCoarse * kCoarse);
            coarse.pixels[y * coarse.width + x] =
                static_cast<std::uint8_t>(std::clamp(value, 0, 255));
        }
    }
    return coarse;
}

template <int kSize>
int difference(const std::uint8_t* a, int stride_a, const std::uint8_t* b, int stride_b) {
    int sum = 0;
    for (int y = 0; y < kSize; ++y) {
        for (int x = 0; x < kSize; ++x) sum += std::abs(a[x] - b[x]);
        a += stride_a;
        b += stride_b;
    }
    return sum;
}

struct Shift {
    int x = 0;
    int y = 0;
};

// Where the block at (x, y) of the previous coarse picture went.
Shift coarse_match(const CoarsePicture& previous, const CoarsePicture& current, int x, int y,
                   int reach_x, int reach_y) {
    Shift best;
    int least = std::numeric_limits<int>::max();
    for (int dy = std::max(-reach_y, -y);
         dy <= std::min(reach_y, current.height - kCoarseBlock - y); ++dy) {
        for (int dx = std::max(-reach_x, -x);
             dx <= std::min(reach_x, current.width - kCoarseBlock - x); ++dx) {
            // A tiny preference for small shifts decides ties, and flat blocks.
            const int cost = difference<kCoarseBlock>(previous.at(x, y), previous.width,
                                                      current.at(x + dx, y + dy), current.width) *
                                 4 +
                             std::abs(dx) + std::abs(dy);
            if (cost < least) {
                least = cost;
                best = {dx, dy};
            }
        }
    }
    return best;
}

// Offset of a parabola's minimum from its middle sample, -0.5 to 0.5.
float parabola_offset(int left, int middle, int right) {
    const int curvature = left - 2 * middle + right;
    if (curvature <= 0) return 0;
    return std::clamp(static_cast<float>(left - right) / (2.0f * static_cast<float>(curvature)),
                      -0.5f, 0.5f);
}

constexpr int kFineSide = 2 * kFineReach + 1;

// The match of a block at (x, y) cells around the shift `guess`, to a fraction of a cell.
bool fine_match(const SmallPicture& previous, const SmallPicture& current, int x, int y,
                Shift guess, BlockMotion& found) {
    std::array<int, kFineSide * kFineSide> costs;
    const int left = x + guess.x - kFineReach;
    const int top = y + guess.y - kFineReach;
    if (left < 0 || top < 0 || left + kFineSide - 1 + kFineBlock > current.width ||
        top + kFineSide - 1 + kFineBlock > current.height) {
        return false;
    }
    long total = 0;
    for (int j = 0; j < kFineSide; ++j) {
        for (int i = 0; i < kFineSide; ++i) {
            const int cost = difference<kFineBlock>(previous.row(y) + x, previous.width,
                                                    current.row(top + j) + left + i, current.width);
            costs[j * kFineSide + i] = cost;
            total += cost;
        }
    }
    const auto best =
        static_cast<int>(std::min_element(costs.begin(), costs.end()) - costs.begin());
    const int i = best % kFineSide;
    const int j = best / kFineSide;
    if (i == 0 || j == 0 || i == kFineSide - 1 || j == kFineSide - 1) return false;
    const float mean = static_cast<float>(total) / static_cast<float>(costs.size());
    const auto middle = static_cast<float>(costs[best]);
    if (middle > kWorstMatch * mean) return false;
    const int* c = costs.data() + best;
    found.u = static_cast<float>(guess.x + i - kFineReach) + parabola_offset(c[-1], c[0], c[1]);
    found.v = static_cast<float>(guess.y + j - kFineReach) +
              parabola_offset(c[-kFineSide], c[0], c[kFineSide]);
    // An edge tells only the motion across it: each axis counts as much as the match is sharp on
    // it.
    found.weight_u = static_cast<float>(c[-1] + c[1] - 2 * c[0]) / mean;
    found.weight_v = static_cast<float>(c[-kFineSide] + c[kFineSide] - 2 * c[0]) / mean;
    return true;
}

float structure(const SmallPicture& picture, int x, int y) {
    int sum = 0;
    for (int j = 0; j < kFineBlock; ++j) {
        const std::uint8_t* from = picture.row(y + j) + x;
        for (int i = 0; i < kFineBlock; ++i) sum += std::abs(from[i] - 128);
    }
    return static_cast<float>(sum) / (kFineBlock * kFineBlock);
}

bool on_a_vehicle(const SmallPicture& picture, int x, int y, std::span<const Box> vehicles) {
    const auto step = static_cast<float>(picture.step);
    const Box block{static_cast<float>(x) * step, static_cast<float>(y) * step,
                    static_cast<float>(x + kFineBlock) * step,
                    static_cast<float>(y + kFineBlock) * step};
    for (const Box& v : vehicles) {
        const Box common{std::max(block.x0, v.x0), std::max(block.y0, v.y0),
                         std::min(block.x1, v.x1), std::min(block.y1, v.y1)};
        if (common.area() > kMostVehicle * block.area()) return true;
    }
    return false;
}

int coarse_reach(float speed, float dt_s, int most) {
    return std::min(most, kShakeCoarse + static_cast<int>(std::min(speed * dt_s, 100.0f)));
}

}  // namespace

CameraMotion estimate_camera_motion(const SmallPicture& previous, const SmallPicture& current,
                                    float dt_s, std::span<const Box> vehicles) {
    CameraMotion motion;
    if (current.width == 0 || !current.same_grid(previous)) return motion;
    const CoarsePicture before = coarse_of(previous);
    const CoarsePicture after = coarse_of(current);
    const int reach_x = coarse_reach(kCoarseSpeedX, dt_s, kMostCoarseX);
    const int reach_y = coarse_reach(kCoarseSpeedY, dt_s, kMostCoarseY);
    const int lowest =
        static_cast<int>(kUsedHeight * static_cast<float>(after.height)) - kCoarseBlock;
    constexpr int kInset = (kCoarseBlock * kCoarse - kFineBlock) / 2;

    BlockMotions blocks;
    for (int y = 0; y <= lowest; y += kCoarseStride) {
        for (int x = 0; x + kCoarseBlock <= after.width && !blocks.full(); x += kCoarseStride) {
            const int fine_x = x * kCoarse + kInset;
            const int fine_y = y * kCoarse + kInset;
            if (structure(previous, fine_x, fine_y) < kLeastStructure) continue;
            if (on_a_vehicle(previous, fine_x, fine_y, vehicles)) continue;
            const Shift coarse = coarse_match(before, after, x, y, reach_x, reach_y);
            BlockMotion block;
            const Shift guess{coarse.x * kCoarse, coarse.y * kCoarse};
            if (!fine_match(previous, current, fine_x, fine_y, guess, block)) continue;
            block.x =
                static_cast<float>(fine_x + kFineBlock / 2) - static_cast<float>(current.width) / 2;
            block.y = static_cast<float>(fine_y + kFineBlock / 2) -
                      static_cast<float>(current.height) / 2;
            blocks.push_back(block);
        }
    }
    const MotionFit fit = fit_motion(blocks);
    motion.support = fit.support;
    if (!fit.found) return motion;
    const auto step = static_cast<float>(current.step);
    motion.centre = {static_cast<float>(current.width) * step / 2,
                     static_cast<float>(current.height) * step / 2};
    motion.dx = fit.u * step;
    motion.dy = fit.v * step;
    motion.roll = fit.roll;
    motion.growth = fit.growth;
    motion.known = true;
    return motion;
}

}  // namespace dashcam
