#include "pipeline/video_reader/scene_change.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <utility>

#include "base/vector_clones.h"

namespace dashcam {
namespace {

// Squares of 16 pixels, of which four rows are summed up: grain of 5 levels moves their means by
// 0.6, and a square is wide enough that few are needed.
constexpr int kEdge_px = 16;
constexpr std::array kRows{2, 6, 10, 14};
// Mean levels of 255. Key pictures of a still scene differ from their neighbours by 1 to 3; an edge
// of 40 levels that moves by two pixels gives 5.
constexpr int kChange = 4;
constexpr int kSumOfChange = kChange * kEdge_px * static_cast<int>(kRows.size());

// Adds each square's part of one row to its sum.
VECTOR_CLONES
void add_row(const std::uint8_t* row, std::uint16_t* sums, std::size_t squares) {
    for (std::size_t s = 0; s < squares; ++s) {
        std::uint32_t sum = 0;
        for (std::size_t x = 0; x < kEdge_px; ++x) sum += row[s * kEdge_px + x];
        sums[s] = static_cast<std::uint16_t>(sums[s] + sum);
    }
}

}  // namespace

bool SceneChange::differs(const LumaPlane& luma) {
    // What is left over at the right and below, less than a square, is not looked at.
    const int columns = luma.width / kEdge_px;
    const int rows = luma.height / kEdge_px;
    latest_.width = latest_.height = 0;
    if (luma.pixels == nullptr || columns < 1 || rows < 1) return true;
    latest_.width = luma.width;
    latest_.height = luma.height;
    latest_.sums.assign(static_cast<std::size_t>(columns) * rows, 0);
    for (int r = 0; r < rows; ++r) {
        std::uint16_t* sums = &latest_.sums[static_cast<std::size_t>(r) * columns];
        for (const int row : kRows) {
            add_row(luma.pixels + luma.stride * (r * kEdge_px + row), sums,
                    static_cast<std::size_t>(columns));
        }
    }
    if (latest_.width != remembered_.width || latest_.height != remembered_.height) return true;
    return !std::equal(
        latest_.sums.begin(), latest_.sums.end(), remembered_.sums.begin(),
        [](int now, int before) { return std::abs(now - before) <= kSumOfChange; });
}

void SceneChange::remember() { std::swap(remembered_, latest_); }

}  // namespace dashcam
