#include "video/frame_converter.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>

extern "C" {
#include <libavutil/opt.h>
#include <libavutil/pixdesc.h>
}

#include "base/check.h"

namespace dashcam {
namespace {

constexpr std::size_t kAlignment = 32;  // FrameFormat's rows
constexpr std::uint8_t kNeutralChroma = 128;

// The same pixels on every CPU, and chroma averaged rather than picked.
constexpr int kScaleFlags = SWS_BILINEAR | SWS_ACCURATE_RND | SWS_BITEXACT | SWS_FULL_CHR_H_INP;

// swscale takes the range of the deprecated 'J' formats from their name; here it comes from the
// caller.
AVPixelFormat without_range(AVPixelFormat format) {
    switch (format) {
        case AV_PIX_FMT_YUVJ420P:
            return AV_PIX_FMT_YUV420P;
        case AV_PIX_FMT_YUVJ422P:
            return AV_PIX_FMT_YUV422P;
        case AV_PIX_FMT_YUVJ444P:
            return AV_PIX_FMT_YUV444P;
        case AV_PIX_FMT_YUVJ440P:
            return AV_PIX_FMT_YUV440P;
        case AV_PIX_FMT_YUVJ411P:
            return AV_PIX_FMT_YUV411P;
        default:
            return format;
    }
}

int coefficients(ColorMatrix matrix) {
    switch (matrix) {
        case ColorMatrix::kBt601:
            return SWS_CS_ITU601;
        case ColorMatrix::kBt709:
            return SWS_CS_ITU709;
        case ColorMatrix::kBt2020:
            return SWS_CS_BT2020;
    }
    return SWS_CS_DEFAULT;
}

bool is_packed_422(int pixel_format) {
    return pixel_format == AV_PIX_FMT_YUYV422 || pixel_format == AV_PIX_FMT_UYVY422 ||
           pixel_format == AV_PIX_FMT_YVYU422;
}

void fill_padding(std::uint8_t* row, int width, int stride) {
    if (stride > width) std::memset(row + width, row[width - 1], stride - width);
}

// Copies a plane that is `width` x `height` afterwards.
void copy_plane(const std::uint8_t* from, int from_stride, std::uint8_t* to, int to_stride,
                int width, int height) {
    for (int y = 0; y < height; ++y) {
        std::memcpy(to, from, width);
        fill_padding(to, width, to_stride);
        from += from_stride;
        to += to_stride;
    }
}

// Reads backwards from `last`.
void reverse_row(const std::uint8_t* last, std::uint8_t* to, int width) {
    constexpr int kWord = sizeof(std::uint64_t);
    int x = 0;
    for (; x + kWord <= width; x += kWord) {
        std::uint64_t word = 0;
        std::memcpy(&word, last - x - (kWord - 1), kWord);
        word = __builtin_bswap64(word);
        std::memcpy(to + x, &word, kWord);
    }
    for (; x < width; ++x) to[x] = *(last - x);
}

// The same with a turn. In tiles, so that columns of the source stay in the cache while rows are
// written.
void turn_plane(const std::uint8_t* from, int from_stride, std::uint8_t* to, int to_stride,
                int width, int height, Orientation orientation) {
    constexpr int kTile = 64;
    // Steps in the source for one step to the right and one step down.
    const std::ptrdiff_t along_x = orientation.swap_axes ? from_stride : 1;
    const std::ptrdiff_t along_y = orientation.swap_axes ? 1 : from_stride;
    const std::ptrdiff_t step_x = orientation.mirror_x ? -along_x : along_x;
    const std::ptrdiff_t step_y = orientation.mirror_y ? -along_y : along_y;
    if (orientation.mirror_x) from += along_x * (width - 1);
    if (orientation.mirror_y) from += along_y * (height - 1);
    if (step_x == -1) {
        // Upside down, as recorders hang from the windscreen.
        for (int y = 0; y < height; ++y) {
            std::uint8_t* row = to + std::ptrdiff_t{to_stride} * y;
            reverse_row(from + step_y * y, row, width);
            fill_padding(row, width, to_stride);
        }
        return;
    }
    for (int top = 0; top < height; top += kTile) {
        for (int left = 0; left < width; left += kTile) {
            const int bottom = std::min(top + kTile, height);
            const int right = std::min(left + kTile, width);
            for (int y = top; y < bottom; ++y) {
                const std::uint8_t* source = from + step_y * y;
                std::uint8_t* row = to + static_cast<std::ptrdiff_t>(to_stride) * y;
                for (int x = left; x < right; ++x) row[x] = source[step_x * x];
            }
        }
    }
    for (int y = 0; y < height; ++y) {
        fill_padding(to + static_cast<std::ptrdiff_t>(to_stride) * y, width, to_stride);
    }
}

}  // namespace

Orientation Orientation::from_display_matrix(const std::int32_t* matrix) {
    if (matrix == nullptr) return {};
    // A point (x, y) is shown at (a x + c y, b x + d y).
    const double a = matrix[0], b = matrix[1], c = matrix[3], d = matrix[4];
    if (std::abs(a) + std::abs(d) >= std::abs(b) + std::abs(c)) return {false, a < 0, d < 0};
    return {true, c < 0, b < 0};
}

int Orientation::degrees() const {
    if (swap_axes) return mirror_x ? 90 : 270;
    return mirror_y ? 180 : 0;
}

FrameConverter::FrameConverter(const FrameFormat& upright, Orientation orientation)
    : format_(upright), stored_(upright), orientation_(orientation) {
    if (orientation.swap_axes) std::swap(stored_.width, stored_.height);
}

Result<void> FrameConverter::prepare(const AVFrame& picture) {
    const auto given = static_cast<AVPixelFormat>(picture.format);
    const AVPixelFormat pixel_format = without_range(given);
    Source source{picture.width, picture.height, pixel_format, format_.range};
    if (given != pixel_format || picture.color_range == AVCOL_RANGE_JPEG) {
        source.range = ColorRange::kFull;
    } else if (picture.color_range == AVCOL_RANGE_MPEG) {
        source.range = ColorRange::kLimited;
    }
    const bool same_size = source.width == stored_.width && source.height == stored_.height;
    if (same_size && source.range == format_.range) {
        if (pixel_format == AV_PIX_FMT_YUV420P) {
            way_ = Way::kCopy;
            return {};
        }
        if (pixel_format == AV_PIX_FMT_GRAY8) {
            way_ = Way::kCopyGrey;
            grey_row_.resize(stored_.chroma_stride(), kNeutralChroma);
            return {};
        }
    }
    way_ = Way::kScale;
    if (scaler_ != nullptr && source == source_) return {};
    const auto unusable = [&] {
        const char* name = av_get_pix_fmt_name(given);
        return Error{std::string("its pixel format ") + (name != nullptr ? name : "?") + " at " +
                     std::to_string(source.width) + "x" + std::to_string(source.height) +
                     " cannot be converted"};
    };
    if (!sws_isSupportedInput(pixel_format)) return unusable();
    scaler_.reset(sws_alloc_context());
    CHECK(scaler_ != nullptr);
    SwsContext* sws = scaler_.get();
    const auto set = [&](const char* option, std::int64_t value) {
        CHECK(av_opt_set_int(sws, option, value, 0) >= 0);
    };
    const bool from_full = source.range == ColorRange::kFull;
    const bool to_full = format_.range == ColorRange::kFull;
    set("srcw", source.width);
    set("srch", source.height);
    set("src_format", pixel_format);
    set("src_range", from_full);
    set("dstw", stored_.width);
    set("dsth", stored_.height);
    set("dst_format", AV_PIX_FMT_YUV420P);
    set("dst_range", to_full);
    set("sws_flags", kScaleFlags);
    if (sws_init_context(sws, nullptr, nullptr) < 0) {
        scaler_.reset();
        return unusable();
    }
    // Matters for RGB only: YUV keeps its matrix. Fails where there is nothing to set.
    const int* matrix = sws_getCoefficients(coefficients(format_.matrix));
    constexpr int kUnchanged = 1 << 16;
    (void)sws_setColorspaceDetails(sws, matrix, from_full, matrix, to_full, 0, kUnchanged,
                                   kUnchanged);
    source_ = source;
    return {};
}

void FrameConverter::scale(const AVFrame& picture, std::uint8_t* const data[4],
                           const int stride[4]) {
    const int rows =
        sws_scale(scaler_.get(), picture.data, picture.linesize, 0, picture.height, data, stride);
    // prepare() has checked everything that can be wrong.
    CHECK(rows == stored_.height);
    if (stored_.height % 2 == 0 || !is_packed_422(source_.pixel_format)) return;
    // swscale leaves the chroma of a last single row unwritten for these formats.
    const int last = stored_.chroma_height() - 1;
    for (int plane = 1; plane < 3; ++plane) {
        std::uint8_t* row = data[plane] + std::ptrdiff_t{last} * stride[plane];
        if (last > 0) {
            std::memcpy(row, row - stride[plane], stored_.chroma_width());
        } else {
            std::memset(row, kNeutralChroma, stored_.chroma_width());
        }
    }
}

void FrameConverter::write_planes(const Planes& from, std::uint8_t* pixels) const {
    std::uint8_t* to = pixels;
    for (int plane = 0; plane < 3; ++plane) {
        const int width = plane == 0 ? format_.width : format_.chroma_width();
        const int height = plane == 0 ? format_.height : format_.chroma_height();
        const int stride = plane == 0 ? format_.luma_stride() : format_.chroma_stride();
        if (orientation_.is_upright()) {
            copy_plane(from.data[plane], from.stride[plane], to, stride, width, height);
        } else {
            turn_plane(from.data[plane], from.stride[plane], to, stride, width, height,
                       orientation_);
        }
        to += static_cast<std::size_t>(stride) * height;
    }
}

void FrameConverter::convert(const AVFrame& picture, std::uint8_t* pixels) {
    if (way_ == Way::kCopy) {
        write_planes({{picture.data[0], picture.data[1], picture.data[2]},
                      {picture.linesize[0], picture.linesize[1], picture.linesize[2]}},
                     pixels);
        return;
    }
    if (way_ == Way::kCopyGrey) {
        // One row of neutral chroma serves for all: its stride is 0. Turned, the axes are swapped.
        grey_row_.resize(std::max(format_.chroma_stride(), stored_.chroma_stride()),
                         kNeutralChroma);
        write_planes(
            {{picture.data[0], grey_row_.data(), grey_row_.data()}, {picture.linesize[0], 0, 0}},
            pixels);
        return;
    }
    CHECK(reinterpret_cast<std::uintptr_t>(pixels) % kAlignment == 0);
    std::uint8_t* target = pixels;
    if (!orientation_.is_upright()) {
        unturned_.resize(stored_.bytes() + kAlignment);
        void* aligned = unturned_.data();
        std::size_t space = unturned_.size();
        CHECK(std::align(kAlignment, stored_.bytes(), aligned, space) != nullptr);
        target = static_cast<std::uint8_t*>(aligned);
    }
    const std::size_t luma_bytes = static_cast<std::size_t>(stored_.luma_stride()) * stored_.height;
    const std::size_t chroma_bytes =
        static_cast<std::size_t>(stored_.chroma_stride()) * stored_.chroma_height();
    std::uint8_t* const data[4] = {target, target + luma_bytes, target + luma_bytes + chroma_bytes,
                                   nullptr};
    const int stride[4] = {stored_.luma_stride(), stored_.chroma_stride(), stored_.chroma_stride(),
                           0};
    scale(picture, data, stride);
    if (!orientation_.is_upright()) {
        write_planes({{data[0], data[1], data[2]}, {stride[0], stride[1], stride[2]}}, pixels);
        return;
    }
    for (int plane = 0; plane < 3; ++plane) {
        const int width = plane == 0 ? stored_.width : stored_.chroma_width();
        const int height = plane == 0 ? stored_.height : stored_.chroma_height();
        for (int y = 0; y < height; ++y) {
            fill_padding(data[plane] + static_cast<std::ptrdiff_t>(stride[plane]) * y, width,
                         stride[plane]);
        }
    }
}

}  // namespace dashcam
