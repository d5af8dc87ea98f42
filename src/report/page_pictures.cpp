#include "report/page_pictures.h"

#include <turbojpeg.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <memory>
#include <utility>
#include <vector>

#include "base/check.h"
#include "video/printable_path.h"

namespace dashcam {
namespace {

// A crop of an 8K frame takes less than half of it.
constexpr std::uintmax_t kLargestFile = 64u << 20;
constexpr int kPageQuality = 82;

struct CodecDelete {
    void operator()(void* handle) const { tjDestroy(handle); }
};
using Codec = std::unique_ptr<void, CodecDelete>;

struct JpegPixels {
    int width = 0;
    int height = 0;
    std::vector<unsigned char> rgb;
};

// Decoded at 1/1, 1/2, 1/4 or 1/8 of its size: the largest that is not wider than `widest`. (The
// library's other scales are slower.)
Result<JpegPixels> decoded(const std::string& jpeg, int widest) {
    const Codec decoder(tjInitDecompress());
    CHECK(decoder != nullptr);
    const auto* bytes = reinterpret_cast<const unsigned char*>(jpeg.data());
    JpegPixels pixels;
    int sampling = 0;
    int colours = 0;
    if (tjDecompressHeader3(decoder.get(), bytes, jpeg.size(), &pixels.width, &pixels.height,
                            &sampling, &colours) != 0) {
        return Error{std::string("no JPEG: ") + tjGetErrorStr2(decoder.get())};
    }
    for (int half = 0; half < 3 && pixels.width > widest; ++half) {
        pixels.width = (pixels.width + 1) / 2;
        pixels.height = (pixels.height + 1) / 2;
    }
    pixels.rgb.resize(static_cast<std::size_t>(pixels.width) * pixels.height * 3);
    if (tjDecompress2(decoder.get(), bytes, jpeg.size(), pixels.rgb.data(), pixels.width, 0,
                      pixels.height, TJPF_RGB, TJFLAG_FASTDCT) != 0) {
        return Error{std::string("a damaged JPEG: ") + tjGetErrorStr2(decoder.get())};
    }
    return pixels;
}

}  // namespace

Result<std::string> picture_file_bytes(const std::string& path) {
    std::error_code failed;
    const std::uintmax_t bytes = std::filesystem::file_size(path, failed);
    if (failed) return Error{printable_path(path) + ": " + failed.message()};
    if (bytes > kLargestFile) return Error{printable_path(path) + ": too large for a picture"};
    std::ifstream file(path, std::ios::binary);
    std::string content{std::istreambuf_iterator<char>(file), {}};
    if (!file || content.size() != bytes)
        return Error{printable_path(path) + ": " + std::strerror(errno != 0 ? errno : EIO)};
    return content;
}

bool is_whole_jpeg(const std::string& jpeg) {
    return jpeg.size() > 4 && jpeg.ends_with("\xff\xd9") &&
           decoded(jpeg, std::numeric_limits<int>::max()).ok();
}

Result<std::string> fitted_jpeg(const std::string& jpeg, int widest) {
    TRY_ASSIGN(const JpegPixels pixels, decoded(jpeg, widest));
    const Codec encoder(tjInitCompress());
    CHECK(encoder != nullptr);
    unsigned char* data = nullptr;
    unsigned long bytes = 0;
    const int status =
        tjCompress2(encoder.get(), pixels.rgb.data(), pixels.width, 0, pixels.height, TJPF_RGB,
                    &data, &bytes, TJSAMP_420, kPageQuality, TJFLAG_FASTDCT);
    std::string out;
    if (status == 0) out.assign(reinterpret_cast<const char*>(data), bytes);
    tjFree(data);
    if (status != 0) return Error{std::string("cannot encode: ") + tjGetErrorStr2(encoder.get())};
    // Small pictures keep their quality; those that are small on the disk, too.
    return out.size() < jpeg.size() ? out : jpeg;
}

}  // namespace dashcam
