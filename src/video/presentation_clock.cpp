#include "video/presentation_clock.h"

#include <algorithm>
#include <cstdlib>

extern "C" {
#include <libavutil/mathematics.h>
}

namespace dashcam {
namespace {

constexpr AVRational kMicroseconds{1, 1'000'000};
// Raw streams that tell nothing are taken at libav's own default.
constexpr AVRational kDefaultFrameRate{25, 1};
// Faster than any camera; keeps interpolated times apart by many microseconds.
constexpr int kHighestFrameRate = 1000;
constexpr std::int64_t kJitter_us = 250'000;
// Time-lapse recordings and parking modes have long gaps, but not of a day within one clip.
constexpr std::int64_t kLongestGap_us = std::int64_t{24} * 3600 * 1'000'000;

// Differences of timestamps beyond this cannot be real, and would overflow.
constexpr std::int64_t kHugeTicks = std::int64_t{1} << 61;

}  // namespace

PresentationClock::PresentationClock(AVRational time_base, AVRational frame_rate)
    : time_base_(time_base), frame_rate_(frame_rate) {
    const bool usable =
        frame_rate.num > 0 && frame_rate.den > 0 && av_q2d(frame_rate) <= kHighestFrameRate;
    if (!usable) frame_rate_ = kDefaultFrameRate;
    if (time_base.num <= 0 || time_base.den <= 0) time_base_ = kMicroseconds;
}

std::int64_t PresentationClock::length_us(std::int64_t ticks) const {
    ticks = std::clamp(ticks, -kHugeTicks, kHugeTicks);
    const std::int64_t us = av_rescale_q(ticks, time_base_, kMicroseconds);
    // av_rescale_q returns INT64_MIN where the result does not fit.
    if (us != INT64_MIN) return std::clamp(us, -kHugeTicks, kHugeTicks);
    return ticks < 0 ? -kHugeTicks : kHugeTicks;
}

std::int64_t PresentationClock::frame_length_us() const {
    return av_rescale_q(1, av_inv_q(frame_rate_), kMicroseconds);
}

void PresentationClock::anchor(std::int64_t ticks, std::int64_t time_us) {
    anchored_ = true;
    anchor_ticks_ = ticks;
    anchor_us_ = time_us;
}

std::int64_t PresentationClock::next(std::optional<std::int64_t> ticks) {
    if (ticks) ticks = std::clamp(*ticks, -kHugeTicks, kHugeTicks);
    if (!started_) {
        started_ = true;
        if (ticks) anchor(*ticks, 0);
        return 0;
    }
    const std::int64_t following_us =
        std::max(last_us_ + 1,
                 base_us_ + av_rescale_q(interpolated_ + 1, av_inv_q(frame_rate_), kMicroseconds));
    if (!ticks) {
        ++interpolated_;
        last_us_ = following_us;
        return last_us_;
    }
    std::int64_t time_us = following_us;
    if (anchored_) time_us = anchor_us_ + length_us(*ticks - anchor_ticks_);
    if (time_us <= last_us_ - kJitter_us || time_us > last_us_ + kLongestGap_us) {
        anchored_ = false;
        time_us = following_us;
    }
    if (!anchored_) anchor(*ticks, time_us);
    last_us_ = std::max(time_us, last_us_ + 1);
    base_us_ = last_us_;
    interpolated_ = 0;
    return last_us_;
}

}  // namespace dashcam
