#pragma once

#include <string>
#include <vector>

namespace dashcam {

using TextLine = std::vector<std::string>;

// Lines of cells (all as many as the first, in UTF-8) as columns that are two spaces apart.
std::string text_table(const std::vector<TextLine>& lines);

}  // namespace dashcam
