#include "video/clip_copy.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "base/check.h"
#include "video/demuxer.h"
#include "video/libav_log.h"
#include "video/media_output.h"
#include "video/printable_path.h"

namespace dashcam {
namespace {

constexpr AVRational kMicroseconds{1, 1'000'000};
// Pictures may be stored this much later than they are shown: 16 of them, the most that H.264
// allows, at 15 pictures a second.
constexpr std::int64_t kReorderUs = 1'100'000;

std::int64_t shown_at(const AVPacket& packet) {
    return packet.pts != AV_NOPTS_VALUE ? packet.pts : packet.dts;
}

std::int64_t start_of(const AVStream& stream) {
    return stream.start_time == AV_NOPTS_VALUE ? 0 : stream.start_time;
}

// When the last key frame at or before `from_us` is shown, in the stream's ticks; nothing if none
// is marked. Reads all packets up to there: what containers call seeking is approximate, and the
// clip was just read once to check its hash.
std::optional<std::int64_t> last_key(Demuxer& source, std::int64_t from_us) {
    const LibavLogCapture log;
    const AVStream& video = source.stream();
    const std::int64_t target =
        start_of(video) + av_rescale_q(from_us, kMicroseconds, video.time_base);
    const std::int64_t reorder = av_rescale_q(kReorderUs, kMicroseconds, video.time_base);
    const PacketPtr packet(av_packet_alloc());
    CHECK(packet != nullptr);
    std::optional<std::int64_t> key;
    while (av_read_frame(&source.container(), packet.get()) >= 0) {
        const bool ours = packet->stream_index == video.index;
        const std::int64_t ticks = shown_at(*packet);
        const bool is_key = (packet->flags & AV_PKT_FLAG_KEY) != 0;
        av_packet_unref(packet.get());
        if (!ours || ticks == AV_NOPTS_VALUE) continue;
        if (is_key && ticks <= target) key = ticks;
        if (ticks > target + reorder) break;
    }
    return key;
}

class PartCopy {
  public:
    PartCopy(const ClipPart& part, Demuxer& source, MediaOutput& output,
             std::optional<std::int64_t> key_ticks)
        : part_(part),
          source_(source),
          output_(output),
          packet_(av_packet_alloc()),
          key_ticks_(key_ticks) {
        CHECK(packet_ != nullptr);
    }

    Result<CutClip> run() {
        TRY(add_streams());
        TRY(output_.write_header());
        TRY(copy());
        if (result_.frames == 0) {
            return Error{printable_path(part_.source) + " has no pictures there"};
        }
        TRY(output_.finish());
        return result_;
    }

  private:
    AVStream& video() const { return source_.stream(); }
    std::int64_t start_ticks() const { return start_of(video()); }

    Result<void> add_stream(AVStream& in) {
        AVStream* out = avformat_new_stream(&output_.format(), nullptr);
        CHECK(out != nullptr);
        if (avcodec_parameters_copy(out->codecpar, in.codecpar) < 0)
            return Error{"not enough memory"};
        out->codecpar->codec_tag = 0;  // the container's own
        out->time_base = in.time_base;
        out->avg_frame_rate = in.avg_frame_rate;
        out->sample_aspect_ratio = in.sample_aspect_ratio;
        // With it the turn of the picture.
        for (int i = 0; i < in.nb_side_data; ++i) {
            const AVPacketSideData& from = in.side_data[i];
            std::uint8_t* to = av_stream_new_side_data(out, from.type, from.size);
            CHECK(to != nullptr);
            std::memcpy(to, from.data, from.size);
        }
        in.discard = AVDISCARD_DEFAULT;  // a decoder has no use for sound; a copy has
        streams_[in.index] = out->index;
        return {};
    }

    Result<void> add_streams() {
        if (!output_.can_hold(video().codecpar->codec_id)) {
            return Error{"a " + std::string(output_.format().oformat->name) +
                         " file cannot hold the clip's " + source_.info().codec +
                         " pictures; let the name end with .mkv"};
        }
        TRY(add_stream(video()));
        result_.sound = "none: the clip has no sound";
        AVFormatContext& all = source_.container();
        for (unsigned i = 0; i < all.nb_streams; ++i) {
            AVStream& stream = *all.streams[i];
            if (stream.codecpar->codec_type != AVMEDIA_TYPE_AUDIO) continue;
            const char* name = avcodec_get_name(stream.codecpar->codec_id);
            if (output_.can_hold(stream.codecpar->codec_id)) {
                result_.sound = name;
                return add_stream(stream);
            }
            result_.sound = "none: a " + std::string(output_.format().oformat->name) +
                            " file cannot hold " + name + " sound";
        }
        return {};
    }

    Result<void> copy() {
        const LibavLogCapture log;
        bool begun = false;
        std::int64_t begin_us = 0;
        while (av_read_frame(&source_.container(), packet_.get()) >= 0) {
            const auto to = streams_.find(packet_->stream_index);
            const std::int64_t ticks = shown_at(*packet_);
            if (to == streams_.end() || ticks == AV_NOPTS_VALUE) {
                av_packet_unref(packet_.get());
                continue;
            }
            AVStream& in = *source_.container().streams[packet_->stream_index];
            const bool is_video = &in == &video();
            // Sound is measured from the first picture, too.
            const std::int64_t at_us =
                av_rescale_q(ticks, in.time_base, kMicroseconds) -
                av_rescale_q(start_ticks(), video().time_base, kMicroseconds);
            if (is_video && !begun) {
                const bool is_key = (packet_->flags & AV_PKT_FLAG_KEY) != 0;
                begun = key_ticks_ ? is_key && ticks >= *key_ticks_ : is_key;
                if (begun) begin_us = at_us;
            }
            if (is_video && at_us > part_.to_us + kReorderUs) break;
            const bool wanted = begun && at_us >= begin_us && at_us <= part_.to_us;
            if (!wanted) {
                av_packet_unref(packet_.get());
                continue;
            }
            if (is_video) note(at_us);
            TRY(write(in, *output_.format().streams[to->second], begin_us));
        }
        return {};
    }

    void note(std::int64_t at_us) {
        result_.first_us = result_.frames == 0 ? at_us : std::min(result_.first_us, at_us);
        result_.last_us = std::max(result_.last_us, at_us);
        ++result_.frames;
    }

    Result<void> write(const AVStream& in, const AVStream& out, std::int64_t begin_us) {
        const std::int64_t zero = av_rescale_q(start_ticks(), video().time_base, in.time_base) +
                                  av_rescale_q(begin_us, kMicroseconds, in.time_base);
        if (packet_->pts != AV_NOPTS_VALUE) packet_->pts -= zero;
        if (packet_->dts != AV_NOPTS_VALUE) packet_->dts -= zero;
        av_packet_rescale_ts(packet_.get(), in.time_base, out.time_base);
        packet_->stream_index = out.index;
        return output_.write(*packet_);
    }

    const ClipPart& part_;
    Demuxer& source_;
    MediaOutput& output_;
    PacketPtr packet_;
    std::map<int, int> streams_;  // of the source -> of the output
    std::optional<std::int64_t> key_ticks_;
    CutClip result_;
};

}  // namespace

Result<CutClip> copy_part(const ClipPart& part) {
    TRY_ASSIGN(const auto scanned, Demuxer::open(part.source, {}));
    const std::optional<std::int64_t> key_ticks = last_key(*scanned, part.from_us);
    TRY_ASSIGN(const auto source, Demuxer::open(part.source, {}));
    TRY_ASSIGN(const auto output, MediaOutput::create(part.output));
    return PartCopy(part, *source, *output, key_ticks).run();
}

}  // namespace dashcam
