#include "cli/complain.h"

#include <fmt/format.h>

#include <cstdio>

namespace dashcam {

void complain(const std::string& message) { fmt::print(stderr, "dashcam: {}\n", message); }

int complain(const std::string& message, int code) {
    complain(message);
    return code;
}

}  // namespace dashcam
