#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "video/decoder.h"

namespace dashcam {

// A temporary folder with clips made by the ffmpeg program; removed with everything in it.
class ClipFolder {
  public:
    ClipFolder();
    ~ClipFolder();
    ClipFolder(const ClipFolder&) = delete;
    ClipFolder& operator=(const ClipFolder&) = delete;

    // The path of a file in the folder, whether it exists or not.
    std::string path(const std::string& name) const { return folder_ + "/" + name; }
    // Runs "ffmpeg ARGUMENTS FILE" with a shell and returns the file's path. A failure fails the
    // test.
    std::string make(const std::string& name, const std::string& arguments) const;
    std::string write(const std::string& name, const std::vector<std::uint8_t>& content) const;
    std::vector<std::uint8_t> read(const std::string& path) const;

  private:
    std::string folder_;
};

// A whole clip, decoded.
struct Decoded {
    std::string error;  // of open_video() or next(), "" if there was none
    VideoInfo info;
    std::vector<std::int64_t> times_us;
    std::vector<std::vector<std::uint8_t>> frames;
    NextFrame end;
    std::string damage;

    FrameView frame(std::size_t index) const { return {frames.at(index).data(), info.format}; }
};

// Decodes everything and checks what holds for every clip: strictly increasing times from 0,
// nothing written outside the frame, the same end when asked again.
Decoded decode_all(const std::string& path, const DecoderOptions& options = {});

// One pixel as Y, Cb, Cr.
struct Yuv {
    int y = 0;
    int cb = 0;
    int cr = 0;
};
Yuv pixel(const FrameView& frame, int x, int y);

// Whether no component is off by more than `tolerance`, which lossy codecs need.
bool near(const Yuv& a, const Yuv& b, int tolerance);

// BT.601, limited range.
constexpr Yuv kRed{81, 90, 240};
constexpr Yuv kLime{145, 54, 34};
constexpr Yuv kBlue{41, 240, 110};
constexpr Yuv kWhite{235, 128, 128};

// DASHCAM_TEST_SEED, or `otherwise`; printed, so that a failure can be repeated.
std::uint64_t test_seed(std::uint64_t otherwise);

}  // namespace dashcam
