#include "search/clip_times.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <limits>

#include "video/printable_path.h"

namespace dashcam {
namespace {

constexpr std::int64_t kSecond_us = 1'000'000;
constexpr std::int64_t kMinute_us = 60 * kSecond_us;
constexpr std::int64_t kHour_us = 60 * kMinute_us;
constexpr std::int64_t kDay_us = 24 * kHour_us;
constexpr std::int64_t kForever = std::numeric_limits<std::int64_t>::max() / 4;
// Longer than any clip; keeps sums far from overflow.
constexpr double kMostSeconds = 1e9;

// Takes exactly `digits` digits off the front.
std::optional<int> number(std::string_view& text, std::size_t digits) {
    int value = 0;
    if (text.size() < digits) return std::nullopt;
    const auto [end, error] = std::from_chars(text.data(), text.data() + digits, value);
    if (error != std::errc() || end != text.data() + digits || text[0] == '-') return std::nullopt;
    text.remove_prefix(digits);
    return value;
}

bool take(std::string_view& text, char c) {
    if (!text.starts_with(c)) return false;
    text.remove_prefix(1);
    return true;
}

struct Clock {
    std::int64_t us = 0;
    std::int64_t span_us = 0;
};

// "14:05", "14:05:30" or "14:05:30.25", off the front.
std::optional<Clock> time_of_day(std::string_view& text) {
    const auto hours = number(text, 2);
    if (!hours || *hours > 23 || !take(text, ':')) return std::nullopt;
    const auto minutes = number(text, 2);
    if (!minutes || *minutes > 59) return std::nullopt;
    Clock clock{*hours * kHour_us + *minutes * kMinute_us, kMinute_us};
    if (!take(text, ':')) return clock;
    const auto seconds = number(text, 2);
    if (!seconds || *seconds > 60) return std::nullopt;
    clock = {clock.us + *seconds * kSecond_us, kSecond_us};
    if (take(text, '.')) {
        if (text.empty() || text[0] < '0' || text[0] > '9') return std::nullopt;
        clock.span_us = 0;
        for (std::int64_t unit = kSecond_us / 10; !text.empty(); unit /= 10) {
            const char c = text[0];
            if (c < '0' || c > '9') break;
            clock.us += unit * (c - '0');
            text.remove_prefix(1);
        }
    }
    return clock;
}

// "2024-05-06" off the front, in microseconds since 1970.
std::optional<std::int64_t> date(std::string_view& text) {
    using namespace std::chrono;
    const auto years = number(text, 4);
    if (!years || !take(text, '-')) return std::nullopt;
    const auto months = number(text, 2);
    if (!months || !take(text, '-')) return std::nullopt;
    const auto days = number(text, 2);
    if (!days) return std::nullopt;
    const year_month_day day{year{*years}, month{static_cast<unsigned>(*months)},
                             std::chrono::day{static_cast<unsigned>(*days)}};
    if (!day.ok()) return std::nullopt;
    return sys_days(day).time_since_epoch().count() * kDay_us;
}

std::optional<TimePoint> wall_clock(std::string_view text) {
    const auto day = date(text);
    if (!day) return std::nullopt;
    if (text.empty()) return TimePoint{TimePoint::Kind::kWallClock, *day, kDay_us};
    if (!take(text, 'T') && !take(text, ' ')) return std::nullopt;
    const auto clock = time_of_day(text);
    if (!clock || !text.empty()) return std::nullopt;
    return TimePoint{TimePoint::Kind::kWallClock, *day + clock->us, clock->span_us};
}

std::optional<TimePoint> seconds_of_clip(std::string_view text) {
    if (text.ends_with('s')) text.remove_suffix(1);
    double seconds = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    if (!(seconds >= 0 && seconds <= kMostSeconds)) return std::nullopt;
    return TimePoint{TimePoint::Kind::kClip, static_cast<std::int64_t>(seconds * 1e6), 0};
}

// From and until, both inclusive.
struct Range {
    std::int64_t from = -kForever;
    std::int64_t until = kForever;
};

Range range_of(const TimeSpan& span) {
    Range range;
    if (span.from) range.from = span.from->us;
    if (span.until)
        range.until = span.until->us + std::max<std::int64_t>(span.until->span_us - 1, 0);
    return range;
}

void add_window(std::vector<MediaWindow>& windows, const VideoRow& video, Range media) {
    if (media.from > video.duration_us || media.until < 0) return;
    windows.push_back({video.id, media.from, media.until});
}

// On each day that the video touches, and the one before: a span may pass midnight.
void add_days(std::vector<MediaWindow>& windows, const VideoRow& video, std::int64_t start,
              Range of_day) {
    const std::int64_t last = (start + std::max<std::int64_t>(video.duration_us, 0)) / kDay_us;
    for (std::int64_t day = start / kDay_us - 1; day <= last + 1; ++day) {
        const std::int64_t midnight = day * kDay_us - start;
        add_window(windows, video, {midnight + of_day.from, midnight + of_day.until});
    }
}

}  // namespace

Result<TimePoint> parse_time_point(const std::string& text) {
    std::string_view rest = text;
    if (const auto clock = time_of_day(rest); clock && rest.empty()) {
        return TimePoint{TimePoint::Kind::kTimeOfDay, clock->us, clock->span_us};
    }
    if (const auto point = wall_clock(text)) return *point;
    if (const auto point = seconds_of_clip(text)) return *point;
    return Error{"'" + printable_text(text) +
                 "' is no time: give seconds of the clip (83.5), a time of day (14:05), or a date "
                 "with or without a time (2024-05-06T14:05), as the recorder's clock shows it, "
                 "without a time zone"};
}

std::optional<std::int64_t> clock_at_start(const VideoRow& video) {
    std::string_view text = video.recorded_at;
    const auto day = date(text);
    if (!day || (!take(text, 'T') && !take(text, ' '))) return std::nullopt;
    const auto clock = time_of_day(text);
    if (!clock) return std::nullopt;
    return *day + clock->us;
}

std::string clock_text(std::int64_t us) {
    using namespace std::chrono;
    const sys_time<microseconds> time{microseconds(us)};
    const auto day = floor<days>(time);
    const year_month_day date{day};
    const hh_mm_ss clock{floor<seconds>(time - day)};
    char text[48];
    std::snprintf(text, sizeof text, "%04d-%02u-%02u %02d:%02d:%02d", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                  static_cast<int>(clock.hours().count()),
                  static_cast<int>(clock.minutes().count()),
                  static_cast<int>(clock.seconds().count()));
    return text;
}

std::string clock_text(const VideoRow& video, std::int64_t media_us) {
    const auto start = clock_at_start(video);
    if (!start || media_us < -kForever || media_us > kForever) return "";
    return clock_text(*start + media_us);
}

TimeSpan around(const TimePoint& point, std::int64_t within_us) {
    TimeSpan span{point, point};
    span.from->us -= within_us;
    span.until->us += within_us;
    return span;
}

Result<WindowsOfClips> windows_in(const std::vector<VideoRow>& videos, const TimeSpan& span) {
    using Kind = TimePoint::Kind;
    if (span.from && span.until && span.from->kind != span.until->kind) {
        return Error{
            "--from and --until are of different kinds: give both as seconds of the clip, "
            "times of day, or dates"};
    }
    const Kind kind = span.from ? span.from->kind : span.until ? span.until->kind : Kind::kClip;
    Range range = range_of(span);
    if (kind == Kind::kTimeOfDay) {
        if (!span.from) range.from = 0;
        if (!span.until) range.until = kDay_us - 1;
        if (range.from > range.until) range.until += kDay_us;  // over midnight
    }
    if (range.from > range.until) return Error{"--from is later than --until"};
    WindowsOfClips found;
    for (const VideoRow& video : videos) {
        if (kind == Kind::kClip) {
            add_window(found.windows, video, range);
            continue;
        }
        const auto start = clock_at_start(video);
        if (!start) {
            ++found.without_clock;
        } else if (kind == Kind::kTimeOfDay) {
            add_days(found.windows, video, *start, range);
        } else {
            add_window(found.windows, video, {range.from - *start, range.until - *start});
        }
    }
    return found;
}

}  // namespace dashcam
