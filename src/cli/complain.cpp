#include "cli/complain.h"

#include <fmt/format.h>

#include <cstdio>

#include "video/printable_path.h"

namespace dashcam {

void complain(const std::string& message) {
    fmt::print(stderr, "dashcam: {}\n", printable_text(message));
}

int complain(const std::string& message, int code) {
    complain(message);
    return code;
}

}  // namespace dashcam
