#pragma once

#include <cstdint>

#include "pipeline/video_reader/scene_change.h"
#include "video/decoder.h"

namespace dashcam {

// Which frames of a video are worth analysing. A vehicle moves little from one frame to the next,
// so neighbours say nearly the same, and where nothing moves they say the same; decoding needs
// them all, the networks do not. Goes by presentation times and pixels alone, never by what was
// found or how busy the machine is: the same video gives the same choice.
class FrameChoice {
  public:
    struct Rates {
        double moving = 0;  // frames of a second at most, about, evenly spaced; 0: all frames
        double still = 0;   // while nothing moves; 0: as `moving`
    };

    // `frame_rate`: the video's; 0: unknown.
    FrameChoice(const Rates& rates, double frame_rate);

    // Called for each frame in order; whether it is to be analysed. The first one always is.
    // `luma`: the frame's.
    bool take(std::int64_t time_us, const LumaPlane& luma);

  private:
    bool too_soon(std::int64_t time_us, std::int64_t interval_us) const;

    std::int64_t interval_us_ = 0;        // wanted between frames; 0: all
    std::int64_t still_interval_us_ = 0;  // while nothing moves; 0: as interval_us_
    std::int64_t tolerance_us_ = 0;       // half a frame: early is better than a frame late
    std::int64_t last_us_ = 0;            // last frame that was taken
    bool any_ = false;
    SceneChange change_;  // since that frame
};

}  // namespace dashcam
