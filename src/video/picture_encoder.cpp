#include "video/picture_encoder.h"

#include "base/check.h"
#include "video/libav_log.h"

namespace dashcam {
namespace {

constexpr AVRational kMicroseconds{1, 1'000'000};
constexpr double kUnknownRate = 25;

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

const AVCodec* encoder_of(const PictureEncoder::Options& options) {
    const AVCodec* codec = avcodec_find_encoder_by_name("libx264");
    if (codec != nullptr) return codec;
    return avcodec_find_encoder(options.mpeg4_quantiser > 0 ? AV_CODEC_ID_MPEG4 : AV_CODEC_ID_H264);
}

}  // namespace

PictureEncoder::PictureEncoder() : frame_(av_frame_alloc()), packet_(av_packet_alloc()) {
    CHECK(frame_ != nullptr && packet_ != nullptr);
}

Result<std::unique_ptr<PictureEncoder>> PictureEncoder::create(AVFormatContext& output,
                                                               const FrameFormat& format,
                                                               double frames_per_second,
                                                               const Options& options) {
    const LibavLogCapture log;
    const AVCodec* codec = encoder_of(options);
    if (codec == nullptr) {
        return Error{
            "libav here has no encoder for it: install it with "
            "apt-get install --reinstall libavcodec59"};
    }
    std::unique_ptr<PictureEncoder> made(new PictureEncoder());
    made->encoder_.reset(avcodec_alloc_context3(codec));
    AVCodecContext* encoder = made->encoder_.get();
    CHECK(encoder != nullptr);
    encoder->width = format.width & ~1;
    encoder->height = format.height & ~1;
    encoder->pix_fmt = AV_PIX_FMT_YUV420P;
    encoder->time_base = options.time_base;
    encoder->framerate = av_d2q(frames_per_second > 0 ? frames_per_second : kUnknownRate, 100'000);
    encoder->color_range = format.range == ColorRange::kFull ? AVCOL_RANGE_JPEG : AVCOL_RANGE_MPEG;
    encoder->colorspace = color_space(format.matrix);
    if (options.threads > 0) encoder->thread_count = options.threads;
    if ((output.oformat->flags & AVFMT_GLOBALHEADER) != 0)
        encoder->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
    AVDictionary* settings = nullptr;
    if (codec->id == AV_CODEC_ID_MPEG4) {
        encoder->flags |= AV_CODEC_FLAG_QSCALE;
        encoder->global_quality = options.mpeg4_quantiser * FF_QP2LAMBDA;
    } else {
        av_dict_set(&settings, "crf", options.quality, 0);
        if (options.preset != nullptr) av_dict_set(&settings, "preset", options.preset, 0);
    }
    const int opened = avcodec_open2(encoder, codec, &settings);
    av_dict_free(&settings);
    if (opened < 0) {
        return Error{"cannot encode " + std::to_string(format.width) + "x" +
                     std::to_string(format.height) +
                     " pictures: " + libav_error_text(opened, log.last_error())};
    }
    made->stream_ = avformat_new_stream(&output, nullptr);
    CHECK(made->stream_ != nullptr);
    avcodec_parameters_from_context(made->stream_->codecpar, encoder);
    made->stream_->time_base = options.time_base;
    made->stream_->avg_frame_rate = encoder->framerate;
    made->frame_->format = encoder->pix_fmt;
    made->frame_->width = encoder->width;
    made->frame_->height = encoder->height;
    return made;
}

Result<void> PictureEncoder::add(const FrameView& frame, std::int64_t time_us, const Sink& sink) {
    // The encoder copies what it keeps, since the frame has no buffer of its own.
    frame_->data[0] = const_cast<std::uint8_t*>(frame.luma());
    frame_->data[1] = const_cast<std::uint8_t*>(frame.cb());
    frame_->data[2] = const_cast<std::uint8_t*>(frame.cr());
    frame_->linesize[0] = frame.format.luma_stride();
    frame_->linesize[1] = frame_->linesize[2] = frame.format.chroma_stride();
    frame_->pts = av_rescale_q(time_us, kMicroseconds, encoder_->time_base);
    return send(frame_.get(), sink);
}

std::string PictureEncoder::codec() const { return avcodec_get_name(encoder_->codec_id); }

Result<void> PictureEncoder::send(const AVFrame* frame, const Sink& sink) {
    const LibavLogCapture log;
    const int sent = avcodec_send_frame(encoder_.get(), frame);
    if (sent < 0) return Error{"cannot encode: " + libav_error_text(sent, log.last_error())};
    while (true) {
        const int got = avcodec_receive_packet(encoder_.get(), packet_.get());
        if (got == AVERROR(EAGAIN) || got == AVERROR_EOF) return {};
        if (got < 0) return Error{"cannot encode: " + libav_error_text(got, log.last_error())};
        packet_->stream_index = stream_->index;
        av_packet_rescale_ts(packet_.get(), encoder_->time_base, stream_->time_base);
        TRY(sink(*packet_));
    }
}

}  // namespace dashcam
