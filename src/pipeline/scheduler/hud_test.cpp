#include "pipeline/scheduler/hud.h"

#include <gtest/gtest.h>

#include <clocale>
#include <cstdlib>
#include <cwchar>
#include <iostream>
#include <random>

namespace dashcam {
namespace {

// Columns of a text as the C library sees them, or -1 if it holds something that no terminal can
// show.
int columns(const std::string& text) {
    std::mbstate_t state{};
    int sum = 0;
    for (std::size_t at = 0; at < text.size();) {
        wchar_t character = 0;
        const std::size_t length =
            std::mbrtowc(&character, text.data() + at, text.size() - at, &state);
        if (length == 0 || length > 4) return -1;
        const int width = wcwidth(character);
        // Characters of a later Unicode version than the library's are none of our concern.
        if (width < 0 && character < 0xa0) return -1;
        sum += std::max(width, 0);
        at += length;
    }
    return sum;
}

std::string utf8(char32_t c) {
    if (c < 0x80) return {static_cast<char>(c)};
    if (c < 0x800) return {static_cast<char>(0xc0 | c >> 6), static_cast<char>(0x80 | (c & 0x3f))};
    if (c < 0x10000) {
        return {static_cast<char>(0xe0 | c >> 12), static_cast<char>(0x80 | (c >> 6 & 0x3f)),
                static_cast<char>(0x80 | (c & 0x3f))};
    }
    return {static_cast<char>(0xf0 | c >> 18), static_cast<char>(0x80 | (c >> 12 & 0x3f)),
            static_cast<char>(0x80 | (c >> 6 & 0x3f)), static_cast<char>(0x80 | (c & 0x3f))};
}

class Hud : public testing::Test {
  protected:
    static void SetUpTestSuite() { ASSERT_NE(std::setlocale(LC_CTYPE, "C.UTF-8"), nullptr); }

    static void expect_fits(const RunSnapshot& snapshot, ScreenSize screen) {
        const auto lines = hud_lines(snapshot, 12.5, screen);
        EXPECT_FALSE(lines.empty());
        EXPECT_LT(lines.size(), std::max<std::size_t>(screen.rows, 2));
        for (const std::string& line : lines) {
            const int width = columns(line);
            EXPECT_GE(width, 0) << line;
            EXPECT_LE(width, static_cast<int>(screen.columns)) << line;
        }
    }
};

TEST_F(Hud, FitsAnyScreenWithAnyNames) {
    const char* given = std::getenv("DASHCAM_TEST_SEED");
    const std::uint64_t seed =
        given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device()();
    std::cout << "DASHCAM_TEST_SEED=" << seed << "\n";
    std::mt19937_64 random(seed);
    for (int round = 0; round < 3000; ++round) {
        RunSnapshot snapshot;
        snapshot.videos_total = random();
        snapshot.frames = random() % 1'000'000;
        snapshot.frames_expected = random();
        snapshot.elapsed_s = static_cast<double>(random() % 1'000'000);
        for (std::uint64_t i = random() % 20; i > 0; --i) {
            StreamGlimpse stream;
            for (std::uint64_t n = random() % 300; n > 0; --n)
                stream.name += static_cast<char>(random());
            stream.frames = random() % 1000;
            stream.position_us = static_cast<std::int64_t>(random() % 1'000'000);
            stream.duration_us = static_cast<std::int64_t>(random() % 1'000'000);
            stream.open_s = static_cast<double>(random() % 100);
            snapshot.streams.push_back(stream);
        }
        for (std::uint64_t i = random() % 33; i > 0; --i) {
            WorkerGlimpse worker;
            worker.activity = WorkerActivity::kWorking;
            worker.category = Category::kVehicleDetect;
            worker.tasks = random();
            worker.batches = random() % 3;
            snapshot.workers.push_back(worker);
        }
        expect_fits(snapshot, {1 + random() % 200, 1 + random() % 60});
        EXPECT_EQ(hud_plain_line(snapshot, 1).find('\n'), std::string::npos);
    }
}

// Characters that terminals draw two columns wide.
TEST_F(Hud, WideCharactersFit) {
    RunSnapshot snapshot;
    snapshot.streams.resize(1);
    int wide = 0;
    for (char32_t c = 0xa0; c < 0x40000; c += c < 0x3000 ? 1 : 31) {
        if (c >= 0xd800 && c < 0xe000) continue;
        if (wcwidth(static_cast<wchar_t>(c)) != 2) continue;
        ++wide;
        snapshot.streams[0].name.clear();
        for (int i = 0; i < 60; ++i) snapshot.streams[0].name += utf8(c);
        const std::string line = hud_lines(snapshot, 0, {30, 24})[2];
        EXPECT_LE(columns(line), 30) << std::hex << static_cast<std::uint32_t>(c);
    }
    EXPECT_GT(wide, 1000);
}

TEST_F(Hud, SaysWhatMatters) {
    RunSnapshot snapshot;
    snapshot.videos_total = 7;
    snapshot.videos_done = 3;
    snapshot.vehicles = 41;
    snapshot.streams.push_back(
        {.name = "trip.mp4", .frames = 50, .position_us = 500, .duration_us = 1000, .open_s = 10});
    const auto lines = hud_lines(snapshot, 25, {120, 40});
    EXPECT_NE(lines[0].find("3 of 7 videos"), std::string::npos) << lines[0];
    EXPECT_NE(lines[1].find("41 vehicles"), std::string::npos) << lines[1];
    EXPECT_NE(lines[2].find("trip.mp4"), std::string::npos) << lines[2];
    EXPECT_NE(lines[2].find("50 %"), std::string::npos) << lines[2];
    EXPECT_NE(lines[2].find("0:10 left"), std::string::npos) << lines[2];
    EXPECT_NE(hud_plain_line(snapshot, 25).find("videos 3/7"), std::string::npos);
}

TEST_F(Hud, ClockText) {
    EXPECT_EQ(clock_text(7.4), "0:07");
    EXPECT_EQ(clock_text(123), "2:03");
    EXPECT_EQ(clock_text(3723), "1:02:03");
    EXPECT_EQ(clock_text(-5), "0:00");
}

TEST_F(Hud, FrameRateIsThatOfTheLastSeconds) {
    FrameRate rate;
    RunSnapshot snapshot;
    EXPECT_EQ(rate.frames_per_second(), 0);
    for (int second = 0; second <= 60; ++second) {
        // 10 a second at first, 30 for the last half minute.
        snapshot.frames =
            static_cast<std::uint64_t>(second < 30 ? second * 10 : 300 + (second - 30) * 30);
        rate.update(snapshot, second * 1'000'000'000LL);
    }
    EXPECT_NEAR(rate.frames_per_second(), 30, 0.01);
}

}  // namespace
}  // namespace dashcam
