#pragma once

#include <cstdint>
#include <optional>

extern "C" {
#include <libavutil/rational.h>
}

namespace dashcam {

// Turns a stream's timestamps, in display order, into microseconds since the first frame that are
// strictly increasing, whatever the stream holds.
class PresentationClock {
  public:
    // `frame_rate` in frames per second is used where timestamps are missing; 25 if it is not
    // positive.
    PresentationClock(AVRational time_base, AVRational frame_rate);

    // The time of the next frame, whose timestamp is `ticks` of the time base. Without a timestamp
    // it is one frame's length after the frame before it. A small step back (less than a quarter of
    // a second: duplicates, jitter) is lifted just above the frame before it. A larger one, or a
    // leap forward of more than a day, is a break in the clock: the frame follows at one frame's
    // length and later ones go on from it.
    std::int64_t next(std::optional<std::int64_t> ticks);

    // Of the last frame; 0 before the first.
    std::int64_t last_us() const { return last_us_; }
    // `ticks` as a length, saturating.
    std::int64_t length_us(std::int64_t ticks) const;
    // One frame at the frame rate.
    std::int64_t frame_length_us() const;

  private:
    void anchor(std::int64_t ticks, std::int64_t time_us);

    AVRational time_base_;
    AVRational frame_rate_;
    bool started_ = false;
    bool anchored_ = false;
    std::int64_t anchor_ticks_ = 0;  // this timestamp is at anchor_us_
    std::int64_t anchor_us_ = 0;
    std::int64_t last_us_ = 0;
    std::int64_t base_us_ = 0;       // the last time that was not interpolated
    std::int64_t interpolated_ = 0;  // frames without a timestamp since then
};

}  // namespace dashcam
