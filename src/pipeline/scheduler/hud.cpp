#include "pipeline/scheduler/hud.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>

#include "pipeline/task_queue/category.h"

namespace dashcam {
namespace {

constexpr std::size_t kNameColumns = 28;
constexpr std::size_t kMostBarColumns = 40;
// Narrower than this, lines leave out what can be done without.
constexpr std::size_t kNarrowColumns = 60;
constexpr std::size_t kEvidenceColumns = 100;
// An activity that takes longer than this is worth a number.
constexpr double kLongActivity_s = 5;

// In the order of Category.
constexpr std::array<const char*, kCategories> kShortNames{"detect", "track", "plate", "ocr",
                                                           "fuse",   "sum",   "write"};

std::string plural(std::uint64_t count, const char* thing) {
    return fmt::format("{} {}{}", count, thing, count == 1 ? "" : "s");
}

// `Ink` of a count that has a limit: at the limit it is what holds the run back.
Ink ink_of(std::uint64_t count, std::uint64_t limit) {
    return count >= limit ? Ink::kWarning : Ink::kPlain;
}

void add_bar(HudLine& line, double part, std::size_t columns) {
    if (columns < 3) return;
    const double filled = std::clamp(part, 0.0, 1.0) * static_cast<double>(columns);
    const auto whole = static_cast<std::size_t>(filled);
    line.push_back({std::string(whole, '#'), Ink::kGood});
    line.push_back({std::string(columns - whole, '.'), Ink::kFaint});
}

HudLine heading(const HudView& view) {
    const RunSnapshot& now = view.snapshot;
    const double left_s = seconds_left(now, view.rates);
    HudLine line{{"dashcam", Ink::kStrong},
                 {fmt::format("  {} of {}  {}", now.videos_done, plural(now.videos_total, "video"),
                              clock_text(now.elapsed_s)),
                  Ink::kPlain}};
    if (left_s >= 0) line.push_back({", " + clock_text(left_s) + " left", Ink::kPlain});
    if (now.stopping) line.push_back({"  stopping", Ink::kWarning});
    return line;
}

HudLine total_line(const HudView& view, std::size_t columns) {
    const RunSnapshot& now = view.snapshot;
    const double part = share_done(now);
    std::string tail = part >= 0 ? fmt::format(" {:3.0f} %", part * 100) : std::string();
    tail += fmt::format("  {:.1f} fps  {:.1f}x real time", view.rates.frames_per_second,
                        view.rates.realtime);
    if (columns >= kNarrowColumns) {
        tail += fmt::format(
            "  {}{} frames", now.frames,
            now.frames_expected > 0 ? fmt::format(" of {}", now.frames_expected) : std::string());
    }
    HudLine line{{"  ", Ink::kPlain}};
    const std::size_t used = 2 + tail.size();
    if (part >= 0 && columns > used) add_bar(line, part, std::min(kMostBarColumns, columns - used));
    line.push_back({tail, Ink::kPlain});
    return line;
}

HudLine limit_line(const HudView& view, std::size_t columns) {
    HudLine line{{"  " + limit_text(view.rates), Ink::kStrong}};
    if (columns >= kEvidenceColumns)
        line.push_back({"  (" + limit_evidence(view.rates) + ")", Ink::kFaint});
    return line;
}

// On screens where it does not fit behind the limit.
HudLine evidence_line(const HudView& view) {
    return {{"  " + limit_evidence(view.rates), Ink::kFaint}};
}

HudLine found_line(const HudView& view) {
    const RunSnapshot& now = view.snapshot;
    HudLine line{
        {fmt::format("  {}  {}", plural(now.vehicles, "vehicle"), plural(now.plates, "plate")),
         Ink::kPlain}};
    const auto add = [&line](std::uint64_t count, const char* thing, Ink ink) {
        line.push_back({"  " + plural(count, thing), count > 0 ? ink : Ink::kFaint});
    };
    add(now.videos_failed, "failed video", Ink::kBad);
    add(now.restarts, "restart", Ink::kBad);
    if (now.rebuilds > 0) add(now.rebuilds, "queue rebuild", Ink::kWarning);
    return line;
}

HudLine newest_line(const HudView& view) {
    HudLine line{{"  newest plates", Ink::kPlain}};
    for (const PlateGlimpse& plate : view.snapshot.newest) {
        line.push_back({"  ", Ink::kPlain});
        line.push_back({plate.text, plate.is_confirmed ? Ink::kStrong : Ink::kPlain});
    }
    if (view.snapshot.newest.empty()) line.push_back({"  none yet", Ink::kFaint});
    return line;
}

HudLine stream_line(const StreamGlimpse& stream, std::size_t columns) {
    const double left_s = seconds_left(stream);
    const double rate = stream.open_s > 0 ? static_cast<double>(stream.frames) / stream.open_s : 0;
    std::string tail = fmt::format(" {:3.0f} %", share_done(stream) * 100);
    if (columns >= kNarrowColumns) tail += fmt::format("  {:5.1f} fps", rate);
    if (left_s >= 0) tail += "  " + clock_text(left_s) + " left";
    const std::size_t name = std::min(kNameColumns, columns / 3);
    const std::size_t used = 2 + name + 1 + tail.size();
    HudLine line{{"  " + fitted(stream.name, name) + " ", Ink::kPlain}};
    if (columns > used + 4)
        add_bar(line, share_done(stream), std::min(columns - used, kMostBarColumns));
    line.push_back({tail, Ink::kPlain});
    return line;
}

// Waiting and, after the +, being worked on.
HudLine queue_line(const HudView& view) {
    HudLine line{{"  queue", Ink::kPlain}};
    for (std::size_t i = 0; i < kCategories; ++i) {
        const auto& queue = view.snapshot.backlog.categories[i];
        const bool rests = queue.ready == 0 && queue.leased == 0;
        line.push_back({fmt::format("{}{} {}+{}", i == 0 ? "  " : " ", kShortNames[i], queue.ready,
                                    queue.leased),
                        rests ? Ink::kFaint : Ink::kPlain});
        if (queue.dead > 0) line.push_back({fmt::format(" ({} set aside)", queue.dead), Ink::kBad});
    }
    return line;
}

HudLine limits_line(const HudView& view) {
    const RunSnapshot& now = view.snapshot;
    const std::uint64_t gpu = now.backlog.backlog(Pool::kGpu);
    const std::uint64_t cpu = now.backlog.backlog(Pool::kCpu);
    return {{"  of limits", Ink::kPlain},
            {fmt::format("  gpu {}/{}", gpu, now.limits.max_gpu_backlog),
             ink_of(gpu, now.limits.max_gpu_backlog)},
            {fmt::format(" cpu {}/{}", cpu, now.limits.max_cpu_backlog),
             ink_of(cpu, now.limits.max_cpu_backlog)},
            {fmt::format(" charge {}/{}", now.backlog.charge, now.limits.hard_limit),
             ink_of(now.backlog.charge, now.limits.soft_limit)},
            {fmt::format(" frames held {}/{}", now.backlog.frames_held, now.frame_slots),
             ink_of(now.backlog.frames_held, now.frame_slots)},
            {fmt::format(" {}", plural(now.pauses, "reader pause")), Ink::kFaint}};
}

std::string doing(const WorkerGlimpse& worker, const std::vector<StreamGlimpse>& streams) {
    if (worker.activity != WorkerActivity::kWorking || !worker.category) return worker.doing();
    const auto stream = std::find_if(streams.begin(), streams.end(), [&](const StreamGlimpse& s) {
        return s.stream == worker.stream;
    });
    const std::string name = stream == streams.end() ? std::string() : " " + stream->name;
    return fmt::format("{} #{}{}", to_string(*worker.category), worker.frame_index, name);
}

HudLine worker_line(const WorkerGlimpse& worker, const HudView& view, std::size_t columns) {
    HudLine line{{fmt::format("  {} {:<2} ", to_string(worker.pool), worker.number), Ink::kPlain}};
    const bool rests = worker.activity == WorkerActivity::kIdle;
    const std::size_t doing_columns = columns >= kEvidenceColumns ? 44 : 24;
    line.push_back({fitted(doing(worker, view.snapshot.streams), doing_columns),
                    rests ? Ink::kFaint : Ink::kPlain});
    if (!rests && worker.activity_s > kLongActivity_s)
        line.push_back({fmt::format(" for {:.0f} s", worker.activity_s), Ink::kWarning});
    line.push_back({fmt::format(" {:>5} tasks", worker.tasks), Ink::kPlain});
    const double busy = view.snapshot.elapsed_s > 0 ? worker.busy_s / view.snapshot.elapsed_s : 0;
    line.push_back({fmt::format(" {:>3.0f} % busy", busy * 100), Ink::kPlain});
    if (worker.pool == Pool::kGpu) {
        const double batch = worker.batches > 0 ? static_cast<double>(worker.tasks) /
                                                      static_cast<double>(worker.batches)
                                                : 0;
        line.push_back({fmt::format(" batch {:.1f}", batch), Ink::kPlain});
        if (view.gpu_batch > 0) line.push_back({fmt::format("/{}", view.gpu_batch), Ink::kPlain});
        line.push_back({fmt::format(" {}", plural(worker.switches, "switch")), Ink::kPlain});
        if (worker.switches != 1) line.back().text.insert(line.back().text.size() - 1, "e");
    }
    if (worker.failures > 0) line.push_back({"  " + plural(worker.failures, "failure"), Ink::kBad});
    return line;
}

// Lines that go together; those of a later section go first where rows are missing.
struct Section {
    std::vector<HudLine> lines;
    const char* things = "";  // what a line stands for, to count those left out
};

std::vector<Section> sections_of(const HudView& view, std::size_t columns) {
    std::vector<Section> sections;
    sections.push_back({{heading(view), total_line(view, columns), limit_line(view, columns)}, ""});
    sections.push_back({{found_line(view)}, ""});
    sections.push_back({{newest_line(view)}, ""});
    Section streams{{}, "videos"};
    for (const StreamGlimpse& stream : view.snapshot.streams)
        streams.lines.push_back(stream_line(stream, columns));
    sections.push_back(std::move(streams));
    sections.push_back({{limits_line(view), queue_line(view)}, ""});
    if (columns < kEvidenceColumns) sections.push_back({{evidence_line(view)}, ""});
    Section workers{{}, "workers"};
    for (const WorkerGlimpse& worker : view.snapshot.workers) {
        if (worker.activity != WorkerActivity::kAbsent)
            workers.lines.push_back(worker_line(worker, view, columns));
    }
    sections.push_back(std::move(workers));
    return sections;
}

// The first lines that there is room for; the last says how many there are not.
void shorten(Section& section, std::size_t rows) {
    if (section.lines.size() <= rows) return;
    const std::size_t missing = section.lines.size() - rows + 1;
    section.lines.resize(rows);
    if (rows > 0 && *section.things != '\0')
        section.lines.back() = {
            {fmt::format("  and {} more {}", missing, section.things), Ink::kFaint}};
}

}  // namespace

double share_done(const RunSnapshot& snapshot) {
    if (snapshot.frames_expected == 0) return -1;
    return std::min(
        1.0, static_cast<double>(snapshot.frames) / static_cast<double>(snapshot.frames_expected));
}

double share_done(const StreamGlimpse& stream) {
    double part = 0;
    if (stream.duration_us > 0) {
        part = static_cast<double>(stream.position_us) / static_cast<double>(stream.duration_us);
    } else if (stream.frames_expected > 0) {
        part = static_cast<double>(stream.frames) / static_cast<double>(stream.frames_expected);
    }
    return std::clamp(part, 0.0, 1.0);
}

double seconds_left(const RunSnapshot& snapshot, const RunRates& rates) {
    if (snapshot.frames_expected <= snapshot.frames || rates.frames_per_second <= 0) return -1;
    return static_cast<double>(snapshot.frames_expected - snapshot.frames) /
           rates.frames_per_second;
}

double seconds_left(const StreamGlimpse& stream) {
    const double part = share_done(stream);
    return part > 0.01 ? stream.open_s * (1 - part) / part : -1;
}

std::string clock_text(double seconds) {
    const auto whole = static_cast<std::int64_t>(std::llround(std::clamp(seconds, 0.0, 1e15)));
    if (whole >= 3600)
        return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
    return fmt::format("{}:{:02}", whole / 60, whole % 60);
}

std::vector<HudLine> hud_lines(const HudView& view, ScreenSize screen) {
    // The last column stays free: terminals break a full line in different ways.
    const std::size_t columns = screen.columns > 1 ? screen.columns - 1 : 1;
    std::size_t rows = screen.rows > 1 ? screen.rows - 1 : 1;
    std::vector<HudLine> lines;
    for (Section& section : sections_of(view, columns)) {
        shorten(section, rows);
        rows -= section.lines.size();
        for (const HudLine& line : section.lines) lines.push_back(fitted(line, columns));
    }
    return lines;
}

std::string hud_plain_line(const HudView& view) {
    const RunSnapshot& now = view.snapshot;
    const double left_s = seconds_left(now, view.rates);
    return fmt::format(
        "{}  videos {}/{}  frames {}{}  {:.1f} fps, {:.1f}x real time{}  {}  backlog gpu {} cpu {} "
        " "
        "held {}  vehicles {}  plates {}{}{}",
        clock_text(now.elapsed_s), now.videos_done, now.videos_total, now.frames,
        now.frames_expected > 0 ? fmt::format("/{}", now.frames_expected) : "",
        view.rates.frames_per_second, view.rates.realtime,
        left_s >= 0 ? ", " + clock_text(left_s) + " left" : "", limit_text(view.rates),
        now.backlog.backlog(Pool::kGpu), now.backlog.backlog(Pool::kCpu), now.backlog.frames_held,
        now.vehicles, now.plates,
        now.videos_failed > 0 ? fmt::format("  failed {}", now.videos_failed) : "",
        now.restarts > 0 ? fmt::format("  restarts {}", now.restarts) : "");
}

}  // namespace dashcam
