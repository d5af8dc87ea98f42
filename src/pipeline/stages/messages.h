#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

#include "base/detection.h"
#include "reading/plate_reading.h"
#include "reading/plate_summary.h"
#include "tracking/tracker_types.h"

namespace dashcam {

// The messages between the stages, each the payload of one task.

enum class VideoOutcome : std::uint8_t { kFinished, kTruncated, kFailed };

// How a video ended, as its reader saw it.
struct VideoEnd {
    VideoOutcome outcome = VideoOutcome::kFinished;
    std::uint8_t padding[3] = {};
    std::uint32_t frames = 0;         // decoded
    std::int64_t duration_us = 0;     // presentation time of the last frame
    std::array<char, 1024> reason{};  // why not finished; ended by zeros, empty if finished
};

struct VehicleDetectMessage {
    FrameStamp stamp;
};

struct VehicleTrackMessage {
    FrameStamp stamp;
    std::uint32_t end_of_video = 0;  // 1: no frame, the tracks end
    std::uint32_t padding = 0;
    Detections detections;
};

struct PlateDetectMessage {
    FrameStamp stamp;
    Look look;
};

struct OcrMessage {
    FrameStamp stamp;
    Look look;
    PlateDetection plate;
};

struct PlateSmoothMessage {
    std::uint32_t track = 0;
    std::uint32_t padding = 0;
    PlateReading reading;
};

struct SummaryMessage {
    TrackFacts facts;
};

enum class WriteKind : std::uint32_t { kBeginVideo, kVehicle, kFinishVideo };

// FINAL_WRITE's messages begin with their kind.
struct BeginVideoMessage {
    WriteKind kind = WriteKind::kBeginVideo;
};
struct WriteVehicleMessage {
    WriteKind kind = WriteKind::kVehicle;
    std::uint32_t padding = 0;
    TrackFacts facts;
    PlateSummary plate;
};
struct FinishVideoMessage {
    WriteKind kind = WriteKind::kFinishVideo;
    std::uint32_t padding = 0;
    VideoEnd end;
};

// The end-of-video VEHICLE_TRACK carries how the video ended in place of the detections.
struct EndOfVideoMessage {
    FrameStamp stamp;
    std::uint32_t end_of_video = 1;
    std::uint32_t padding = 0;
    VideoEnd end;
};
static_assert(offsetof(EndOfVideoMessage, end_of_video) ==
              offsetof(VehicleTrackMessage, end_of_video));

// What the stages know about a video; the description of its stream. Strings end with zeros.
struct VideoDescription {
    std::array<char, 40> id{};  // content hash
    std::array<char, 4096> path{};
    std::array<char, 32> codec{};
    std::array<char, 40> recorded_at{};
    std::array<char, 40> settings{};  // hash of models and settings
    std::int64_t bytes = 0;
    std::int64_t modified_us = 0;
    std::int32_t width = 0;
    std::int32_t height = 0;
    double frame_rate = 0;
};
static_assert(std::is_trivially_copyable_v<VideoDescription> && sizeof(VideoDescription) <= 8192);

// Copies text into a zero-ended field; what does not fit is cut off.
template <std::size_t N>
void put_text(std::array<char, N>& field, std::string_view text) {
    field = {};
    for (std::size_t i = 0; i < text.size() && i + 1 < N; ++i) field[i] = text[i];
}
template <std::size_t N>
std::string_view text_of(const std::array<char, N>& field) {
    std::size_t length = 0;
    while (length < N && field[length] != '\0') ++length;
    return {field.data(), length};
}

}  // namespace dashcam
