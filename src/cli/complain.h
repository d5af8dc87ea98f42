#pragma once

#include <string>

namespace dashcam {

// Prints "dashcam: MESSAGE" to stderr, as one line whatever names are in it (printable_text()).
void complain(const std::string& message);
// The same, and gives the exit code back.
int complain(const std::string& message, int code);

}  // namespace dashcam
