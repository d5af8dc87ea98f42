#include "inference/yuv_to_bgr.h"

#include <algorithm>
#include <cmath>

#include "base/vector_clones.h"
#include "inference/resample.h"

namespace dashcam {
namespace {

// Shares of red and blue in luma.
struct LumaShares {
    double red;
    double blue;
};

LumaShares shares_of(ColorMatrix matrix) {
    switch (matrix) {
        case ColorMatrix::kBt601:
            return {0.299, 0.114};
        case ColorMatrix::kBt709:
            return {0.2126, 0.0722};
        case ColorMatrix::kBt2020:
            return {0.2627, 0.0593};
    }
    return {0.299, 0.114};
}

std::int32_t fixed(double value) {
    return static_cast<std::int32_t>(std::lround(value * (1 << kColourBits)));
}

}  // namespace

ColourCoefficients colour_coefficients(ColorRange range, ColorMatrix matrix) {
    const LumaShares k = shares_of(matrix);
    const double green = 1 - k.red - k.blue;
    // Limited range: luma 16..235, chroma 16..240.
    const double luma = range == ColorRange::kLimited ? 255.0 / 219 : 1.0;
    const double chroma = range == ColorRange::kLimited ? 255.0 / 224 : 1.0;
    ColourCoefficients c;
    c.black = range == ColorRange::kLimited ? 16 : 0;
    c.luma = fixed(luma);
    c.red_cr = fixed(chroma * 2 * (1 - k.red));
    c.blue_cb = fixed(chroma * 2 * (1 - k.blue));
    c.green_cb = fixed(-chroma * 2 * (1 - k.blue) * k.blue / green);
    c.green_cr = fixed(-chroma * 2 * (1 - k.red) * k.red / green);
    return c;
}

VECTOR_CLONES void yuv_to_bgr(const ColourCoefficients& c, const std::int16_t* __restrict luma,
                              const std::int16_t* __restrict cb, const std::int16_t* __restrict cr,
                              int count, std::uint8_t* __restrict bgr) {
    // 255 x 64 x 2.2 x 4096 is half of what 32 bits hold.
    constexpr int kShift = kColourBits + kFilteredBits;
    constexpr std::int32_t kHalf = 1 << (kShift - 1);
    constexpr std::int32_t kZero = 128 << kFilteredBits;
    const std::int32_t black = c.black << kFilteredBits;
    const ColourCoefficients k = c;
    for (int i = 0; i < count; ++i) {
        const std::int32_t y = (luma[i] - black) * k.luma + kHalf;
        const std::int32_t u = cb[i] - kZero;
        const std::int32_t v = cr[i] - kZero;
        const std::int32_t blue = (y + k.blue_cb * u) >> kShift;
        const std::int32_t green = (y + k.green_cb * u + k.green_cr * v) >> kShift;
        const std::int32_t red = (y + k.red_cr * v) >> kShift;
        bgr[3 * i] = static_cast<std::uint8_t>(std::clamp(blue, 0, 255));
        bgr[3 * i + 1] = static_cast<std::uint8_t>(std::clamp(green, 0, 255));
        bgr[3 * i + 2] = static_cast<std::uint8_t>(std::clamp(red, 0, 255));
    }
}

}  // namespace dashcam
