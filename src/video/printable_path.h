#pragma once

#include <string>
#include <string_view>

namespace dashcam {

// A path for a message on one line: in single quotes, with control characters and bytes that are
// not UTF-8 written as \xNN, so that no file name can break a line or a terminal.
std::string printable_path(std::string_view path);

// The same for any text, without the quotes.
std::string printable_text(std::string_view text);

// The last part of a path, as it is.
std::string file_name_of(std::string_view path);

}  // namespace dashcam
