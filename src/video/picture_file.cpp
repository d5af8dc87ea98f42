#include "video/picture_file.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>
#include <string_view>
#include <utility>

#include "base/check.h"
#include "video/frame_converter.h"
#include "video/libav_handles.h"
#include "video/libav_log.h"
#include "video/printable_path.h"
#include "video/regular_file.h"

namespace dashcam {
namespace {

using namespace std::string_view_literals;

// By the signatures that the formats' standards prescribe.
std::optional<AVCodecID> codec_of(std::string_view bytes) {
    if (bytes.starts_with("\xff\xd8\xff"sv)) return AV_CODEC_ID_MJPEG;
    if (bytes.starts_with("\x89PNG\r\n\x1a\n"sv)) return AV_CODEC_ID_PNG;
    if (bytes.starts_with("RIFF"sv) && bytes.substr(0, 12).ends_with("WEBP"sv)) {
        return AV_CODEC_ID_WEBP;
    }
    if (bytes.starts_with("BM"sv)) return AV_CODEC_ID_BMP;
    if (bytes.starts_with("II*\0"sv) || bytes.starts_with("MM\0*"sv)) return AV_CODEC_ID_TIFF;
    return std::nullopt;
}

Error error(const std::string& path, const std::string& what) {
    return Error{printable_path(path) + " " + what};
}

Result<PacketPtr> packet_of_file(const std::string& path) {
    TRY_ASSIGN(const RegularFile file, RegularFile::open(path));
    if (file.size_bytes() == 0) return error(path, "is empty; leave it out");
    if (file.size_bytes() > kMostPictureBytes) {
        return error(path, "is too large for a picture (more than 512 MiB); leave it out");
    }
    PacketPtr packet(av_packet_alloc());
    CHECK(packet != nullptr);
    // The size was checked, and av_new_packet() adds the padding that decoders read over.
    if (av_new_packet(packet.get(), static_cast<int>(file.size_bytes())) < 0) {
        return error(path, "does not fit into memory; leave it out");
    }
    for (std::int64_t at = 0; at < file.size_bytes();) {
        const ssize_t got = pread(file.descriptor(), packet->data + at,
                                  static_cast<std::size_t>(file.size_bytes() - at), at);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) {
            return error(path, std::string("cannot be read (") +
                                   (got < 0 ? std::strerror(errno) : "it became shorter") +
                                   "); check the disk");
        }
        at += got;
    }
    return packet;
}

Result<CodecContextPtr> open_codec(const std::string& path, AVCodecID id) {
    const AVCodec* codec = avcodec_find_decoder(id);
    if (codec == nullptr) {
        return error(path, "needs a decoder that this libav does not have; convert it to JPEG");
    }
    CodecContextPtr context(avcodec_alloc_context3(codec));
    CHECK(context != nullptr);
    context->thread_count = 1;
    context->max_pixels = kMostPicturePixels;
    if (const int opened = avcodec_open2(context.get(), codec, nullptr); opened < 0) {
        return error(path, "cannot be decoded (" + libav_error_text(opened, "") + ")");
    }
    return context;
}

Orientation orientation_of(const AVFrame& frame) {
    const AVFrameSideData* side = av_frame_get_side_data(&frame, AV_FRAME_DATA_DISPLAYMATRIX);
    if (side == nullptr || side->size < 9 * sizeof(std::int32_t)) return {};
    std::int32_t matrix[9];
    std::memcpy(matrix, side->data, sizeof matrix);
    return Orientation::from_display_matrix(matrix);
}

Result<Picture> upright(const std::string& path, const AVFrame& frame) {
    const Orientation orientation = orientation_of(frame);
    Picture picture;
    picture.format.width = orientation.swap_axes ? frame.height : frame.width;
    picture.format.height = orientation.swap_axes ? frame.width : frame.height;
    // JPEG's own (JFIF); what is RGB is converted to it.
    picture.format.range = ColorRange::kFull;
    picture.format.matrix = ColorMatrix::kBt601;
    FrameConverter converter(picture.format, orientation);
    if (const Result<void> ready = converter.prepare(frame); !ready.ok()) {
        return error(path, "cannot be decoded: " + ready.error().message);
    }
    picture.pixels.reset(new (std::align_val_t{Picture::kAlignment})
                             std::uint8_t[picture.format.bytes()]);
    converter.convert(frame, picture.pixels.get());
    return picture;
}

}  // namespace

Result<Picture> read_picture(const std::string& path) {
    TRY_ASSIGN(const PacketPtr packet, packet_of_file(path));
    const std::string_view bytes(reinterpret_cast<const char*>(packet->data),
                                 static_cast<std::size_t>(packet->size));
    const std::optional<AVCodecID> id = codec_of(bytes);
    if (!id) {
        return error(path,
                     "is not a JPEG, PNG, WebP, BMP or TIFF picture; convert it or leave it out");
    }
    const LibavLogCapture log;
    TRY_ASSIGN(const CodecContextPtr codec, open_codec(path, *id));
    const FramePtr frame(av_frame_alloc());
    CHECK(frame != nullptr);
    int result = avcodec_send_packet(codec.get(), packet.get());
    if (result >= 0) result = avcodec_send_packet(codec.get(), nullptr);
    if (result >= 0) result = avcodec_receive_frame(codec.get(), frame.get());
    if (result < 0 || frame->width < 1 || frame->height < 1) {
        return error(path, "cannot be decoded (" + libav_error_text(result, log.last_error()) +
                               "); leave it out");
    }
    TRY_ASSIGN(Picture picture, upright(path, *frame));
    if (!log.last_error().empty()) {
        picture.damage = printable_path(path) + " is damaged (" + log.last_error() +
                         "); it may have been read in part";
    }
    return picture;
}

}  // namespace dashcam
