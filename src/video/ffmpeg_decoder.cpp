#include "video/ffmpeg_decoder.h"

extern "C" {
#include <libavutil/pixdesc.h>
}

#include <algorithm>
#include <cstdio>
#include <utility>

#include "base/check.h"
#include "video/libav_log.h"
#include "video/printable_path.h"

namespace dashcam {
namespace {

// A decoder that only reports errors and takes no packets would be a bug of libav: end, don't spin.
constexpr int kMostErrorsInARow = 10'000;

// Codecs round sizes up to whole blocks, of 64 pixels at most in H.265 and VP9, of 128 in AV1.
constexpr int kCodingBlock_px = 128;

std::string seconds(std::int64_t us) {
    char text[32];
    std::snprintf(text, sizeof text, "%.1f s", static_cast<double>(us) * 1e-6);
    return text;
}

Result<CodecContextPtr> open_codec(const Demuxer& demuxer, const DecoderOptions& options) {
    const auto fail = [&](int code, const std::string& detail) {
        return Error{printable_path(demuxer.path()) + " cannot be decoded: the decoder for '" +
                     demuxer.info().codec + "' does not start (" + libav_error_text(code, detail) +
                     "); convert it to H.264 or leave it out"};
    };
    const LibavLogCapture log;
    CodecContextPtr codec(avcodec_alloc_context3(&demuxer.codec()));
    CHECK(codec != nullptr);
    const int copied = avcodec_parameters_to_context(codec.get(), demuxer.stream().codecpar);
    if (copied < 0) return fail(copied, log.last_error());
    codec->pkt_timebase = demuxer.stream().time_base;
    codec->thread_count = options.threads;
    // Crop exactly, even where that leaves rows unaligned: they are copied or scaled anyway.
    codec->flags |= AV_CODEC_FLAG_UNALIGNED;
    // A picture that grows beyond this midway fails to decode instead of taking all memory.
    const auto coded = [](int limit) { return std::int64_t{limit} + kCodingBlock_px; };
    codec->max_pixels = coded(options.max_width) * coded(options.max_height);
    const int opened = avcodec_open2(codec.get(), &demuxer.codec(), nullptr);
    if (opened < 0) return fail(opened, log.last_error());
    return codec;
}

}  // namespace

Result<std::unique_ptr<Decoder>> open_video(const std::string& path,
                                            const DecoderOptions& options) {
    return FfmpegDecoder::open(path, options);
}

Result<std::unique_ptr<Decoder>> FfmpegDecoder::open(const std::string& path,
                                                     const DecoderOptions& options) {
    TRY_ASSIGN(auto demuxer, Demuxer::open(path, options));
    TRY_ASSIGN(auto codec, open_codec(*demuxer, options));
    return std::unique_ptr<Decoder>(new FfmpegDecoder(std::move(demuxer), std::move(codec)));
}

FfmpegDecoder::FfmpegDecoder(std::unique_ptr<Demuxer> demuxer, CodecContextPtr codec)
    : demuxer_(std::move(demuxer)),
      codec_(std::move(codec)),
      frame_(av_frame_alloc()),
      packet_(av_packet_alloc()),
      converter_(demuxer_->info().format, demuxer_->orientation()),
      clock_(demuxer_->stream().time_base, demuxer_->frame_rate()) {
    CHECK(frame_ != nullptr && packet_ != nullptr);
}

Error FfmpegDecoder::error(const std::string& text) const {
    return {printable_path(demuxer_->path()) + " " + text};
}

Result<NextFrame> FfmpegDecoder::next() {
    has_frame_ = false;
    if (end_) return *end_;
    const LibavLogCapture log;
    const auto ended = [&](Result<NextFrame> end) {
        end_ = std::move(end);
        return *end_;
    };
    for (int errors = 0; errors < kMostErrorsInARow;) {
        const int got = avcodec_receive_frame(codec_.get(), frame_.get());
        if (!log.last_error().empty()) last_error_ = log.last_error();
        if (got == 0) {
            auto frame = take_frame();
            return frame.ok() ? frame : ended(std::move(frame));
        }
        if (got == AVERROR_EOF) break;
        if (got == AVERROR(ENOMEM)) return ended(error("cannot be decoded: not enough memory"));
        if (got != AVERROR(EAGAIN)) {
            if (key_packet_seen_) ++refused_packets_;
            ++errors;
            continue;
        }
        if (auto fed = feed(); !fed.ok()) return ended(fed.error());
        if (!log.last_error().empty()) last_error_ = log.last_error();
    }
    return ended(finish());
}

Result<void> FfmpegDecoder::feed() {
    TRY_ASSIGN(const auto status, demuxer_->read(*packet_));
    if (status == Demuxer::ReadStatus::kEnd) {
        // Refused only when it was told before.
        (void)avcodec_send_packet(codec_.get(), nullptr);
        return {};
    }
    // Clips cut out of a longer recording start with packets that need what was before: no damage.
    if ((packet_->flags & AV_PKT_FLAG_KEY) != 0) key_packet_seen_ = true;
    if ((packet_->flags & AV_PKT_FLAG_CORRUPT) != 0) ++marked_packets_;
    const int sent = avcodec_send_packet(codec_.get(), packet_.get());
    av_packet_unref(packet_.get());
    if (sent == AVERROR(ENOMEM)) return error("cannot be decoded: not enough memory");
    if (sent < 0 && sent != AVERROR(EAGAIN) && key_packet_seen_) ++refused_packets_;
    return {};
}

Result<NextFrame> FfmpegDecoder::take_frame() {
    if (auto ready = converter_.prepare(*frame_); !ready.ok()) {
        return error("cannot be decoded: " + ready.error().message + "; convert it to H.264");
    }
    std::optional<std::int64_t> ticks;
    if (frame_->best_effort_timestamp != AV_NOPTS_VALUE) ticks = frame_->best_effort_timestamp;
    const std::int64_t time_us = clock_.next(ticks);
    const std::int64_t length_us = frame_->pkt_duration > 0 ? clock_.length_us(frame_->pkt_duration)
                                                            : clock_.frame_length_us();
    end_us_ = std::max(end_us_, time_us + length_us);
    if (frame_->decode_error_flags != 0 || (frame_->flags & AV_FRAME_FLAG_CORRUPT) != 0) {
        ++damaged_frames_;
    }
    ++frames_;
    has_frame_ = true;
    return NextFrame{DecodeStatus::kFrame, time_us};
}

std::int64_t FfmpegDecoder::damaged_packets() const {
    // A packet that the container marks is usually refused or concealed as well: don't count it
    // twice.
    return std::max(marked_packets_, refused_packets_ + damaged_frames_) +
           demuxer_->damaged_places();
}

Result<NextFrame> FfmpegDecoder::finish() {
    av_frame_unref(frame_.get());
    const std::int64_t damaged = damaged_packets();
    if (frames_ == 0) {
        return error("is damaged: none of its pictures can be decoded" +
                     (last_error_.empty() ? "" : " (" + last_error_ + ")") + "; leave it out");
    }
    const auto promised_us = demuxer_->promised_us();
    const bool too_short = promised_us && end_us_ < *promised_us;
    const std::string count =
        std::to_string(damaged) + (damaged == 1 ? " damaged packet" : " damaged packets");
    NextFrame end{DecodeStatus::kEnd, clock_.last_us()};
    if (demuxer_->was_cut_off() || too_short) {
        end.status = DecodeStatus::kTruncated;
        damage_ = printable_path(demuxer_->path()) + " was cut off at " + seconds(end_us_);
        if (info().duration_us > 0) damage_ += " of " + seconds(info().duration_us);
        if (damaged > 0) damage_ += ", with " + count;
        damage_ += "; what is before was used";
    } else if (damaged > 0) {
        end.status = DecodeStatus::kCorrupt;
        damage_ = printable_path(demuxer_->path()) + " is damaged: " + count +
                  "; what could be decoded was used";
    }
    return end;
}

LumaPlane FfmpegDecoder::luma() const {
    CHECK(has_frame_);
    const AVPixFmtDescriptor* format =
        av_pix_fmt_desc_get(static_cast<AVPixelFormat>(frame_->format));
    constexpr std::uint64_t kNoLuma =
        AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL | AV_PIX_FMT_FLAG_HWACCEL;
    if (format == nullptr || (format->flags & kNoLuma) != 0) return {};
    const AVComponentDescriptor& y = format->comp[0];
    if (y.plane != 0 || y.step != 1 || y.offset != 0 || y.depth != 8) return {};
    return {frame_->data[0], frame_->linesize[0], frame_->width, frame_->height};
}

void FfmpegDecoder::copy_to(std::uint8_t* pixels) {
    CHECK(has_frame_);
    converter_.convert(*frame_, pixels);
}

}  // namespace dashcam
