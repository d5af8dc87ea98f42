#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "video/decoder.h"
#include "video/demuxer.h"
#include "video/frame_converter.h"
#include "video/libav_handles.h"
#include "video/presentation_clock.h"

namespace dashcam {

// Decodes with libavcodec, in software. The pixels' aspect ratio is ignored: frames keep the size
// in which they are coded. Interlaced pictures come as they are.
class FfmpegDecoder final : public Decoder {
  public:
    static Result<std::unique_ptr<Decoder>> open(const std::string& path,
                                                 const DecoderOptions& options);

    const VideoInfo& info() const override { return demuxer_->info(); }
    Result<NextFrame> next() override;
    void copy_to(std::uint8_t* pixels) override;
    LumaPlane luma() const override;
    const std::string& damage() const override { return damage_; }

  private:
    FfmpegDecoder(std::unique_ptr<Demuxer> demuxer, CodecContextPtr codec);

    // Gives the decoder one more packet, or tells it that there are none.
    Result<void> feed();
    Result<NextFrame> take_frame();
    Result<NextFrame> finish();
    std::int64_t damaged_packets() const;
    Error error(const std::string& text) const;

    std::unique_ptr<Demuxer> demuxer_;
    CodecContextPtr codec_;
    FramePtr frame_;
    PacketPtr packet_;
    FrameConverter converter_;
    PresentationClock clock_;
    std::int64_t frames_ = 0;
    std::int64_t end_us_ = 0;           // when the frame that lasts longest ends
    std::int64_t marked_packets_ = 0;   // the container says that they are damaged
    std::int64_t refused_packets_ = 0;  // the decoder could not use them
    std::int64_t damaged_frames_ = 0;   // the decoder concealed something
    bool key_packet_seen_ = false;
    bool has_frame_ = false;
    std::optional<Result<NextFrame>> end_;
    std::string last_error_;  // libav's last line
    std::string damage_;
};

}  // namespace dashcam
