#pragma once

#include <cstdint>

#include "base/frame_view.h"

namespace dashcam {

// Integer form of a stream's conversion to full-range R'G'B' (ITU-R BT.601-7, BT.709-6, BT.2020-2),
// in units of 1 / 2^kColourBits of a sample's step.
struct ColourCoefficients {
    std::int32_t black = 0;  // luma sample of black
    std::int32_t luma = 0;
    std::int32_t red_cr = 0;
    std::int32_t green_cb = 0;
    std::int32_t green_cr = 0;
    std::int32_t blue_cb = 0;
};
constexpr int kColourBits = 12;

ColourCoefficients colour_coefficients(ColorRange range, ColorMatrix matrix);

// Converts `count` pixels whose samples have kFilteredBits fraction bits (see resample.h) to B, G,
// R bytes, rounded to the nearest and clipped to 0..255.
void yuv_to_bgr(const ColourCoefficients& c, const std::int16_t* luma, const std::int16_t* cb,
                const std::int16_t* cr, int count, std::uint8_t* bgr);

}  // namespace dashcam
