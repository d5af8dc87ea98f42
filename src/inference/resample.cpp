#include "inference/resample.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/check.h"
#include "base/vector_clones.h"

namespace dashcam {
namespace {

// Weights of one pixel as integers that are not negative and add up to kWeightOne: differences of
// the rounded partial sums.
void quantise(const std::vector<double>& exact, std::uint16_t* out) {
    double sum = 0;
    for (const double weight : exact) sum += weight;
    double partial = 0;
    long before = 0;
    for (std::size_t t = 0; t < exact.size(); ++t) {
        partial += exact[t];
        const long upto = std::lround(partial / sum * AxisFilter::kWeightOne);
        out[t] = static_cast<std::uint16_t>(upto - before);
        before = upto;
    }
}

// One pixel's samples before all pixels get the same number of taps.
struct Footprint {
    int first = 0;
    std::vector<double> weights;
};

bool is_regular(const AxisFilter& filter) {
    const auto taps = static_cast<std::size_t>(filter.taps);
    for (std::size_t d = 1; d < filter.first.size(); ++d) {
        if (filter.first[d] != filter.first[d - 1] + filter.taps) return false;
        const auto begin = filter.weights.begin();
        const auto pixel = begin + static_cast<std::ptrdiff_t>(d * taps);
        if (!std::equal(begin, begin + filter.taps, pixel)) return false;
    }
    return true;
}

AxisFilter assemble(const std::vector<Footprint>& footprints, const AxisSpan& span) {
    AxisFilter filter;
    for (const Footprint& f : footprints) {
        filter.taps = std::max(filter.taps, static_cast<int>(f.weights.size()));
    }
    filter.taps = std::min(filter.taps, span.high - span.low);
    filter.first.resize(footprints.size());
    filter.weights.resize(footprints.size() * static_cast<std::size_t>(filter.taps));
    std::vector<double> exact;
    for (std::size_t d = 0; d < footprints.size(); ++d) {
        // Surplus taps get the weight zero; the last pixels begin earlier, so that all samples
        // exist.
        const int first = std::min(footprints[d].first, span.high - filter.taps);
        exact.assign(static_cast<std::size_t>(filter.taps), 0.0);
        for (std::size_t t = 0; t < footprints[d].weights.size(); ++t) {
            const int at = footprints[d].first + static_cast<int>(t) - first;
            if (at < filter.taps) exact[static_cast<std::size_t>(at)] = footprints[d].weights[t];
        }
        filter.first[d] = first;
        quantise(exact, &filter.weights[d * static_cast<std::size_t>(filter.taps)]);
    }
    filter.regular = is_regular(filter);
    return filter;
}

// The number of taps is a constant for the common ones, so that the compiler unrolls and
// vectorises.
template <int kTaps>
VECTOR_CLONES void filter_rows_of(const std::uint8_t* __restrict source, std::size_t stride,
                                  const std::uint16_t* __restrict weights, int width,
                                  std::uint16_t* __restrict out) {
    for (int x = 0; x < width; ++x) {
        std::uint16_t sum = 0;
        for (int t = 0; t < kTaps; ++t) {
            sum = static_cast<std::uint16_t>(
                sum + weights[t] * source[static_cast<std::size_t>(t) * stride + x]);
        }
        out[x] = sum;
    }
}

VECTOR_CLONES void add_row(const std::uint8_t* __restrict source, std::uint16_t weight, int width,
                           std::uint16_t* __restrict out) {
    for (int x = 0; x < width; ++x) {
        out[x] = static_cast<std::uint16_t>(out[x] + weight * source[x]);
    }
}

// From a vertical and a horizontal weight sum to kFilteredBits fraction bits.
constexpr int kShift = 2 * AxisFilter::kWeightBits - kFilteredBits;
constexpr std::uint32_t kHalf = 1U << (kShift - 1);

// Whole-numbered ratios have the same weights everywhere and no table of places: they vectorise.
template <int kTaps>
VECTOR_CLONES void filter_regular_of(const std::uint16_t* __restrict row,
                                     const std::uint16_t* __restrict weights, int pixels,
                                     std::int16_t* __restrict out) {
    for (int d = 0; d < pixels; ++d) {
        std::uint32_t sum = kHalf;
        for (int t = 0; t < kTaps; ++t) {
            sum += static_cast<std::uint32_t>(weights[t]) * row[d * kTaps + t];
        }
        out[d] = static_cast<std::int16_t>(sum >> kShift);
    }
}

template <int kTaps>
void filter_columns_of(const std::uint16_t* row, const AxisFilter& filter, std::int16_t* out) {
    const std::uint16_t* weight = filter.weights.data();
    const std::size_t pixels = filter.first.size();
    if (filter.regular) {
        return filter_regular_of<kTaps>(row + filter.first[0], weight, static_cast<int>(pixels),
                                        out);
    }
    for (std::size_t d = 0; d < pixels; ++d, weight += kTaps) {
        const std::uint16_t* sample = row + filter.first[d];
        std::uint32_t sum = kHalf;
        for (int t = 0; t < kTaps; ++t) sum += static_cast<std::uint32_t>(weight[t]) * sample[t];
        out[d] = static_cast<std::int16_t>(sum >> kShift);
    }
}

void filter_columns_any(const std::uint16_t* row, const AxisFilter& filter, std::int16_t* out) {
    const std::uint16_t* weight = filter.weights.data();
    for (std::size_t d = 0; d < filter.first.size(); ++d, weight += filter.taps) {
        const std::uint16_t* sample = row + filter.first[d];
        std::uint32_t sum = kHalf;
        for (int t = 0; t < filter.taps; ++t) {
            sum += static_cast<std::uint32_t>(weight[t]) * sample[t];
        }
        out[d] = static_cast<std::int16_t>(sum >> kShift);
    }
}

}  // namespace

AxisFilter area_filter(const AxisSpan& span, int pixels) {
    CHECK(span.high > span.low && span.step > 0);
    // Less of a sample than this is rounding noise of the positions, not a part of the footprint.
    constexpr double kLeast = 1e-6;
    std::vector<Footprint> footprints(static_cast<std::size_t>(pixels));
    for (int d = 0; d < pixels; ++d) {
        const double begin = std::clamp<double>(span.origin + d * span.step, span.low, span.high);
        const double end =
            std::clamp<double>(span.origin + (d + 1) * span.step, span.low, span.high);
        Footprint& f = footprints[static_cast<std::size_t>(d)];
        f.first = std::min(static_cast<int>(std::floor(begin + kLeast)), span.high - 1);
        for (int k = f.first; k < span.high && k < end - kLeast; ++k) {
            f.weights.push_back(std::min<double>(end, k + 1) - std::max<double>(begin, k));
        }
        if (f.weights.empty()) f.weights.push_back(1.0);
    }
    return assemble(footprints, span);
}

AxisFilter linear_filter(const AxisSpan& span, int pixels) {
    CHECK(span.high > span.low && span.step > 0);
    std::vector<Footprint> footprints(static_cast<std::size_t>(pixels));
    for (int d = 0; d < pixels; ++d) {
        const double centre =
            std::clamp<double>(span.origin + (d + 0.5) * span.step - 0.5, span.low, span.high - 1);
        Footprint& f = footprints[static_cast<std::size_t>(d)];
        f.first = static_cast<int>(std::floor(centre));
        const double part = centre - f.first;
        f.weights = {1 - part};
        if (f.first + 1 < span.high) f.weights.push_back(part);
    }
    return assemble(footprints, span);
}

void filter_rows(const std::uint8_t* source, std::size_t stride, const std::uint16_t* weights,
                 int taps, int width, std::uint16_t* out) {
    switch (taps) {
        case 1:
            return filter_rows_of<1>(source, stride, weights, width, out);
        case 2:
            return filter_rows_of<2>(source, stride, weights, width, out);
        case 3:
            return filter_rows_of<3>(source, stride, weights, width, out);
        case 4:
            return filter_rows_of<4>(source, stride, weights, width, out);
        default:
            break;
    }
    std::fill_n(out, width, std::uint16_t{0});
    for (int t = 0; t < taps; ++t) {
        add_row(source + static_cast<std::size_t>(t) * stride, weights[t], width, out);
    }
}

void filter_columns(const std::uint16_t* row, int row_begin, const AxisFilter& filter,
                    std::int16_t* out) {
    row -= row_begin;
    switch (filter.taps) {
        case 1:
            return filter_columns_of<1>(row, filter, out);
        case 2:
            return filter_columns_of<2>(row, filter, out);
        case 3:
            return filter_columns_of<3>(row, filter, out);
        case 4:
            return filter_columns_of<4>(row, filter, out);
        default:
            return filter_columns_any(row, filter, out);
    }
}

}  // namespace dashcam
