#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace dashcam {

using TextLine = std::vector<std::string>;

// Columns that printable UTF-8 text takes on a terminal.
std::size_t text_columns(const std::string& text);

// Lines of cells (all as many as the first, in UTF-8) as columns that are two spaces apart and as
// wide as their widest cell. `indent` spaces stand before each line.
std::string text_table(const std::vector<TextLine>& lines, std::size_t indent = 0);

// The same line by line, in memory that does not grow with their number: columns are as wide as the
// widest cell of the first `measured` lines. A later cell that is wider moves the rest of its line
// to the right.
class TextTable {
  public:
    // A screen's worth many times over, and some MB.
    static constexpr std::size_t kMeasured = 10'000;
    explicit TextTable(std::size_t indent = 0, std::size_t measured = kMeasured);

    // The text that is ready: nothing as long as lines are measured.
    std::string add(TextLine line);
    // The text of the lines that were kept back, after the last one.
    std::string rest();

  private:
    std::string text_of(const TextLine& line) const;

    std::size_t indent_;
    std::size_t measured_;
    bool measuring_ = true;
    std::vector<std::size_t> widths_;
    std::vector<TextLine> kept_;
};

}  // namespace dashcam
