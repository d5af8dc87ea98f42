#include "video/libav_log.h"

#include <cstdio>
#include <mutex>

extern "C" {
#include <libavutil/error.h>
#include <libavutil/log.h>
}

#include "video/printable_path.h"

namespace dashcam {
namespace {

// Longer lines carry nothing that a user's message needs.
constexpr int kLongestLine = 200;

thread_local LibavLogCapture* innermost = nullptr;

}  // namespace

void LibavLogCapture::receive(void* /*context*/, int level, const char* format, va_list arguments) {
    if (level > AV_LOG_ERROR || innermost == nullptr) return;
    char line[kLongestLine];
    const int length = std::vsnprintf(line, sizeof line, format, arguments);
    if (length <= 0) return;
    std::string text = line;
    while (!text.empty() && (text.back() == '\n' || text.back() == ' ' || text.back() == '.')) {
        text.pop_back();
    }
    if (!text.empty()) innermost->last_error_ = printable_text(text);
}

LibavLogCapture::LibavLogCapture() : outer_(innermost) {
    static std::once_flag installed;
    std::call_once(installed, [] { av_log_set_callback(&LibavLogCapture::receive); });
    innermost = this;
}

LibavLogCapture::~LibavLogCapture() { innermost = outer_; }

std::string libav_error_text(int code, const std::string& detail) {
    char text[AV_ERROR_MAX_STRING_SIZE] = {};
    if (av_strerror(code, text, sizeof text) < 0) {
        std::snprintf(text, sizeof text, "error %d", code);
    }
    std::string result = printable_text(text);
    if (!detail.empty()) result += ": " + detail;
    return result;
}

}  // namespace dashcam
