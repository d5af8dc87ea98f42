#include "base/check.h"

#include <cstdio>
#include <cstdlib>

namespace dashcam {

void check_failed(const char* file, int line, const char* expression) {
    std::fprintf(stderr, "dashcam: check failed at %s:%d: %s\n", file, line, expression);
    std::abort();
}

}  // namespace dashcam
