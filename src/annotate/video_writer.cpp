#include "annotate/video_writer.h"

#include <cerrno>
#include <cstdio>
#include <utility>

#include "base/check.h"
#include "video/libav_handles.h"
#include "video/libav_log.h"
#include "video/picture_encoder.h"
#include "video/printable_path.h"

namespace dashcam {
namespace {

// MPEG-4 allows no finer one; still exact for 24, 25, 30, 50 and 60 frames per second.
constexpr AVRational kTimeBase{1, 60'000};
constexpr AVRational kMicroseconds{1, 1'000'000};
// Good to look at; a third of what dashcams use.
constexpr const char* kX264Quality = "23";
constexpr const char* kX264Preset = "veryfast";
constexpr int kMpeg4Quantiser = 4;

struct OutputDelete {
    void operator()(AVFormatContext* context) const {
        if (context->pb != nullptr) avio_closep(&context->pb);
        avformat_free_context(context);
    }
};

}  // namespace

struct VideoWriter::State {
    std::string path;
    std::unique_ptr<AVFormatContext, OutputDelete> output;
    std::unique_ptr<PictureEncoder> encoder;
    std::string video_codec, audio_codec;

    // The source, read once more for its sound.
    std::unique_ptr<AVFormatContext, LibavDelete> source;
    AVStream* sound_in = nullptr;
    AVStream* sound_out = nullptr;
    PacketPtr sound{av_packet_alloc()};
    std::int64_t video_start_us = 0;
    bool sound_waits = false;  // `sound` holds a packet that is not written yet
    bool sound_ended = true;

    std::string part() const { return path + ".part"; }
    Error error(const char* what, int code) const {
        return Error{printable_path(path) + ": " + what + ": " + libav_error_text(code, "")};
    }
    void open_sound(const std::string& clip);
    Result<void> write_packet(AVPacket& packet);
    PictureEncoder::Sink sink() {
        return [this](AVPacket& packet) { return write_packet(packet); };
    }
    Result<void> copy_sound(std::int64_t until_us);
};

// Without sound, or with one that MP4 does not take, the video is silent.
void VideoWriter::State::open_sound(const std::string& clip) {
    AVFormatContext* context = nullptr;
    if (avformat_open_input(&context, clip.c_str(), nullptr, nullptr) < 0) return;
    source.reset(context);
    if (avformat_find_stream_info(context, nullptr) < 0) return;
    const int at = av_find_best_stream(context, AVMEDIA_TYPE_AUDIO, -1, -1, nullptr, 0);
    const int pictures = av_find_best_stream(context, AVMEDIA_TYPE_VIDEO, -1, -1, nullptr, 0);
    if (at < 0 || pictures < 0) return;
    sound_in = context->streams[at];
    if (avformat_query_codec(output->oformat, sound_in->codecpar->codec_id, FF_COMPLIANCE_NORMAL) !=
        1) {
        return;
    }
    const AVStream* picture_stream = context->streams[pictures];
    if (picture_stream->start_time != AV_NOPTS_VALUE)
        video_start_us =
            av_rescale_q(picture_stream->start_time, picture_stream->time_base, kMicroseconds);
    sound_out = avformat_new_stream(output.get(), nullptr);
    CHECK(sound_out != nullptr);
    avcodec_parameters_copy(sound_out->codecpar, sound_in->codecpar);
    sound_out->codecpar->codec_tag = 0;
    sound_out->time_base = sound_in->time_base;
    audio_codec = avcodec_get_name(sound_in->codecpar->codec_id);
    sound_ended = false;
}

Result<void> VideoWriter::State::copy_sound(std::int64_t until_us) {
    while (!sound_ended) {
        if (!sound_waits) {
            if (av_read_frame(source.get(), sound.get()) < 0) {
                sound_ended = true;
                break;
            }
            if (sound->stream_index != sound_in->index || sound->dts == AV_NOPTS_VALUE) {
                av_packet_unref(sound.get());
                continue;
            }
        }
        const std::int64_t time_us =
            av_rescale_q(sound->dts, sound_in->time_base, kMicroseconds) - video_start_us;
        sound_waits = time_us > until_us;
        if (sound_waits) break;
        const std::int64_t shift = av_rescale_q(video_start_us, kMicroseconds, sound_in->time_base);
        sound->dts -= shift;
        if (sound->pts != AV_NOPTS_VALUE) sound->pts -= shift;
        sound->stream_index = sound_out->index;
        sound->pos = -1;
        av_packet_rescale_ts(sound.get(), sound_in->time_base, sound_out->time_base);
        const int written = av_interleaved_write_frame(output.get(), sound.get());
        if (written < 0) return error("the sound cannot be written", written);
    }
    return {};
}

Result<void> VideoWriter::State::write_packet(AVPacket& packet) {
    const int written = av_interleaved_write_frame(output.get(), &packet);
    if (written < 0) return error("cannot be written", written);
    return {};
}

VideoWriter::VideoWriter(std::unique_ptr<State> state) : state_(std::move(state)) {}

VideoWriter::~VideoWriter() {
    if (state_ == nullptr || state_->output == nullptr) return;
    state_->output.reset();
    std::remove(state_->part().c_str());
}

Result<std::unique_ptr<VideoWriter>> VideoWriter::create(const std::string& path,
                                                         const std::string& source,
                                                         const FrameFormat& format,
                                                         double frames_per_second) {
    const LibavLogCapture log;
    auto state = std::make_unique<State>();
    state->path = path;
    AVFormatContext* context = nullptr;
    const int made = avformat_alloc_output_context2(&context, nullptr, "mp4", nullptr);
    if (made < 0) return state->error("libav has no MP4 writer", made);
    state->output.reset(context);
    PictureEncoder::Options options;
    options.quality = kX264Quality;
    options.preset = kX264Preset;
    options.threads = 1;  // clips are annotated side by side
    options.time_base = kTimeBase;
    options.mpeg4_quantiser = kMpeg4Quantiser;
    TRY_ASSIGN(state->encoder,
               PictureEncoder::create(*context, format, frames_per_second, options));
    state->video_codec = state->encoder->codec();
    state->open_sound(source);
    const int opened = avio_open(&context->pb, state->part().c_str(), AVIO_FLAG_WRITE);
    if (opened < 0) return state->error("cannot be written", opened);
    const int begun = avformat_write_header(context, nullptr);
    if (begun < 0) return state->error("cannot be written", begun);
    return std::unique_ptr<VideoWriter>(new VideoWriter(std::move(state)));
}

Result<void> VideoWriter::write(const FrameView& frame, std::int64_t time_us) {
    const LibavLogCapture log;
    TRY(state_->copy_sound(time_us));
    return state_->encoder->add(frame, time_us, state_->sink());
}

Result<void> VideoWriter::finish() {
    const LibavLogCapture log;
    TRY(state_->encoder->finish(state_->sink()));
    TRY(state_->copy_sound(INT64_MAX));
    const int ended = av_write_trailer(state_->output.get());
    if (ended < 0) return state_->error("cannot be written", ended);
    const int closed = avio_closep(&state_->output->pb);
    if (closed < 0) return state_->error("cannot be written", closed);
    if (std::rename(state_->part().c_str(), state_->path.c_str()) != 0)
        return state_->error("cannot be renamed", AVERROR(errno));
    state_->output.reset();
    return {};
}

const std::string& VideoWriter::video_codec() const { return state_->video_codec; }
const std::string& VideoWriter::audio_codec() const { return state_->audio_codec; }

}  // namespace dashcam
