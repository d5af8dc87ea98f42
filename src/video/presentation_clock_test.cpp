#include "video/presentation_clock.h"

#include <cstdint>
#include <limits>
#include <optional>
#include <random>

#include <gtest/gtest.h>

#include "video/test_clips.h"

namespace dashcam {
namespace {

constexpr AVRational kTicks{1, 90'000};
constexpr AVRational kRate{30, 1};

TEST(PresentationClock, CountsFromTheFirstTimestamp) {
    PresentationClock clock(kTicks, kRate);
    EXPECT_EQ(clock.next(900'000), 0);
    EXPECT_EQ(clock.next(903'000), 33'333);
    EXPECT_EQ(clock.next(990'000), 1'000'000);
    EXPECT_EQ(clock.last_us(), 1'000'000);
}

TEST(PresentationClock, FillsMissingOnesWithoutDrift) {
    PresentationClock clock(kTicks, kRate);
    for (std::int64_t i = 0; i < 3000; ++i) {
        EXPECT_EQ(clock.next(std::nullopt), (i * 1'000'000 + 15) / 30);
    }
}

TEST(PresentationClock, FirstKnownTimestampContinuesTheFilledOnes) {
    PresentationClock clock(kTicks, kRate);
    EXPECT_EQ(clock.next(std::nullopt), 0);
    EXPECT_EQ(clock.next(5'000'000), 33'333);
    EXPECT_EQ(clock.next(5'009'000), 133'333);
    EXPECT_EQ(clock.next(std::nullopt), 166'666);
    EXPECT_EQ(clock.next(5'015'000), 200'000);
}

TEST(PresentationClock, LiftsDuplicatesAndJitter) {
    PresentationClock clock(kTicks, kRate);
    EXPECT_EQ(clock.next(0), 0);
    EXPECT_EQ(clock.next(0), 1);
    EXPECT_EQ(clock.next(9000), 100'000);
    EXPECT_EQ(clock.next(3000), 100'001);
    EXPECT_EQ(clock.next(12'000), 133'333);
}

TEST(PresentationClock, GoesOnAfterAJumpBack) {
    PresentationClock clock(kTicks, kRate);
    EXPECT_EQ(clock.next(900'000), 0);
    EXPECT_EQ(clock.next(990'000), 1'000'000);
    EXPECT_EQ(clock.next(0), 1'033'333);
    EXPECT_EQ(clock.next(9000), 1'133'333);
}

TEST(PresentationClock, KeepsLongGapsButNotImpossibleOnes) {
    PresentationClock clock({1, 1}, kRate);
    EXPECT_EQ(clock.next(0), 0);
    EXPECT_EQ(clock.next(3600), 3'600'000'000);
    EXPECT_EQ(clock.next(3600 * 24 * 365), 3'600'033'333);
}

TEST(PresentationClock, UnknownRateIs25) {
    EXPECT_EQ(PresentationClock(kTicks, {0, 1}).frame_length_us(), 40'000);
    EXPECT_EQ(PresentationClock(kTicks, {90'000, 1}).frame_length_us(), 40'000);
    EXPECT_EQ(PresentationClock(kTicks, {30'000, 1001}).frame_length_us(), 33'367);
}

TEST(PresentationClock, AnyTimestampsGiveIncreasingTimes) {
    std::mt19937_64 random(test_seed(1));
    for (const AVRational base :
         {kTicks, AVRational{1, 1}, AVRational{std::numeric_limits<int>::max(), 1}}) {
        PresentationClock clock(base, kRate);
        std::int64_t last = -1;
        for (int i = 0; i < 2000; ++i) {
            std::optional<std::int64_t> ticks =
                static_cast<std::int64_t>(random() >> (random() % 60));
            if (random() % 2 == 0) ticks = -*ticks;
            if (random() % 4 == 0) ticks.reset();
            const std::int64_t time = clock.next(ticks);
            ASSERT_GT(time, last);
            last = time;
        }
    }
}

}  // namespace
}  // namespace dashcam
