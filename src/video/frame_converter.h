#pragma once

#include <cstdint>
#include <vector>

#include "base/frame_view.h"
#include "base/result.h"
#include "video/libav_handles.h"

namespace dashcam {

// How a decoded picture becomes upright: first its axes are swapped, then it is mirrored. All eight
// turns and mirrorings are covered.
struct Orientation {
    bool swap_axes = false;
    bool mirror_x = false;
    bool mirror_y = false;
    bool operator==(const Orientation&) const = default;

    bool is_upright() const { return !swap_axes && !mirror_x && !mirror_y; }
    // The nearest one to a display matrix in libav's layout (9 values, ISO/IEC 14496-12 §6.2.2);
    // its translation and scale are ignored. nullptr: upright.
    static Orientation from_display_matrix(const std::int32_t* matrix);
    // Clockwise; of a mirrored picture, the turn that follows the mirroring left to right.
    int degrees() const;
};

// The planes of one 8-bit picture of libav's, whatever it was, as I420 in a FrameFormat.
class FrameConverter {
  public:
    FrameConverter(const FrameFormat& upright, Orientation orientation);

    // Gets ready for `picture`. Plain 8-bit 4:2:0 of the expected size needs nothing; any other
    // pixel format, range or size is scaled and converted by swscale. Errors: libav cannot convert
    // that pixel format.
    Result<void> prepare(const AVFrame& picture);

    // Writes `picture`, for which prepare() was called last, to `pixels`: format.bytes() of them,
    // aligned to 32 bytes.
    void convert(const AVFrame& picture, std::uint8_t* pixels);

  private:
    // What swscale was set up for.
    struct Source {
        int width = 0;
        int height = 0;
        int pixel_format = -1;
        ColorRange range = ColorRange::kLimited;
        bool operator==(const Source&) const = default;
    };
    enum class Way { kCopy, kCopyGrey, kScale };

    struct Planes {
        const std::uint8_t* data[3];
        int stride[3];
    };

    void scale(const AVFrame& picture, std::uint8_t* const data[4], const int stride[4]);
    void write_planes(const Planes& from, std::uint8_t* pixels) const;

    FrameFormat format_;
    FrameFormat stored_;  // as format_, before the turn
    Orientation orientation_;
    Way way_ = Way::kCopy;
    Source source_;
    SwsContextPtr scaler_;
    std::vector<std::uint8_t> unturned_;  // scaled, waiting to be turned
    std::vector<std::uint8_t> grey_row_;  // chroma of pictures without colour
};

}  // namespace dashcam
