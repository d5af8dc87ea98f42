#include "video/exact_clip.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/check.h"
#include "video/decoder.h"
#include "video/libav_log.h"
#include "video/media_output.h"
#include "video/printable_path.h"

extern "C" {
#include <libavutil/imgutils.h>
#include <libavutil/opt.h>
}

namespace dashcam {
namespace {

constexpr AVRational kMicroseconds{1, 1'000'000};
// x264's constant quality: hardly to be told from the original.
constexpr char kQuality[] = "18";

AVColorSpace color_space(ColorMatrix matrix) {
    switch (matrix) {
        case ColorMatrix::kBt601:
            return AVCOL_SPC_SMPTE170M;
        case ColorMatrix::kBt709:
            return AVCOL_SPC_BT709;
        case ColorMatrix::kBt2020:
            return AVCOL_SPC_BT2020_NCL;
    }
    return AVCOL_SPC_UNSPECIFIED;
}

class PartEncoder {
  public:
    PartEncoder(MediaOutput& output, const VideoInfo& info)
        : output_(output),
          format_(info.format),
          packet_(av_packet_alloc()),
          frame_(av_frame_alloc()) {
        CHECK(packet_ != nullptr && frame_ != nullptr);
    }

    Result<void> open(double frame_rate) {
        const LibavLogCapture log;
        const AVCodec* codec = avcodec_find_encoder_by_name("libx264");
        if (codec == nullptr) codec = avcodec_find_encoder(AV_CODEC_ID_H264);
        if (codec == nullptr || !output_.can_hold(AV_CODEC_ID_H264)) {
            return Error{codec == nullptr
                             ? "this libav cannot encode H.264; leave out --exact"
                             : "such a file cannot hold H.264; let the name end with .mp4"};
        }
        encoder_.reset(avcodec_alloc_context3(codec));
        CHECK(encoder_ != nullptr);
        // 4:2:0 needs even sides; an odd one loses its last row or column.
        encoder_->width = format_.width & ~1;
        encoder_->height = format_.height & ~1;
        encoder_->pix_fmt = AV_PIX_FMT_YUV420P;
        encoder_->time_base = kMicroseconds;
        encoder_->framerate = av_d2q(frame_rate > 0 ? frame_rate : 25, 100'000);
        encoder_->color_range =
            format_.range == ColorRange::kFull ? AVCOL_RANGE_JPEG : AVCOL_RANGE_MPEG;
        encoder_->colorspace = color_space(format_.matrix);
        if ((output_.format().oformat->flags & AVFMT_GLOBALHEADER) != 0)
            encoder_->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
        av_opt_set(encoder_->priv_data, "crf", kQuality, 0);
        const int opened = avcodec_open2(encoder_.get(), codec, nullptr);
        if (opened < 0) {
            return Error{"cannot encode " + std::to_string(format_.width) + "x" +
                         std::to_string(format_.height) +
                         " pictures as H.264: " + libav_error_text(opened, log.last_error())};
        }
        stream_ = avformat_new_stream(&output_.format(), nullptr);
        CHECK(stream_ != nullptr);
        avcodec_parameters_from_context(stream_->codecpar, encoder_.get());
        stream_->time_base = kMicroseconds;
        stream_->avg_frame_rate = encoder_->framerate;
        frame_->format = encoder_->pix_fmt;
        frame_->width = encoder_->width;
        frame_->height = encoder_->height;
        return output_.write_header();
    }

    Result<void> add(const std::uint8_t* pixels, std::int64_t time_us) {
        // The encoder copies what it keeps, since the frame has no buffer of its own.
        const FrameView view{pixels, format_};
        frame_->data[0] = const_cast<std::uint8_t*>(view.luma());
        frame_->data[1] = const_cast<std::uint8_t*>(view.cb());
        frame_->data[2] = const_cast<std::uint8_t*>(view.cr());
        frame_->linesize[0] = format_.luma_stride();
        frame_->linesize[1] = frame_->linesize[2] = format_.chroma_stride();
        frame_->pts = time_us;
        return send(frame_.get());
    }

    Result<void> finish() {
        TRY(send(nullptr));
        return output_.finish();
    }

  private:
    Result<void> send(const AVFrame* frame) {
        const LibavLogCapture log;
        const int sent = avcodec_send_frame(encoder_.get(), frame);
        if (sent < 0) return Error{"cannot encode: " + libav_error_text(sent, log.last_error())};
        while (true) {
            const int got = avcodec_receive_packet(encoder_.get(), packet_.get());
            if (got == AVERROR(EAGAIN) || got == AVERROR_EOF) return {};
            if (got < 0) return Error{"cannot encode: " + libav_error_text(got, log.last_error())};
            av_packet_rescale_ts(packet_.get(), kMicroseconds, stream_->time_base);
            packet_->stream_index = stream_->index;
            TRY(output_.write(*packet_));
        }
    }

    MediaOutput& output_;
    FrameFormat format_;
    PacketPtr packet_;
    FramePtr frame_;
    CodecContextPtr encoder_;
    AVStream* stream_ = nullptr;
};

struct AlignedDelete {
    void operator()(std::uint8_t* p) const { std::free(p); }
};

}  // namespace

Result<CutClip> encode_part(const ClipPart& part) {
    TRY_ASSIGN(const auto decoder, open_video(part.source, {}));
    TRY_ASSIGN(const auto output, MediaOutput::create(part.output));
    PartEncoder encoder(*output, decoder->info());
    TRY(encoder.open(decoder->info().frame_rate));
    constexpr std::size_t kAlignment = 32;
    const std::size_t bytes =
        (decoder->info().format.bytes() + kAlignment - 1) / kAlignment * kAlignment;
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
        TRY(encoder.add(pixels.get(), next.time_us - result.first_us));
    }
    if (result.frames == 0) return Error{printable_path(part.source) + " has no pictures there"};
    TRY(encoder.finish());
    return result;
}

}  // namespace dashcam
