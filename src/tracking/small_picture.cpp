#include "tracking/small_picture.h"

#include <algorithm>
#include <cmath>

namespace dashcam {
namespace {

constexpr int kMostColumns = 8192;  // bounds the buffer of column sums
constexpr int kSmallestSide_px = 64;
constexpr int kMostRows = 4;   // rows read of each cell: more cost time and change little
constexpr int kLane = 32;      // luma_stride() is a multiple of it
constexpr int kRadius = 4;     // surroundings: 9 x 9 cells
constexpr float kGain = 3.0f;  // faint structure at night still spans many of the 256 values

using Means = std::array<float, kSmallPictureCells>;

// Smallest step with which all cells fit.
int step_for(int width, int height) {
    int step = 1;
    while ((width / step) * (height / step) > kSmallPictureCells) ++step;
    return step;
}

// Sums of `rows` rows, spread over a cell's height, for each column.
void sum_columns(const FrameView& frame, int top, int step, int rows, int columns,
                 std::uint16_t* sums) {
    const int stride = frame.format.luma_stride();
    const int lanes = (columns + kLane - 1) / kLane;
    std::fill(sums, sums + lanes * kLane, std::uint16_t{0});
    for (int k = 0; k < rows; ++k) {
        const std::uint8_t* row =
            frame.luma() + static_cast<std::size_t>(top + k * step / rows) * stride;
        for (int lane = 0; lane < lanes; ++lane) {
            const std::uint8_t* from = row + lane * kLane;
            std::uint16_t* to = sums + lane * kLane;
            for (int i = 0; i < kLane; ++i) to[i] = static_cast<std::uint16_t>(to[i] + from[i]);
        }
    }
}

void average_cells(const FrameView& frame, const SmallPicture& picture, Means& means) {
    alignas(64) std::array<std::uint16_t, kMostColumns> sums;
    const int step = picture.step;
    const int rows = std::min(step, kMostRows);
    const float scale = 1.0f / static_cast<float>(rows * step);
    for (int y = 0; y < picture.height; ++y) {
        sum_columns(frame, y * step, step, rows, picture.width * step, sums.data());
        const std::uint16_t* from = sums.data();
        for (int x = 0; x < picture.width; ++x) {
            std::uint32_t sum = 0;
            for (int i = 0; i < step; ++i) sum += from[i];
            from += step;
            means[y * picture.width + x] = static_cast<float>(sum) * scale;
        }
    }
}

// Sums over 2 * kRadius + 1 neighbours in a row, clipped at its ends.
void sum_along_rows(const Means& means, int width, int height, Means& sums) {
    for (int y = 0; y < height; ++y) {
        const float* from = means.data() + y * width;
        float* to = sums.data() + y * width;
        float sum = 0;
        for (int x = 0; x < std::min(kRadius, width); ++x) sum += from[x];
        for (int x = 0; x < width; ++x) {
            if (x + kRadius < width) sum += from[x + kRadius];
            if (x - kRadius > 0) sum -= from[x - kRadius - 1];
            to[x] = sum;
        }
    }
}

void subtract_surroundings(const Means& means, const Means& row_sums, SmallPicture& picture) {
    const int width = picture.width;
    std::array<float, kSmallPictureCells> column{};  // running sums over rows, one for each x
    const auto add = [&](int y, float sign) {
        for (int x = 0; x < width; ++x) column[x] += sign * row_sums[y * width + x];
    };
    for (int y = 0; y < std::min(kRadius, picture.height); ++y) add(y, 1);
    for (int y = 0; y < picture.height; ++y) {
        if (y + kRadius < picture.height) add(y + kRadius, 1);
        if (y - kRadius > 0) add(y - kRadius - 1, -1);
        const int rows = std::min(y + kRadius, picture.height - 1) - std::max(y - kRadius, 0) + 1;
        for (int x = 0; x < width; ++x) {
            const int columns = std::min(x + kRadius, width - 1) - std::max(x - kRadius, 0) + 1;
            const float mean = column[x] / static_cast<float>(rows * columns);
            const float value = 128.5f + kGain * (means[y * width + x] - mean);
            picture.cells[y * width + x] =
                static_cast<std::uint8_t>(std::clamp(value, 0.0f, 255.0f));
        }
    }
}

}  // namespace

SmallPicture small_picture(const FrameView& frame) {
    SmallPicture picture;
    const int width = std::min(frame.format.width, kMostColumns);
    const int height = frame.format.height;
    if (frame.pixels == nullptr || std::min(width, height) < kSmallestSide_px) return picture;
    picture.step = step_for(width, height);
    picture.width = width / picture.step;
    picture.height = height / picture.step;
    Means means;
    Means row_sums;
    average_cells(frame, picture, means);
    sum_along_rows(means, picture.width, picture.height, row_sums);
    subtract_surroundings(means, row_sums, picture);
    return picture;
}

}  // namespace dashcam
