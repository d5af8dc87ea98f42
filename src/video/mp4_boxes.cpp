#include "video/mp4_boxes.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

#include <sys/stat.h>
#include <unistd.h>

namespace dashcam {
namespace {

using namespace std::string_view_literals;

// The boxes that may come first in a file.
constexpr std::array kFirstBoxes{"ftyp"sv, "moov"sv, "mdat"sv, "free"sv,
                                 "skip"sv, "wide"sv, "pnot"sv, "uuid"sv};
// A real file has a handful; a crafted one must not make this a long walk.
constexpr int kMostBoxes = 100'000;

std::uint64_t big_endian(const std::uint8_t* bytes, int count) {
    std::uint64_t value = 0;
    for (int i = 0; i < count; ++i) value = value << 8 | bytes[i];
    return value;
}

}  // namespace

Mp4Structure mp4_structure(int descriptor) {
    struct stat status {};
    if (::fstat(descriptor, &status) != 0) return Mp4Structure::kNotMp4;
    const auto file_bytes = static_cast<std::uint64_t>(status.st_size);
    std::uint64_t offset = 0;
    for (int boxes = 0; boxes < kMostBoxes; ++boxes) {
        std::array<std::uint8_t, 16> header{};
        const ssize_t got =
            ::pread(descriptor, header.data(), header.size(), static_cast<off_t>(offset));
        const std::string_view type(reinterpret_cast<const char*>(header.data()) + 4, 4);
        const bool plausible = got >= 8 && std::find(kFirstBoxes.begin(), kFirstBoxes.end(),
                                                     type) != kFirstBoxes.end();
        if (boxes == 0 && !plausible) return Mp4Structure::kNotMp4;
        if (got < 8) return Mp4Structure::kIndexMissing;
        std::uint64_t box_bytes = big_endian(header.data(), 4);
        if (box_bytes == 0) box_bytes = file_bytes - offset;  // up to the end of the file
        if (box_bytes == 1) box_bytes = got >= 16 ? big_endian(header.data() + 8, 8) : file_bytes;
        const bool fits = box_bytes <= file_bytes - offset;
        if (type == "moov") return fits ? Mp4Structure::kIndexComplete : Mp4Structure::kIndexCutOff;
        if (!fits || box_bytes < 8) return Mp4Structure::kIndexMissing;
        offset += box_bytes;
        if (offset >= file_bytes) return Mp4Structure::kIndexMissing;
    }
    return Mp4Structure::kIndexMissing;
}

}  // namespace dashcam
