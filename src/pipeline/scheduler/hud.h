#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "pipeline/scheduler/run_snapshot.h"

namespace dashcam {

struct ScreenSize {
    std::size_t columns = 80;
    std::size_t rows = 24;
};

// Frames per second over the last seconds.
class FrameRate {
  public:
    void update(const RunSnapshot& snapshot, std::int64_t now_ns);
    double frames_per_second() const;

  private:
    struct Sample {
        std::int64_t time_ns;
        std::uint64_t frames;
    };
    std::deque<Sample> samples_;
};

// The live display: no line is wider than the screen, and there are fewer lines than it has rows.
// File names are shown by printable_text().
std::vector<std::string> hud_lines(const RunSnapshot& snapshot, double frames_per_second,
                                   ScreenSize screen);

// The same in one line, for logs and pipes.
std::string hud_plain_line(const RunSnapshot& snapshot, double frames_per_second);

// "1:02:03", "2:03" or "0:07".
std::string clock_text(double seconds);

}  // namespace dashcam
