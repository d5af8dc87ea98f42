#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <string>

#include "base/frame_view.h"
#include "base/result.h"

namespace dashcam {

// A still picture in memory, as the frames of clips are.
struct Picture {
    struct Delete {
        void operator()(std::uint8_t* pixels) const {
            ::operator delete[](pixels, std::align_val_t{kAlignment});
        }
    };
    static constexpr std::size_t kAlignment = 32;  // as frame slots have

    FrameFormat format;                              // upright, full range
    std::unique_ptr<std::uint8_t[], Delete> pixels;  // format.bytes() of them
    // One sentence if the file is damaged and the picture may be incomplete; else "".
    std::string damage;

    FrameView view() const { return {pixels.get(), format}; }
};

// Larger pictures are refused: the largest telephones' have 200 megapixels.
constexpr std::int64_t kMostPicturePixels = 256'000'000;
constexpr std::int64_t kMostPictureBytes = 512 << 20;

// Decodes a JPEG, PNG, WebP, BMP or TIFF file, told by its first bytes and not by its name, with
// libav. The turn that a camera noted (EXIF orientation) is applied. Errors, one sentence each that
// names the file: no such file, empty, not a picture, too large, cannot be decoded.
Result<Picture> read_picture(const std::string& path);

}  // namespace dashcam
