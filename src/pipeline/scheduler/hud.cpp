#include "pipeline/scheduler/hud.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "video/printable_path.h"

namespace dashcam {
namespace {

constexpr std::int64_t kRateWindowNs = 3'000'000'000;
constexpr std::size_t kNameColumns = 28;

// Columns that terminals give a character: East Asian wide ones and emoji take two (Unicode TR 11).
// Accents that join the letter before them, and all symbols of the blocks with emoji, are counted
// in full too: too narrow is better than too wide.
std::size_t columns_of(char32_t character) {
    const auto in = [character](char32_t first, char32_t last) {
        return first <= character && character <= last;
    };
    const bool wide = in(0x1100, 0x115f) || in(0x231a, 0x2bff) || in(0x2e80, 0xa4cf) ||
                      in(0xa960, 0xa97f) || in(0xac00, 0xd7a3) || in(0xf900, 0xfaff) ||
                      in(0xfe10, 0xfe6f) || in(0xff00, 0xff60) || in(0xffe0, 0xffe6) ||
                      in(0x16fe0, 0x3ffff);
    return wide ? 2 : 1;
}

// The character at `at` of well-formed UTF-8, and its length.
std::pair<char32_t, std::size_t> character_at(const std::string& text, std::size_t at) {
    const auto lead = static_cast<unsigned char>(text[at]);
    const std::size_t length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    char32_t character = length == 1 ? lead : lead & (0x7fu >> length);
    for (std::size_t i = 1; i < length; ++i) {
        character = character << 6 | (static_cast<unsigned char>(text[at + i]) & 0x3fu);
    }
    return {character, length};
}

// Exactly so many columns of a line: cut at its end, or filled up.
std::string fitted(const std::string& line, std::size_t columns) {
    const std::string text = printable_text(line);
    std::size_t used = 0;
    std::size_t at = 0;
    while (at < text.size()) {
        const auto [character, length] = character_at(text, at);
        if (used + columns_of(character) > columns) break;
        used += columns_of(character);
        at += length;
    }
    return text.substr(0, at) + std::string(columns - used, ' ');
}

std::string bar(double share, std::size_t columns) {
    const double filled = std::clamp(share, 0.0, 1.0) * static_cast<double>(columns);
    const auto whole = static_cast<std::size_t>(filled);
    return std::string(whole, '#') + std::string(columns - whole, '.');
}

double share_of(const StreamGlimpse& stream) {
    if (stream.duration_us > 0)
        return static_cast<double>(stream.position_us) / static_cast<double>(stream.duration_us);
    if (stream.frames_expected > 0) {
        return static_cast<double>(stream.frames) / static_cast<double>(stream.frames_expected);
    }
    return 0;
}

std::string stream_line(const StreamGlimpse& stream, std::size_t columns) {
    const double share = share_of(stream);
    const double left_s = share > 0.01 ? stream.open_s * (1 - share) / share : -1;
    const double rate = stream.open_s > 0 ? static_cast<double>(stream.frames) / stream.open_s : 0;
    const std::string tail = fmt::format(" {:3.0f} %  {:5.1f} fps  {}", std::min(1.0, share) * 100,
                                         rate, left_s >= 0 ? clock_text(left_s) + " left" : "");
    const std::size_t name = std::min(kNameColumns, columns / 3);
    const std::size_t used = 2 + name + 1 + tail.size();
    const std::size_t bar_columns =
        columns > used + 4 ? std::min<std::size_t>(columns - used, 40) : 0;
    return "  " + fitted(stream.name, name) + " " + bar(share, bar_columns) + tail;
}

double time_left_s(const RunSnapshot& snapshot, double frames_per_second) {
    if (snapshot.frames_expected <= snapshot.frames || frames_per_second <= 0) return -1;
    return static_cast<double>(snapshot.frames_expected - snapshot.frames) / frames_per_second;
}

std::string queue_line(const RunSnapshot& snapshot) {
    const auto& categories = snapshot.backlog.categories;
    std::string text = "  queue";
    constexpr std::array<const char*, kCategories> names{"detect", "track", "plate", "ocr",
                                                         "fuse",   "sum",   "write"};
    for (std::size_t i = 0; i < kCategories; ++i) {
        text += fmt::format("  {} {}+{}", names[i], categories[i].ready, categories[i].leased);
    }
    return text;
}

std::string worker_line(const WorkerGlimpse& worker) {
    const std::string batch = worker.batches > 0
                                  ? fmt::format("{:.1f}", static_cast<double>(worker.tasks) /
                                                              static_cast<double>(worker.batches))
                                  : "-";
    return fmt::format("  {} {:<2} {:<28} {:>8} tasks  {:>5.1f} s busy  batch {}  switches {}",
                       to_string(worker.pool), worker.number, worker.doing(), worker.tasks,
                       worker.busy_s, batch, worker.switches);
}

}  // namespace

void FrameRate::update(const RunSnapshot& snapshot, std::int64_t now_ns) {
    samples_.push_back({now_ns, snapshot.frames});
    while (samples_.size() > 2 && now_ns - samples_.front().time_ns > kRateWindowNs)
        samples_.pop_front();
}

double FrameRate::frames_per_second() const {
    if (samples_.size() < 2) return 0;
    const double seconds =
        static_cast<double>(samples_.back().time_ns - samples_.front().time_ns) / 1e9;
    return seconds > 0
               ? static_cast<double>(samples_.back().frames - samples_.front().frames) / seconds
               : 0;
}

std::string clock_text(double seconds) {
    const auto whole = static_cast<std::int64_t>(std::llround(std::max(0.0, seconds)));
    if (whole >= 3600)
        return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
    return fmt::format("{}:{:02}", whole / 60, whole % 60);
}

std::vector<std::string> hud_lines(const RunSnapshot& snapshot, double frames_per_second,
                                   ScreenSize screen) {
    std::vector<std::string> lines;
    const double left_s = time_left_s(snapshot, frames_per_second);
    lines.push_back(fmt::format("dashcam  {} of {} videos  {} frames  {:.1f} fps  {}{}{}",
                                snapshot.videos_done, snapshot.videos_total, snapshot.frames,
                                frames_per_second, clock_text(snapshot.elapsed_s),
                                left_s >= 0 ? ", " + clock_text(left_s) + " left" : "",
                                snapshot.stopping ? "  stopping" : ""));
    lines.push_back(fmt::format("  {} vehicles  {} plates  {} failed videos  {} restarts",
                                snapshot.vehicles, snapshot.plates, snapshot.videos_failed,
                                snapshot.restarts));
    for (const StreamGlimpse& stream : snapshot.streams)
        lines.push_back(stream_line(stream, screen.columns));
    lines.push_back(queue_line(snapshot));
    lines.push_back(
        fmt::format("  frames held {} of {}  queue charge {} of {} (soft {})  reader pauses {}",
                    snapshot.backlog.frames_held, snapshot.frame_slots, snapshot.backlog.charge,
                    snapshot.limits.hard_limit, snapshot.limits.soft_limit, snapshot.pauses));
    for (const WorkerGlimpse& worker : snapshot.workers) {
        if (worker.activity != WorkerActivity::kAbsent) lines.push_back(worker_line(worker));
    }
    if (lines.size() >= screen.rows) lines.resize(screen.rows > 1 ? screen.rows - 1 : 1);
    for (std::string& line : lines) {
        line = fitted(line, screen.columns > 1 ? screen.columns - 1 : 1);
        while (!line.empty() && line.back() == ' ') line.pop_back();
    }
    return lines;
}

std::string hud_plain_line(const RunSnapshot& snapshot, double frames_per_second) {
    const double left_s = time_left_s(snapshot, frames_per_second);
    return fmt::format(
        "{}  videos {}/{}  frames {}{}  {:.1f} fps{}  backlog gpu {} cpu {}  held {}  vehicles {}  "
        "plates {}{}",
        clock_text(snapshot.elapsed_s), snapshot.videos_done, snapshot.videos_total,
        snapshot.frames,
        snapshot.frames_expected > 0 ? fmt::format("/{}", snapshot.frames_expected) : "",
        frames_per_second, left_s >= 0 ? ", " + clock_text(left_s) + " left" : "",
        snapshot.backlog.backlog(Pool::kGpu), snapshot.backlog.backlog(Pool::kCpu),
        snapshot.backlog.frames_held, snapshot.vehicles, snapshot.plates,
        snapshot.videos_failed > 0 ? fmt::format("  failed {}", snapshot.videos_failed) : "");
}

}  // namespace dashcam
