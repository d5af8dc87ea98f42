#include "video/recording_time.h"

#include <cstdint>
#include <cstdio>
#include <ctime>

extern "C" {
#include <libavutil/parseutils.h>
}

#include "video/libav_log.h"

namespace dashcam {
namespace {

constexpr std::int64_t kYear2000_s = 946'684'800;
constexpr std::int64_t kYear10000_s = 253'402'300'800;
constexpr std::int64_t kSecond_us = 1'000'000;

bool has_zone(const std::string& text) {
    if (text.empty() || text.back() == 'Z' || text.back() == 'z') return !text.empty();
    // A sign behind the date's own hyphens.
    return text.size() > 10 && text.find_first_of("+-", 10) != std::string::npos;
}

}  // namespace

std::string recording_time(const std::string& text) {
    const LibavLogCapture silent;
    std::int64_t us = 0;
    // libav takes a time without a zone as this machine's local time.
    const std::string with_zone = has_zone(text) ? text : text + "Z";
    // libav reads a name for the present moment, too.
    if (text.find_first_of("0123456789") != 0) return "";
    if (av_parse_time(&us, with_zone.c_str(), 0) < 0) return "";
    const std::time_t seconds = us / kSecond_us;
    if (us < 0 || seconds < kYear2000_s || seconds >= kYear10000_s) return "";
    std::tm date{};
    if (gmtime_r(&seconds, &date) == nullptr) return "";
    char buffer[64];
    std::strftime(buffer, sizeof buffer, "%Y-%m-%dT%H:%M:%S", &date);
    std::string result = buffer;
    if (const auto fraction = static_cast<int>(us % kSecond_us); fraction != 0) {
        std::snprintf(buffer, sizeof buffer, ".%06d", fraction);
        result += buffer;
    }
    return result + "Z";
}

}  // namespace dashcam
