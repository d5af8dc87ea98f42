#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/frame_view.h"
#include "inference/letterbox.h"

namespace dashcam {

// Grey around a letterboxed picture, as in training.
constexpr std::uint8_t kLetterboxGrey = 114;

// Turns parts of I420 frames into network inputs: letterboxed, full-range B, G, R bytes, row by
// row. The planes are scaled first and converted then, which reads every sample once and converts
// only what is kept; both steps are linear, so apart from rounding and clipping the order does not
// matter.
//
// Shrinking averages over the footprint, enlarging is bilinear (see resample.h), as in training. A
// chroma sample is taken to lie in the middle of its four pixels. Integers throughout: the same
// bytes on every machine. Keeps scratch rows between calls: not thread-safe.
class Preprocessor {
  public:
    Preprocessor();
    ~Preprocessor();
    Preprocessor(Preprocessor&&) noexcept;
    Preprocessor& operator=(Preprocessor&&) noexcept;

    // Writes the `source` part of the frame into `bgr`, width x height x 3 bytes.
    // Precondition: `source` lies within the frame and is at least 1x1.
    Letterbox run(const FrameView& frame, const PixelRect& source, int width, int height,
                  std::span<std::uint8_t> bgr);

  private:
    // The filters of the last call: whole frames of a video all need the same.
    struct Filters;

    std::unique_ptr<Filters> filters_;
    std::vector<std::uint16_t> row_;
    std::vector<std::int16_t> luma_;
    std::vector<std::int16_t> cb_;
    std::vector<std::int16_t> cr_;
};

// The whole frame, as a source.
PixelRect whole_frame(const FrameFormat& format);

}  // namespace dashcam
