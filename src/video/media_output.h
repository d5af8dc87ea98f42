#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "video/libav_handles.h"

namespace dashcam {

// A media file being written with libav. It appears under its name only by finish(); before it lies
// beside it under a name of its own, and goes if it is not finished.
class MediaOutput {
  public:
    // The ending of `path` chooses the container. Errors: no container has that ending; the file
    // cannot be made.
    static Result<std::unique_ptr<MediaOutput>> create(const std::string& path);
    ~MediaOutput();
    MediaOutput(const MediaOutput&) = delete;
    MediaOutput& operator=(const MediaOutput&) = delete;

    AVFormatContext& format() { return *format_; }
    // True if the container can hold this codec.
    bool can_hold(AVCodecID codec) const;
    Result<void> write_header();
    // Takes what the packet refers to. Timestamps are in the output stream's time base.
    Result<void> write(AVPacket& packet);
    Result<void> finish();

  private:
    explicit MediaOutput(std::string path);
    Error error(int code) const;

    std::string path_;
    std::string temporary_;
    AVFormatContext* format_ = nullptr;
    bool header_written_ = false;
};

}  // namespace dashcam
