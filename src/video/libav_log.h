#pragma once

#include <cstdarg>
#include <string>

namespace dashcam {

// While one lives, the last error line that libav writes on this thread is kept here. The first one
// silences libav's log for the whole process: a library does not print. Lines from libav's own
// decoder threads are not kept. Nests; must be destroyed on the thread that made it, in reverse
// order.
class LibavLogCapture {
  public:
    LibavLogCapture();
    ~LibavLogCapture();
    LibavLogCapture(const LibavLogCapture&) = delete;
    LibavLogCapture& operator=(const LibavLogCapture&) = delete;

    // Printable and on one line; "" if there was none.
    const std::string& last_error() const { return last_error_; }

  private:
    static void receive(void* context, int level, const char* format, va_list arguments);

    std::string last_error_;
    LibavLogCapture* outer_;
};

// What an error code of libav means, with `detail` (a log line) added if there is one.
std::string libav_error_text(int code, const std::string& detail);

}  // namespace dashcam
