#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace dashcam {

// How the samples of one axis of a plane become the pixels of one axis of the result: pixel d is
// the sum of `taps` samples from first[d] on, each times its weight. Weights are integers that add
// up to exactly kWeightOne, so an even surface keeps its value and the result is the same on every
// machine.
struct AxisFilter {
    // Vertical sums of 255 x 256 fit 16 bits, which is what makes them fast.
    static constexpr int kWeightBits = 8;
    static constexpr int kWeightOne = 1 << kWeightBits;

    int taps = 0;
    // Pixel d begins at first[0] + d * taps and all pixels have the same weights: a whole-numbered
    // ratio, 1 to 4.
    bool regular = false;
    std::vector<std::int32_t> first;
    std::vector<std::uint16_t> weights;  // taps for each pixel
};

// Which samples of an axis may be used, and where the result's axis lies among them. A sample k
// covers [k, k + 1).
struct AxisSpan {
    double origin = 0;  // of the result's left edge, in samples
    double step = 1;    // samples per pixel of the result
    int low = 0;        // samples from `low` up to, without, `high` exist
    int high = 0;
};

// Average over the pixel's footprint, samples being even squares (OpenCV's INTER_AREA when it
// shrinks).
AxisFilter area_filter(const AxisSpan& span, int pixels);

// Between the two nearest samples' centres; the outermost sample is repeated (OpenCV's
// INTER_LINEAR).
AxisFilter linear_filter(const AxisSpan& span, int pixels);

// Sum over rows: out[x] = sum of weights[t] * source[t * stride + x] for x < width. Weights add up
// to kWeightOne.
void filter_rows(const std::uint8_t* source, std::size_t stride, const std::uint16_t* weights,
                 int taps, int width, std::uint16_t* out);

// Fraction bits of what filter_columns gives: a sample of 255 becomes 255 << kFilteredBits.
constexpr int kFilteredBits = 6;

// Filters a row of filter_rows() along x. `row` begins with the sample `row_begin` of the filter's
// axis.
void filter_columns(const std::uint16_t* row, int row_begin, const AxisFilter& filter,
                    std::int16_t* out);

}  // namespace dashcam
