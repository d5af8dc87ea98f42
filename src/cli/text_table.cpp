#include "cli/text_table.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace dashcam {

std::size_t text_columns(const std::string& text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
    }));
}

std::string text_table(const std::vector<TextLine>& lines, std::size_t indent) {
    TextTable table(indent, lines.size());
    for (const TextLine& line : lines) table.add(line);
    return table.rest();
}

TextTable::TextTable(std::size_t indent, std::size_t measured)
    : indent_(indent), measured_(measured) {}

std::string TextTable::add(TextLine line) {
    if (widths_.empty()) widths_.resize(line.size());
    CHECK(line.size() == widths_.size());
    if (measuring_ && kept_.size() < measured_) {
        for (std::size_t i = 0; i < line.size(); ++i)
            widths_[i] = std::max(widths_[i], text_columns(line[i]));
        kept_.push_back(std::move(line));
        return "";
    }
    return rest() + text_of(line);
}

std::string TextTable::rest() {
    measuring_ = false;
    std::string text;
    for (const TextLine& line : std::exchange(kept_, {})) text += text_of(line);
    return text;
}

std::string TextTable::text_of(const TextLine& line) const {
    std::string out(indent_, ' ');
    for (std::size_t i = 0; i < line.size(); ++i) {
        const std::size_t columns = text_columns(line[i]);
        out += line[i] + std::string(std::max(widths_[i], columns) + 2 - columns, ' ');
    }
    out.erase(out.find_last_not_of(' ') + 1);
    return out + "\n";
}

}  // namespace dashcam
