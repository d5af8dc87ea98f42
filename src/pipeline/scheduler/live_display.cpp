#include "pipeline/scheduler/live_display.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>
#include <string>

namespace dashcam {
namespace {

void put(const std::string& text) {
    std::fwrite(text.data(), 1, text.size(), stdout);
    std::fflush(stdout);
}

std::string lines_up(std::size_t lines) {
    return lines == 0 ? std::string() : fmt::format("\x1b[{}A\r", lines);
}

}  // namespace

ScreenSize screen_size() {
    winsize size{};
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0)
        return {80, 24};
    return {size.ws_col, size.ws_row};
}

void LiveDisplay::draw(const std::vector<HudLine>& lines, ScreenSize screen) {
    std::string text;
    if (drawn_ > 0 && screen != screen_) {
        // To the last row, a screenful of empty lines, to the top.
        text =
            fmt::format("\x1b[{};1H{}\x1b[1;1H\x1b[J", screen.rows, std::string(screen.rows, '\n'));
    } else {
        text = lines_up(drawn_) + "\x1b[J";
    }
    for (const HudLine& line : lines) text += rendered(line, colour_) + "\n";
    drawn_ = lines.size();
    screen_ = screen;
    put(text);
}

void LiveDisplay::erase() {
    put(lines_up(drawn_) + "\x1b[J");
    drawn_ = 0;
}

}  // namespace dashcam
