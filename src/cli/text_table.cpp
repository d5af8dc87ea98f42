#include "cli/text_table.h"

#include <algorithm>

#include "base/check.h"

namespace dashcam {

std::size_t text_columns(const std::string& text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
    }));
}

std::string text_table(const std::vector<TextLine>& lines, std::size_t indent) {
    if (lines.empty()) return "";
    std::vector<std::size_t> widths(lines.front().size());
    for (const TextLine& line : lines) {
        CHECK(line.size() == widths.size());
        for (std::size_t i = 0; i < line.size(); ++i)
            widths[i] = std::max(widths[i], text_columns(line[i]));
    }
    std::string text;
    for (const TextLine& line : lines) {
        std::string out(indent, ' ');
        for (std::size_t i = 0; i < line.size(); ++i)
            out += line[i] + std::string(widths[i] + 2 - text_columns(line[i]), ' ');
        out.erase(out.find_last_not_of(' ') + 1);
        text += out + "\n";
    }
    return text;
}

}  // namespace dashcam
