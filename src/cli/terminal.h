#pragma once

#include <cstddef>
#include <string>

namespace dashcam {

// How to write on stdout: colours only on a terminal, and not where NO_COLOR is set to anything
// (no-color.org) or TERM is "dumb".
struct Terminal {
    std::size_t columns = 100;  // of a line; what is no terminal gets 100
    bool colours = false;
};
Terminal terminal_of_stdout();

enum class Ink { kBold, kFaint, kGood, kFair, kPoor };
// `text` in an ink, or as it is without colours.
std::string inked(const Terminal& terminal, Ink ink, const std::string& text);
// The ink of a tier.
Ink ink_of_tier(const std::string& tier);

// "LABEL       text", broken at spaces to the terminal's width, with the following lines indented.
// A word longer than a line is left whole, so that it can be copied.
std::string labelled(const Terminal& terminal, const std::string& label, const std::string& text);

}  // namespace dashcam
