#include "video/video_formats.h"

#include <algorithm>
#include <array>
#include <span>
#include <string>

namespace dashcam {
namespace {

using namespace std::string_view_literals;

// Names of libavformat 59's demuxers.
constexpr std::array kContainers{
    "mov"sv,     "matroska"sv,     "avi"sv,      "mpegts"sv, "mpeg"sv,       "mpegvideo"sv,
    "m4v"sv,     "h264"sv,         "hevc"sv,     "h263"sv,   "h261"sv,       "vc1"sv,
    "vc1test"sv, "flv"sv,          "live_flv"sv, "asf"sv,    "asf_o"sv,      "mjpeg"sv,
    "mpjpeg"sv,  "smjpeg"sv,       "ogg"sv,      "ivf"sv,    "obu"sv,        "av1"sv,
    "nut"sv,     "wtv"sv,          "dv"sv,       "mxf"sv,    "mxf_opatom"sv, "rm"sv,
    "gxf"sv,     "yuv4mpegpipe"sv, "dhav"sv,     "gif"sv,    "cavsvideo"sv,  "dirac"sv,
    "nsv"sv};

constexpr std::array kExtensions{
    "mp4"sv, "m4v"sv,  "mov"sv,  "qt"sv,    "3gp"sv, "3g2"sv,  "mkv"sv, "webm"sv,
    "avi"sv, "divx"sv, "ts"sv,   "m2ts"sv,  "mts"sv, "m2t"sv,  "mpg"sv, "mpeg"sv,
    "m2v"sv, "vob"sv,  "flv"sv,  "f4v"sv,   "wmv"sv, "asf"sv,  "ogv"sv, "dv"sv,
    "mxf"sv, "dav"sv,  "h264"sv, "264"sv,   "avc"sv, "h265"sv, "265"sv, "hevc"sv,
    "ivf"sv, "obu"sv,  "mjpg"sv, "mjpeg"sv, "y4m"sv, "nut"sv,  "rm"sv,  "rmvb"sv};

// What picture_file.cpp recognises.
constexpr std::array kPictureExtensions{"jpg"sv,  "jpeg"sv, "jpe"sv, "jfif"sv, "png"sv,
                                        "webp"sv, "bmp"sv,  "tif"sv, "tiff"sv};

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool ends_like_one_of(std::span<const std::string_view> extensions, std::string_view file_name) {
    const std::size_t dot = file_name.rfind('.');
    if (dot == std::string_view::npos || dot == 0) return false;
    std::string extension(file_name.substr(dot + 1));
    std::transform(extension.begin(), extension.end(), extension.begin(), lower);
    return std::find(extensions.begin(), extensions.end(), extension) != extensions.end();
}

}  // namespace

bool is_video_container(std::string_view names) {
    while (!names.empty()) {
        const std::string_view name = names.substr(0, names.find(','));
        if (std::find(kContainers.begin(), kContainers.end(), name) != kContainers.end())
            return true;
        names.remove_prefix(std::min(names.size(), name.size() + 1));
    }
    return false;
}

bool has_video_extension(std::string_view file_name) {
    return ends_like_one_of(kExtensions, file_name);
}

bool has_picture_extension(std::string_view file_name) {
    return ends_like_one_of(kPictureExtensions, file_name);
}

}  // namespace dashcam
