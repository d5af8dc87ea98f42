#pragma once

#include <cstddef>
#include <vector>

#include "pipeline/scheduler/hud.h"

namespace dashcam {

// The screen behind stdout, or 80x24 where it does not tell.
ScreenSize screen_size();

// Draws lines on stdout, over the ones before, below what was on the terminal already. It changes
// no state of the terminal that would have to be put back: killed at any time, it leaves only its
// last picture. When the screen has changed its size, everything on it is scrolled up and drawing
// goes on at its top, since nobody knows how the terminal broke the old lines.
class LiveDisplay {
  public:
    explicit LiveDisplay(Colour colour) : colour_(colour) {}

    // Lines as hud_lines() gives them for this screen.
    void draw(const std::vector<HudLine>& lines, ScreenSize screen);
    // Takes the last picture away.
    void erase();

  private:
    Colour colour_;
    std::size_t drawn_ = 0;
    ScreenSize screen_{0, 0};
};

}  // namespace dashcam
