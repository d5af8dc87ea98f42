#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/frame_view.h"
#include "base/result.h"
#include "video/libav_handles.h"

namespace dashcam {

// Encodes frames into one stream of a media file: H.264.
class PictureEncoder {
  public:
    struct Options {
        const char* quality = "18";    // x264's constant rate factor
        const char* preset = nullptr;  // x264's; nullptr: its default
        int threads = 0;               // 0: the encoder's default
        AVRational time_base{1, 1'000'000};
        // MPEG-4 of this quantiser where libav has no x264; 0: any encoder of H.264 instead.
        int mpeg4_quantiser = 0;
    };
    // Takes what the packet refers to; its stream and timestamps are those of the output.
    using Sink = std::function<Result<void>(AVPacket&)>;

    // Adds a stream to `output`, whose header is not written yet, for frames of `format`; an odd
    // last row or column is left out, since 4:2:0 needs even sides. Errors: no encoder, or it does
    // not take such frames.
    static Result<std::unique_ptr<PictureEncoder>> create(AVFormatContext& output,
                                                          const FrameFormat& format,
                                                          double frames_per_second,
                                                          const Options& options);

    // Frames in order, `time_us` after the start of the stream.
    Result<void> add(const FrameView& frame, std::int64_t time_us, const Sink& sink);
    // Gives what is left.
    Result<void> finish(const Sink& sink) { return send(nullptr, sink); }

    // As libav names it: "h264" or "mpeg4".
    std::string codec() const;

  private:
    PictureEncoder();
    Result<void> send(const AVFrame* frame, const Sink& sink);

    FramePtr frame_;
    PacketPtr packet_;
    CodecContextPtr encoder_;
    AVStream* stream_ = nullptr;
};

}  // namespace dashcam
