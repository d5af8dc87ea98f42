#include "pipeline/video_reader/frame_choice.h"

#include <cmath>

namespace dashcam {

FrameChoice::FrameChoice(const Rates& rates, double frame_rate) {
    if (!(rates.moving > 0)) return;
    interval_us_ = std::llround(1e6 / rates.moving);
    if (rates.still > 0 && rates.still < rates.moving) {
        still_interval_us_ = std::llround(1e6 / rates.still);
    }
    if (frame_rate > 0) tolerance_us_ = std::llround(0.5e6 / frame_rate);
}

bool FrameChoice::too_soon(std::int64_t time_us, std::int64_t interval_us) const {
    return any_ && time_us - last_us_ + tolerance_us_ < interval_us;
}

bool FrameChoice::take(std::int64_t time_us, const LumaPlane& luma) {
    if (too_soon(time_us, interval_us_)) return false;
    if (still_interval_us_ > 0) {
        const bool moved = change_.differs(luma);
        if (!moved && too_soon(time_us, still_interval_us_)) return false;
        change_.remember();
    }
    any_ = true;
    last_us_ = time_us;
    return true;
}

}  // namespace dashcam
