#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "pipeline/scheduler/hud_line.h"
#include "pipeline/scheduler/run_motion.h"
#include "pipeline/scheduler/run_snapshot.h"

namespace dashcam {

struct ScreenSize {
    std::size_t columns = 80;
    std::size_t rows = 24;
    bool operator==(const ScreenSize&) const = default;
};

// What a run looks like now.
struct HudView {
    RunSnapshot snapshot;
    RunRates rates;
    std::uint32_t gpu_batch = 0;  // most tasks that a GPU worker takes at once, 0: unknown
};

// The live display, fitted to the screen: no line is as wide as it, and there are fewer lines than
// it has rows. Where rows are missing, details of workers go first, then the queue, then videos.
std::vector<HudLine> hud_lines(const HudView& view, ScreenSize screen);

// The same in one line, for logs and pipes.
std::string hud_plain_line(const HudView& view);

// Share of all frames that were read, 0 to 1; negative: unknown.
double share_done(const RunSnapshot& snapshot);
// Share of a video that was read, 0 to 1; 0 if its length is not known.
double share_done(const StreamGlimpse& stream);
// Seconds that the rest will take at the present rate; negative: unknown.
double seconds_left(const RunSnapshot& snapshot, const RunRates& rates);
double seconds_left(const StreamGlimpse& stream);

// "1:02:03", "2:03" or "0:07".
std::string clock_text(double seconds);

}  // namespace dashcam
