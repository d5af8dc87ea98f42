#include "pipeline/video_reader/frame_choice.h"

#include <cmath>

namespace dashcam {

FrameChoice::FrameChoice(double rate, double frame_rate) {
    if (!(rate > 0)) return;
    interval_us_ = std::llround(1e6 / rate);
    if (frame_rate > 0) tolerance_us_ = std::llround(0.5e6 / frame_rate);
}

bool FrameChoice::take(std::int64_t time_us) {
    if (any_ && time_us - last_us_ + tolerance_us_ < interval_us_) return false;
    any_ = true;
    last_us_ = time_us;
    return true;
}

}  // namespace dashcam
