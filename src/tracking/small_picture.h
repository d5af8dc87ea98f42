#pragma once

#include <array>
#include <cstdint>
#include <type_traits>

#include "base/frame_view.h"

namespace dashcam {

// 160 x 90 cells of a 16:9 frame; other shapes get as many cells or fewer.
constexpr int kSmallPictureCells = 14400;

// A frame's structure in small: the luma averaged over cells of step x step pixels, minus its
// surroundings' mean, so that exposure and shading drop out. 128 is flat. Lies in shared memory.
struct SmallPicture {
    std::int32_t width = 0;  // cells; 0: there is no picture
    std::int32_t height = 0;
    std::int32_t step = 0;  // pixels of the frame for each cell
    std::int32_t padding = 0;
    std::array<std::uint8_t, kSmallPictureCells> cells{};

    const std::uint8_t* row(int y) const { return cells.data() + y * width; }
    bool same_grid(const SmallPicture& other) const {
        return width == other.width && height == other.height && step == other.step;
    }
};
static_assert(sizeof(SmallPicture) == 16 + kSmallPictureCells);
static_assert(std::is_trivially_copyable_v<SmallPicture>);

// Reads up to four rows of each cell, about 0.1 ms for 1080p. Columns from the 8192nd on are left
// out. A frame without pixels or smaller than 64 pixels gives no picture.
SmallPicture small_picture(const FrameView& frame);

}  // namespace dashcam
