#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "video/decoder.h"
#include "video/file_input.h"
#include "video/frame_converter.h"
#include "video/libav_handles.h"

namespace dashcam {

// Opens a clip's container, chooses its video stream and reads that stream's packets.
class Demuxer {
  public:
    // Errors: as probe_video().
    static Result<std::unique_ptr<Demuxer>> open(const std::string& path,
                                                 const DecoderOptions& options);

    const VideoInfo& info() const { return info_; }
    const std::string& path() const { return path_; }
    // With all streams. Whoever reads packets from it himself doesn't call read().
    AVFormatContext& container() const { return *format_; }
    AVStream& stream() const { return *stream_; }
    const AVCodec& codec() const { return *codec_; }
    Orientation orientation() const { return orientation_; }
    // Nominal frames per second, 0/1 if unknown.
    AVRational frame_rate() const;

    enum class ReadStatus { kPacket, kEnd };
    // The next packet of the video stream, in decoding order. Damage in the container is skipped
    // and counted. Errors: the file could not be read, or not within the time limit.
    Result<ReadStatus> read(AVPacket& packet);

    // Places where the container itself was damaged.
    std::int64_t damaged_places() const { return damaged_places_; }
    // After kEnd: the file ended inside a packet, or before packets that its index lists.
    bool was_cut_off() const { return cut_off_; }
    // The length that the header promises; empty where it is only an estimate. Includes slack: a
    // clip that is shorter than this was cut off.
    std::optional<std::int64_t> promised_us() const;

  private:
    // What the header alone told about a stream, before libav looked into its packets.
    struct HeaderStream {
        std::optional<std::int64_t> last_indexed_ticks;
        int width = 0;
        int height = 0;
    };

    Demuxer(std::string path, const DecoderOptions& options, RegularFile file);

    Result<void> open_container();
    void inspect_streams();
    Result<void> choose_stream();
    Result<void> describe();
    // The length that the header tells and how far off it may be, in microseconds.
    std::optional<std::pair<std::int64_t, std::int64_t>> length_in_header() const;
    Error not_a_video(const std::string& detail) const;
    Error without_index() const;
    Error unreadable() const;
    Error error(const std::string& text) const;

    std::string path_;
    DecoderOptions options_;
    FileInput input_;  // outlives format_, which reads from it
    FormatContextPtr format_;
    AVStream* stream_ = nullptr;
    const AVCodec* codec_ = nullptr;
    Orientation orientation_;
    VideoInfo info_;
    std::vector<HeaderStream> header_streams_;
    std::optional<std::int64_t> last_indexed_ticks_;  // decoding time of the index' last packet
    std::optional<std::int64_t> last_read_ticks_;
    std::int64_t damaged_places_ = 0;
    bool index_cut_off_ = false;       // the file ends inside an MP4's index
    bool last_is_incomplete_ = false;  // the last packet
    bool cut_off_ = false;
};

}  // namespace dashcam
