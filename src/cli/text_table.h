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

}  // namespace dashcam
