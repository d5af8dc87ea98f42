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

    // The lines without colours.
    static std::vector<std::string> lines_of(const HudView& view, ScreenSize screen) {
        std::vector<std::string> lines;
        for (const HudLine& line : hud_lines(view, screen))
            lines.push_back(rendered(line, Colour::kNo));
        return lines;
    }

    static void expect_fits(const HudView& view, ScreenSize screen) {
        const auto lines = lines_of(view, screen);
        EXPECT_FALSE(lines.empty());
        EXPECT_LT(lines.size(), std::max<std::size_t>(screen.rows, 2));
        for (const std::string& line : lines) {
            const int width = columns(line);
            EXPECT_GE(width, 0) << line;
            EXPECT_LT(width, static_cast<int>(std::max<std::size_t>(screen.columns, 2))) << line;
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
        HudView view;
        RunSnapshot& snapshot = view.snapshot;
        view.gpu_batch = static_cast<std::uint32_t>(random() % 5);
        view.rates.frames_per_second = static_cast<double>(random() % 1000) / 7;
        view.rates.limit = static_cast<Limit>(random() % 11);
        view.rates.processor_busy = 0.5;
        snapshot.videos_total = random();
        for (std::uint64_t i = random() % 10; i > 0; --i) {
            snapshot.newest.push_back(
                {std::string(random() % 15, static_cast<char>(random())), random() % 2 == 0});
        }
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
            worker.pool = random() % 2 == 0 ? Pool::kGpu : Pool::kCpu;
            worker.stream = static_cast<std::uint32_t>(random() % 3);
            worker.activity_s = static_cast<double>(random() % 10);
            worker.tasks = random();
            worker.batches = random() % 3;
            snapshot.workers.push_back(worker);
        }
        expect_fits(view, {1 + random() % 200, 1 + random() % 60});
        EXPECT_EQ(hud_plain_line(view).find('\n'), std::string::npos);
    }
}

// Characters that terminals draw two columns wide.
TEST_F(Hud, WideCharactersFit) {
    HudView view;
    RunSnapshot& snapshot = view.snapshot;
    snapshot.streams.resize(1);
    int wide = 0;
    for (char32_t c = 0xa0; c < 0x40000; c += c < 0x3000 ? 1 : 31) {
        if (c >= 0xd800 && c < 0xe000) continue;
        if (wcwidth(static_cast<wchar_t>(c)) != 2) continue;
        ++wide;
        snapshot.streams[0].name.clear();
        for (int i = 0; i < 60; ++i) snapshot.streams[0].name += utf8(c);
        const std::string line = lines_of(view, {30, 24})[5];
        EXPECT_LE(columns(line), 30) << std::hex << static_cast<std::uint32_t>(c);
    }
    EXPECT_GT(wide, 1000);
}

bool any_has(const std::vector<std::string>& lines, const std::string& part) {
    return std::any_of(lines.begin(), lines.end(), [&](const std::string& line) {
        return line.find(part) != std::string::npos;
    });
}

HudView usual_view() {
    HudView view;
    view.gpu_batch = 4;
    view.rates.frames_per_second = 25;
    view.rates.realtime = 1.2;
    view.rates.limit = Limit::kDecoding;
    RunSnapshot& snapshot = view.snapshot;
    snapshot.videos_total = 7;
    snapshot.videos_done = 3;
    snapshot.frames = 300;
    snapshot.frames_expected = 600;
    snapshot.elapsed_s = 20;
    snapshot.vehicles = 41;
    snapshot.frame_slots = 40;
    snapshot.backlog.frames_held = 12;
    snapshot.newest = {{"KV67WRT", true}, {"GT284R", false}};
    snapshot.streams.push_back({.name = "trip.mp4",
                                .frames = 50,
                                .position_us = 500,
                                .duration_us = 1000,
                                .open_s = 10,
                                .stream = 1});
    WorkerGlimpse worker;
    worker.number = 1;
    worker.activity = WorkerActivity::kWorking;
    worker.category = Category::kPlateDetect;
    worker.stream = 1;
    worker.frame_index = 17;
    worker.tasks = 30;
    worker.batches = 12;
    worker.switches = 5;
    worker.busy_s = 10;
    snapshot.workers.push_back(worker);
    return view;
}

TEST_F(Hud, SaysWhatMatters) {
    const HudView view = usual_view();
    const auto lines = lines_of(view, {120, 40});
    for (const char* part : {"3 of 7 videos",
                             "0:12 left",
                             "50 %",
                             "25.0 fps",
                             "1.2x real time",
                             "300 of 600 frames",
                             "decoding is the limit",
                             "41 vehicles",
                             "KV67WRT  GT284R",
                             "trip.mp4",
                             "0:10 left",
                             "gpu 0/8",
                             "cpu 0/16",
                             "charge 0/128",
                             "frames held 12/40",
                             "detect 0+0",
                             "PLATE_DETECT #17 trip.mp4",
                             "30 tasks",
                             "50 % busy",
                             "batch 2.5/4",
                             "5 switches",
                             "0 restarts"}) {
        EXPECT_TRUE(any_has(lines, part)) << part;
    }
    EXPECT_NE(hud_plain_line(view).find("videos 3/7"), std::string::npos);
    EXPECT_NE(hud_plain_line(view).find("decoding is the limit"), std::string::npos);
}

TEST_F(Hud, SmallScreensKeepWhatMattersMost) {
    HudView view = usual_view();
    view.snapshot.streams.resize(8, view.snapshot.streams[0]);
    view.snapshot.workers.resize(6, view.snapshot.workers[0]);
    const auto lines = lines_of(view, {40, 10});
    EXPECT_EQ(lines.size(), 9u);
    for (const char* part : {"3 of 7 videos", "50 %", "decoding is the limit", "41 vehicles",
                             "KV67WRT", "trip.mp4", "and 5 more videos"}) {
        EXPECT_TRUE(any_has(lines, part)) << part;
    }
}

TEST_F(Hud, ColoursChangeNoText) {
    HudView view = usual_view();
    view.snapshot.videos_failed = 1;
    view.snapshot.streams[0].name = "a\x1b[31mb\n.mp4";
    for (const HudLine& line : hud_lines(view, {80, 24})) {
        std::string coloured = rendered(line, Colour::kYes);
        const std::string plain = rendered(line, Colour::kNo);
        EXPECT_EQ(plain.find('\x1b'), std::string::npos) << plain;
        for (std::size_t at = 0; (at = coloured.find('\x1b')) != std::string::npos;)
            coloured.erase(at, coloured.find('m', at) - at + 1);
        EXPECT_EQ(coloured, plain);
    }
}

TEST_F(Hud, ColourFollowsTheEnvironment) {
    ASSERT_EQ(setenv("TERM", "xterm-256color", 1), 0);
    ASSERT_EQ(unsetenv("NO_COLOR"), 0);
    EXPECT_EQ(colour_of_environment(), Colour::kYes);
    setenv("NO_COLOR", "", 1);
    EXPECT_EQ(colour_of_environment(), Colour::kYes);
    setenv("NO_COLOR", "1", 1);
    EXPECT_EQ(colour_of_environment(), Colour::kNo);
    unsetenv("NO_COLOR");
    setenv("TERM", "dumb", 1);
    EXPECT_EQ(colour_of_environment(), Colour::kNo);
}

TEST_F(Hud, ClockText) {
    EXPECT_EQ(clock_text(7.4), "0:07");
    EXPECT_EQ(clock_text(123), "2:03");
    EXPECT_EQ(clock_text(3723), "1:02:03");
    EXPECT_EQ(clock_text(-5), "0:00");
}

}  // namespace
}  // namespace dashcam
