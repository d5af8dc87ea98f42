#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "search/plate_search.h"
#include "stores/rows.h"

namespace dashcam {

// A point of time as somebody gives it.
struct TimePoint {
    enum class Kind : std::uint8_t {
        kClip,       // media time: "83.5" or "83.5s"
        kTimeOfDay,  // on any day, by the recorder's clock: "14:05" or "14:05:30"
        kWallClock,  // "2024-05-06", "2024-05-06T14:05", "2024-05-06 14:05:30"
    };
    Kind kind = Kind::kClip;
    std::int64_t us = 0;       // since the clip's start, midnight, or 1970 by the recorder's clock
    std::int64_t span_us = 0;  // how long the point is: "14:05" is a minute, a date is a day
    bool operator==(const TimePoint&) const = default;
};
Result<TimePoint> parse_time_point(const std::string& text);

// What the recorder's clock showed when a video began, in microseconds since 1970: the date and
// time of VideoRow::recorded_at as they are written there, its time zone left aside, because
// recorders tend to write local time whatever zone they name. Nothing if the file does not say.
std::optional<std::int64_t> clock_at_start(const VideoRow& video);

// "2024-05-06 14:05:30", by the recorder's clock.
std::string clock_text(std::int64_t us);
// The same for a moment of a video; empty if the file does not say when it was recorded.
std::string clock_text(const VideoRow& video, std::int64_t media_us);

struct TimeSpan {
    std::optional<TimePoint> from;   // from its beginning
    std::optional<TimePoint> until;  // until its end
    bool restricts() const { return from || until; }
};
// From `within_us` before a point to as long after it.
TimeSpan around(const TimePoint& point, std::int64_t within_us);

struct WindowsOfClips {
    std::vector<MediaWindow> windows;
    std::size_t without_clock = 0;  // videos left out because their files do not say when
};
// Where the span lies in each video. An Error if its two ends are of different kinds, or in the
// wrong order.
Result<WindowsOfClips> windows_in(const std::vector<VideoRow>& videos, const TimeSpan& span);

}  // namespace dashcam
