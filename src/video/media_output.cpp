#include "video/media_output.h"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

#include "base/check.h"
#include "video/libav_log.h"
#include "video/printable_path.h"

namespace dashcam {

MediaOutput::MediaOutput(std::string path)
    : path_(std::move(path)), temporary_(path_ + ".part-" + std::to_string(getpid())) {}

MediaOutput::~MediaOutput() {
    if (format_ != nullptr) {
        avio_closep(&format_->pb);
        avformat_free_context(format_);
    }
    if (!temporary_.empty()) unlink(temporary_.c_str());
}

Error MediaOutput::error(int code) const {
    return {"cannot write " + printable_path(path_) + ": " + libav_error_text(code, "")};
}

Result<std::unique_ptr<MediaOutput>> MediaOutput::create(const std::string& path) {
    const LibavLogCapture log;
    const AVOutputFormat* container = av_guess_format(nullptr, path.c_str(), nullptr);
    if (container == nullptr || container->video_codec == AV_CODEC_ID_NONE ||
        (container->flags & AVFMT_NOFILE) != 0) {
        return Error{"cannot tell which kind of video " + printable_path(path) +
                     " shall be; let its name end with .mp4 or .mkv"};
    }
    std::unique_ptr<MediaOutput> output(new MediaOutput(path));
    const int made =
        avformat_alloc_output_context2(&output->format_, container, nullptr, path.c_str());
    CHECK(made >= 0 && output->format_ != nullptr);
    // "file:" so that a colon in a name does not make it a protocol.
    const std::string address = "file:" + output->temporary_;
    const int opened = avio_open(&output->format_->pb, address.c_str(), AVIO_FLAG_WRITE);
    if (opened < 0) {
        const Error error = output->error(opened);
        return Error{error.message + "; name another file with -o"};
    }
    output->format_->flags |= AVFMT_FLAG_BITEXACT;
    return output;
}

bool MediaOutput::can_hold(AVCodecID codec) const {
    return avformat_query_codec(format_->oformat, codec, FF_COMPLIANCE_NORMAL) == 1;
}

Result<void> MediaOutput::write_header() {
    const LibavLogCapture log;
    const int code = avformat_write_header(format_, nullptr);
    if (code < 0) return error(code);
    header_written_ = true;
    return {};
}

Result<void> MediaOutput::write(AVPacket& packet) {
    const LibavLogCapture log;
    packet.pos = -1;
    const int code = av_interleaved_write_frame(format_, &packet);
    if (code < 0) return error(code);
    return {};
}

Result<void> MediaOutput::finish() {
    CHECK(header_written_);
    const LibavLogCapture log;
    int code = av_write_trailer(format_);
    const int closed = avio_closep(&format_->pb);
    if (code >= 0) code = closed;
    if (code < 0) return error(code);
    if (std::rename(temporary_.c_str(), path_.c_str()) != 0) return error(AVERROR(errno));
    temporary_.clear();
    return {};
}

}  // namespace dashcam
