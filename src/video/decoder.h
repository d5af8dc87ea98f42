#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/frame_view.h"
#include "base/result.h"

namespace dashcam {

// What is known about a clip before any of its frames is decoded.
struct VideoInfo {
    FrameFormat format;                 // of every frame; upright, after the container's rotation
    std::int64_t duration_us = 0;       // 0 if the container does not tell
    double frame_rate = 0;              // average frames per second, 0 if unknown
    std::int64_t estimated_frames = 0;  // for progress only; 0 if unknown
    std::string codec;                  // libav's short name, such as "h264"
    std::string container;              // libav's short names, such as "mov,mp4,m4a,3gp,3g2,mj2"
    // creation_time as ISO 8601 in UTC, or "". Many recorders write their local time there as if it
    // were UTC, and a clock that was never set (before the year 2000) counts as unknown.
    std::string recorded_at;
    int rotation_degrees =
        0;  // clockwise turn that was applied to get upright frames: 0, 90, 180, 270
};

enum class DecodeStatus : std::uint8_t {
    kFrame,      // a frame is there
    kEnd,        // the clip ended as it should
    kTruncated,  // the clip ended earlier than its container promises: it was cut off
    kCorrupt,    // the clip has its full length, but some of its packets are damaged
};

struct NextFrame {
    DecodeStatus status = DecodeStatus::kEnd;
    // kFrame: the frame's presentation time in microseconds; otherwise: the last frame's. The first
    // frame is at 0, and every later one is later than the one before it.
    std::int64_t time_us = 0;
};

// The brightness of a picture as it was decoded, before any turn, 8 bits for each pixel.
struct LumaPlane {
    const std::uint8_t* pixels = nullptr;  // null: the picture has no such plane
    std::ptrdiff_t stride = 0;             // bytes from one row to the next; may be negative
    int width = 0;
    int height = 0;
};

// One clip, decoded once from start to end. Belongs to one thread at a time.
class Decoder {
  public:
    virtual ~Decoder() = default;

    virtual const VideoInfo& info() const = 0;

    // Decodes the next frame in display order. Its pixels stay inside the decoder until the next
    // call. Damage does not stop decoding: what can be decoded after it still comes, and the end's
    // status tells. After an end, every further call returns that end. An Error means that the
    // frames so far are all there will be, for another reason than the clip's contents (reading
    // failed, no memory) or because no frame could be decoded at all.
    virtual Result<NextFrame> next() = 0;

    // Writes the current frame as 8-bit I420 of info().format into `pixels`, FrameFormat::bytes()
    // of them, aligned to 32 bytes. The padding at the end of a row repeats the row's last pixel.
    // Precondition: the last next() returned kFrame.
    virtual void copy_to(std::uint8_t* pixels) = 0;

    // The current frame's, inside the decoder until the next call of next(). No plane where there
    // is none of 8 bits. Precondition: the last next() returned kFrame.
    virtual LumaPlane luma() const { return {}; }

    // After kTruncated or kCorrupt: one sentence for the user, naming the file and the extent; else
    // "".
    virtual const std::string& damage() const = 0;
};

struct DecoderOptions {
    // Decoder threads of this clip; 0 takes one for each core. An intact clip gives the same frames
    // and times for any number. With one, a damaged clip gives the same every time, too; with more,
    // libav conceals damaged areas with other pixels and may count the damage differently. More
    // than one also costs memory, and frames of delay inside libav: decoding several clips at once
    // is the better use of cores.
    int threads = 1;
    // Upright frames larger than this are refused. A frame slot has to hold one: 8192 x 8192 takes
    // 96 MiB.
    int max_width = 8192;
    int max_height = 8192;
    // Longest time for opening the file, and for reading one packet of it. It is an emergency
    // brake against broken disks, far above what a slow one takes, so that it never decides
    // results.
    int time_limit_ms = 60'000;
};

// Opens a clip for decoding with libav. Errors: see probe.h.
Result<std::unique_ptr<Decoder>> open_video(const std::string& path, const DecoderOptions& options);

// Anything that opens clips: open_video(), or a fake one in tests.
using VideoOpener =
    std::function<Result<std::unique_ptr<Decoder>>(const std::string&, const DecoderOptions&)>;

}  // namespace dashcam
