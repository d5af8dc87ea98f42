#pragma once

#include <cstddef>
#include <cstdint>

namespace dashcam {

enum class ColorRange : std::uint8_t { kLimited, kFull };  // luma 16..235 or 0..255
enum class ColorMatrix : std::uint8_t { kBt601, kBt709, kBt2020 };

// What a decoded frame is, apart from its pixels.
struct FrameFormat {
    std::int32_t width = 0;  // pixels, upright (after the rotation that the container asks for)
    std::int32_t height = 0;
    ColorRange range = ColorRange::kLimited;
    ColorMatrix matrix = ColorMatrix::kBt601;
    std::uint8_t padding[2] = {};

    int chroma_width() const { return (width + 1) / 2; }
    int chroma_height() const { return (height + 1) / 2; }
    // Rows are padded to 32 bytes, so that vector code may load whole lanes.
    int luma_stride() const { return (width + 31) / 32 * 32; }
    int chroma_stride() const { return (chroma_width() + 31) / 32 * 32; }
    // Bytes of the three planes, luma first, then Cb, then Cr.
    std::size_t bytes() const {
        return static_cast<std::size_t>(luma_stride()) * height +
               2 * static_cast<std::size_t>(chroma_stride()) * chroma_height();
    }
    bool operator==(const FrameFormat&) const = default;
};

// An 8-bit I420 picture in memory that somebody else owns (a frame slot or a buffer), read-only.
struct FrameView {
    const std::uint8_t* pixels = nullptr;  // FrameFormat::bytes() of them
    FrameFormat format;

    const std::uint8_t* luma() const { return pixels; }
    const std::uint8_t* cb() const {
        return pixels + static_cast<std::size_t>(format.luma_stride()) * format.height;
    }
    const std::uint8_t* cr() const {
        return cb() + static_cast<std::size_t>(format.chroma_stride()) * format.chroma_height();
    }
};

}  // namespace dashcam
