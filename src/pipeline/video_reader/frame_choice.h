#pragma once

#include <cstdint>

namespace dashcam {

// Which frames of a video are worth analysing. A vehicle moves little from one frame to the next,
// so neighbours say nearly the same; decoding needs them all, the networks do not. Goes by
// presentation times alone: the same video gives the same choice.
class FrameChoice {
  public:
    // At most about `rate` frames a second, evenly: every second, third, ... frame. 0: all.
    // `frame_rate`: the video's; 0: unknown.
    FrameChoice(double rate, double frame_rate);

    // Called for each frame in order; whether it is to be analysed. The first one always is.
    bool take(std::int64_t time_us);

  private:
    std::int64_t interval_us_ = 0;   // wanted between frames; 0: all
    std::int64_t tolerance_us_ = 0;  // half a frame: early is better than a frame late
    std::int64_t last_us_ = 0;       // last frame that was taken
    bool any_ = false;
};

}  // namespace dashcam
