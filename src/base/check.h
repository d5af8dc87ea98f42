#pragma once

namespace dashcam {

// Prints the failed check to stderr without allocating and aborts.
[[noreturn]] void check_failed(const char* file, int line, const char* expression);

}  // namespace dashcam

// A broken invariant ends the process: checks stay on in release builds, since going on would
// corrupt rows.
#define CHECK(expression)                                                            \
    do {                                                                             \
        if (!(expression)) ::dashcam::check_failed(__FILE__, __LINE__, #expression); \
    } while (false)
