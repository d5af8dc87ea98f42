#include "search/clip_times.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dashcam {
namespace {

constexpr std::int64_t kS = 1'000'000;
constexpr std::int64_t kNoon_2024_05_06 = 1'714'996'800 * kS;

VideoRow clip(const std::string& id, const std::string& recorded_at, std::int64_t seconds) {
    VideoRow row;
    row.id = id;
    row.recorded_at = recorded_at;
    row.duration_us = seconds * kS;
    return row;
}

TimePoint point(const std::string& text) {
    const auto parsed = parse_time_point(text);
    EXPECT_TRUE(parsed.ok()) << text;
    return parsed.ok() ? *parsed : TimePoint();
}

std::vector<MediaWindow> windows(const std::vector<VideoRow>& videos, const TimeSpan& span) {
    const auto found = windows_in(videos, span);
    EXPECT_TRUE(found.ok());
    return found->windows;
}

using Kind = TimePoint::Kind;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(TimePoint, IsReadInThreeForms) {
    EXPECT_EQ(point("83.5"), (TimePoint{Kind::kClip, 83'500'000, 0}));
    EXPECT_EQ(point("0s"), (TimePoint{Kind::kClip, 0, 0}));
    EXPECT_EQ(point("12:00"), (TimePoint{Kind::kTimeOfDay, 43'200 * kS, 60 * kS}));
    EXPECT_EQ(point("00:00:01"), (TimePoint{Kind::kTimeOfDay, kS, kS}));
    EXPECT_EQ(point("2024-05-06T12:00:00.25"),
              (TimePoint{Kind::kWallClock, kNoon_2024_05_06 + 250'000, 0}));
    EXPECT_EQ(point("2024-05-06 12:00"), (TimePoint{Kind::kWallClock, kNoon_2024_05_06, 60 * kS}));
    EXPECT_EQ(point("2024-05-06").span_us, 86'400 * kS);
}

TEST(TimePoint, RefusesTheRestInOneLine) {
    for (const char* text : {"", "x", "-1", "24:00", "12:60", "12:0", "2024-02-30", "2024-13-01",
                             "2024-05-06T12:00Z", "2024-05-06T12:00+02:00", "1e99", "nan", "12:00 ",
                             "\x1b[31m", "2024-05-06T", "12:00:00."}) {
        const auto parsed = parse_time_point(text);
        ASSERT_FALSE(parsed.ok()) << text;
        EXPECT_EQ(parsed.error().message.find_first_of("\n\x1b"), std::string::npos);
    }
}

TEST(ClockAtStart, IsWhatTheFileSays) {
    for (const char* text : {"2024-05-06T12:00:00Z", "2024-05-06T12:00:00+02:00",
                             "2024-05-06T12:00:00.000000Z", "2024-05-06 12:00:00"}) {
        EXPECT_EQ(clock_at_start(clip("a", text, 60)), kNoon_2024_05_06) << text;
    }
    for (const char* text : {"", "yesterday", "2024-05-06"}) {
        EXPECT_FALSE(clock_at_start(clip("a", text, 60))) << text;
    }
    EXPECT_EQ(clock_text(clip("a", "2024-05-06T12:00:00Z", 60), 61 * kS), "2024-05-06 12:01:01");
    EXPECT_EQ(clock_text(clip("a", "", 60), 61 * kS), "");
}

TEST(WindowsIn, LieWhereTheSpanMeetsTheClip) {
    const std::vector<VideoRow> videos{clip("a", "2024-05-06T12:00:00Z", 60),
                                       clip("b", "2024-05-06T12:01:00Z", 60),
                                       clip("c", "2024-05-07T12:00:30Z", 60), clip("d", "", 60)};
    EXPECT_THAT(windows(videos, around(point("10"), 5 * kS)),
                ElementsAre(MediaWindow{"a", 5 * kS, 15 * kS}, MediaWindow{"b", 5 * kS, 15 * kS},
                            MediaWindow{"c", 5 * kS, 15 * kS}, MediaWindow{"d", 5 * kS, 15 * kS}));
    EXPECT_THAT(windows(videos, {point("60.5"), std::nullopt}), IsEmpty());
    EXPECT_THAT(windows(videos, around(point("2024-05-06T12:00:50"), 0)),
                ElementsAre(MediaWindow{"a", 50 * kS, 51 * kS - 1}));
    // A minute of any day.
    EXPECT_THAT(
        windows(videos, around(point("12:00"), 0)),
        ElementsAre(MediaWindow{"a", 0, 60 * kS - 1}, MediaWindow{"c", -30 * kS, 30 * kS - 1}));
    EXPECT_EQ(windows(videos, {point("2024-05-07"), std::nullopt}).size(), 1u);
    EXPECT_EQ(windows(videos, {std::nullopt, point("2024-05-06")}).size(), 2u);
    EXPECT_EQ(windows_in(videos, around(point("12:00"), 0))->without_clock, 1u);
    EXPECT_FALSE(windows_in(videos, {point("12:00"), point("2024-05-06")}).ok());
    EXPECT_FALSE(windows_in(videos, {point("20"), point("10")}).ok());
}

TEST(WindowsIn, PassMidnight) {
    const std::vector<VideoRow> videos{clip("late", "2024-05-06T23:59:30Z", 60),
                                       clip("noon", "2024-05-06T12:00:00Z", 60)};
    EXPECT_THAT(windows(videos, {point("23:59:50"), point("00:00:10")}),
                ElementsAre(MediaWindow{"late", 20 * kS, 41 * kS - 1}));
    EXPECT_THAT(windows(videos, around(point("00:00:00"), 5 * kS)),
                ElementsAre(MediaWindow{"late", 25 * kS, 36 * kS - 1}));
}

}  // namespace
}  // namespace dashcam
