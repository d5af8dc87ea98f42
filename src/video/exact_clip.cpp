#include "video/exact_clip.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/check.h"
#include "video/decoder.h"
#include "video/media_output.h"
#include "video/picture_encoder.h"
#include "video/printable_path.h"

namespace dashcam {
namespace {

// x264's constant quality: hardly to be told from the original.
constexpr char kQuality[] = "18";
// A fifth of the time that x264 takes by default; files are a little larger.
constexpr char kPreset[] = "veryfast";

struct AlignedDelete {
    void operator()(std::uint8_t* p) const { std::free(p); }
};

}  // namespace

Result<CutClip> encode_part(const ClipPart& part) {
    TRY_ASSIGN(const auto decoder, open_video(part.source, {}));
    TRY_ASSIGN(const auto output, MediaOutput::create(part.output));
    if (!output->can_hold(AV_CODEC_ID_H264))
        return Error{"such a file cannot hold H.264; let the name end with .mp4"};
    PictureEncoder::Options options;
    options.quality = kQuality;
    options.preset = kPreset;
    const FrameFormat format = decoder->info().format;
    auto encoder =
        PictureEncoder::create(output->format(), format, decoder->info().frame_rate, options);
    if (!encoder.ok()) return Error{encoder.error().message + "; or leave out --exact"};
    TRY(output->write_header());
    const auto write = [&](AVPacket& packet) { return output->write(packet); };
    constexpr std::size_t kAlignment = 32;
    const std::size_t bytes = (format.bytes() + kAlignment - 1) / kAlignment * kAlignment;
    const std::unique_ptr<std::uint8_t, AlignedDelete> pixels(
        static_cast<std::uint8_t*>(std::aligned_alloc(kAlignment, bytes)));
    CHECK(pixels != nullptr);
    CutClip result;
    result.sound = "none: --exact keeps the pictures only";
    while (true) {
        TRY_ASSIGN(const NextFrame next, decoder->next());
        if (next.status != DecodeStatus::kFrame || next.time_us > part.to_us) break;
        if (next.time_us < part.from_us) continue;
        if (result.frames++ == 0) result.first_us = next.time_us;
        result.last_us = next.time_us;
        decoder->copy_to(pixels.get());
        TRY((*encoder)->add({pixels.get(), format}, next.time_us - result.first_us, write));
    }
    if (result.frames == 0) return Error{printable_path(part.source) + " has no pictures there"};
    TRY((*encoder)->finish(write));
    TRY(output->finish());
    return result;
}

}  // namespace dashcam
