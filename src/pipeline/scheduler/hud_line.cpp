#include "pipeline/scheduler/hud_line.h"

#include <cstdlib>
#include <string_view>
#include <utility>

#include "video/printable_path.h"

namespace dashcam {
namespace {

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

struct Cut {
    std::string text;
    std::size_t columns = 0;
};

// As much of a printable text as fits.
Cut cut(const std::string& text, std::size_t columns) {
    std::size_t used = 0;
    std::size_t at = 0;
    while (at < text.size()) {
        const auto [character, length] = character_at(text, at);
        if (used + columns_of(character) > columns) break;
        used += columns_of(character);
        at += length;
    }
    return {text.substr(0, at), used};
}

const char* escape_of(Ink ink) {
    switch (ink) {
        case Ink::kPlain:
            return "";
        case Ink::kStrong:
            return "\x1b[1m";
        case Ink::kFaint:
            return "\x1b[2m";
        case Ink::kGood:
            return "\x1b[32m";
        case Ink::kWarning:
            return "\x1b[33m";
        case Ink::kBad:
            return "\x1b[31m";
    }
    return "";
}

}  // namespace

Colour colour_of_environment() {
    const char* no_colour = std::getenv("NO_COLOR");
    const char* terminal = std::getenv("TERM");
    const bool none = (no_colour != nullptr && *no_colour != '\0') ||
                      (terminal != nullptr && std::string_view(terminal) == "dumb");
    return none ? Colour::kNo : Colour::kYes;
}

std::size_t columns_of(const std::string& text) { return cut(text, SIZE_MAX).columns; }

std::string fitted(const std::string& text, std::size_t columns) {
    const Cut part = cut(printable_text(text), columns);
    return part.text + std::string(columns - part.columns, ' ');
}

HudLine fitted(const HudLine& line, std::size_t columns) {
    HudLine result;
    std::size_t left = columns;
    for (const HudSpan& span : line) {
        const std::string text = printable_text(span.text);
        Cut part = cut(text, left);
        left -= part.columns;
        const bool is_cut = part.text.size() < text.size();
        result.push_back({std::move(part.text), span.ink});
        if (is_cut) break;
    }
    while (!result.empty()) {
        std::string& last = result.back().text;
        last.erase(last.find_last_not_of(' ') + 1);
        if (!last.empty()) break;
        result.pop_back();
    }
    return result;
}

std::string rendered(const HudLine& line, Colour colour) {
    std::string text;
    for (const HudSpan& span : line) {
        const bool inked = colour == Colour::kYes && span.ink != Ink::kPlain;
        text += inked ? escape_of(span.ink) + span.text + "\x1b[0m" : span.text;
    }
    return text;
}

}  // namespace dashcam
