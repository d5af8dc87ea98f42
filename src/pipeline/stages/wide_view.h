#pragma once

#include <cstdint>
#include <vector>

#include "base/frame_view.h"
#include "base/geometry.h"

namespace dashcam {

// A vehicle at half its size in the middle of a grey picture: what the plate network needs where
// the vehicle fills the frame, and its plate is larger than any that the network was trained on.
class WideView {
  public:
    // Copies the part of the frame around the box. An empty part gives a picture of no size.
    WideView(const FrameView& frame, const Box& vehicle);

    // Valid as long as this object.
    FrameView picture() const { return {pixels_.data(), format_}; }
    // The whole picture as a vehicle's box.
    Box box() const {
        return {0, 0, static_cast<float>(format_.width), static_cast<float>(format_.height)};
    }
    // A point of the picture in pixels of the frame.
    Quad to_frame(const Quad& quad) const;

  private:
    FrameFormat format_;
    std::vector<std::uint8_t> pixels_;
    Point shift_;  // the frame's point at the picture's (0, 0)
};

}  // namespace dashcam
