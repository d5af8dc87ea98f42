#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/frame_view.h"
#include "base/result.h"

namespace dashcam {

// Writes frames into an MP4 file: H.264 where libav has x264, else MPEG-4. The sound of the source
// clip is copied packet by packet if MP4 takes it. The file has its name only when it is complete;
// until then, and after a crash, it ends with ".part".
class VideoWriter {
  public:
    // `source`: the clip whose sound is copied. Width and height of `format` may be odd: one column
    // or row is left out then. Errors: no encoder; the file cannot be written.
    static Result<std::unique_ptr<VideoWriter>> create(const std::string& path,
                                                       const std::string& source,
                                                       const FrameFormat& format,
                                                       double frames_per_second);
    ~VideoWriter();

    // Frames in order; times are those of the decoder, in microseconds.
    Result<void> write(const FrameView& frame, std::int64_t time_us);
    Result<void> finish();

    // "h264" or "mpeg4", and the copied sound's codec or "".
    const std::string& video_codec() const;
    const std::string& audio_codec() const;

  private:
    struct State;  // keeps libav's headers out of this one
    explicit VideoWriter(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace dashcam
