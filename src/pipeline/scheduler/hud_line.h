#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace dashcam {

enum class Ink : std::uint8_t { kPlain, kStrong, kFaint, kGood, kWarning, kBad };

// A part of a line in one colour. The text may hold anything: fitted() makes it printable.
struct HudSpan {
    std::string text;
    Ink ink = Ink::kPlain;
};
using HudLine = std::vector<HudSpan>;

enum class Colour : std::uint8_t { kNo, kYes };

// As https://no-color.org and terminals that cannot: NO_COLOR set and not empty, or TERM=dumb.
Colour colour_of_environment();

// Columns that a terminal gives a well-formed UTF-8 text, at most: wide characters take two.
std::size_t columns_of(const std::string& text);

// Printable, and exactly so many columns: cut at its end, or filled up.
std::string fitted(const std::string& text, std::size_t columns);

// The line cut to so many columns and printable, without spaces at its end.
HudLine fitted(const HudLine& line, std::size_t columns);

// As it is written to the terminal. Precondition for one that a terminal is to get: fitted().
std::string rendered(const HudLine& line, Colour colour);

}  // namespace dashcam
