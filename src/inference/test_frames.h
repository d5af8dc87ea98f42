#pragma once

#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <random>
#include <string>
#include <vector>

#include "base/frame_view.h"

namespace dashcam {

// A frame with its own memory, for tests.
struct TestFrame {
    FrameFormat format;
    std::vector<std::uint8_t> pixels;

    explicit TestFrame(const FrameFormat& frame_format)
        : format(frame_format), pixels(frame_format.bytes()) {}

    FrameView view() const { return {pixels.data(), format}; }
    std::uint8_t* luma() { return pixels.data(); }
    std::uint8_t* cb() { return pixels.data() + (view().cb() - pixels.data()); }
    std::uint8_t* cr() { return pixels.data() + (view().cr() - pixels.data()); }

    // All samples of each plane alike.
    void fill(std::uint8_t y, std::uint8_t u, std::uint8_t v) {
        std::fill(luma(), cb(), y);
        std::fill(cb(), cr(), u);
        std::fill(cr(), pixels.data() + pixels.size(), v);
    }
};

inline FrameFormat frame_format(int width, int height, ColorRange range = ColorRange::kFull,
                                ColorMatrix matrix = ColorMatrix::kBt601) {
    FrameFormat format;
    format.width = width;
    format.height = height;
    format.range = range;
    format.matrix = matrix;
    return format;
}

// DASHCAM_TEST_SEED, or a fixed one; printed, so that a failure can be repeated.
inline std::uint64_t test_seed() {
    const char* given = std::getenv("DASHCAM_TEST_SEED");
    const std::uint64_t seed = given != nullptr ? std::strtoull(given, nullptr, 10) : 20;
    std::cout << "DASHCAM_TEST_SEED=" << seed << "\n";
    return seed;
}

// Noise, padding included.
inline TestFrame random_frame(const FrameFormat& format, std::mt19937_64& random) {
    TestFrame frame(format);
    for (std::uint8_t& sample : frame.pixels) sample = static_cast<std::uint8_t>(random() % 256);
    return frame;
}

}  // namespace dashcam
