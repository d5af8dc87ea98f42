#include "video/demuxer.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

extern "C" {
#include <libavutil/avutil.h>
#include <libavutil/mathematics.h>
}

#include "base/check.h"
#include "video/libav_log.h"
#include "video/mp4_boxes.h"
#include "video/printable_path.h"
#include "video/recording_time.h"
#include "video/video_formats.h"

namespace dashcam {
namespace {

// libav's score for a file that only its name speaks for.
constexpr int kScoreOfNameAlone = 1;
// Damaged places in a row after which a container counts as ended: each skips at least one packet.
constexpr int kMostDamageInARow = 100'000;
// While libav looks for a stream's parameters it may decode a picture of at most the limits' area
// times this: bounded memory, and room to name a size that is only a little too large.
constexpr int kProbingSlack = 4;
// Headers round lengths, and the last frame's length is often not known.
constexpr std::int64_t kStreamSlack_us = 1'000'000;
// Sound may go on a little after the picture.
constexpr std::int64_t kContainerSlack_us = 3'000'000;

constexpr AVRational kMicroseconds{1, 1'000'000};

bool is_picture_in_file(const AVStream& stream) {
    return (stream.disposition & (AV_DISPOSITION_ATTACHED_PIC | AV_DISPOSITION_TIMED_THUMBNAILS)) !=
           0;
}

std::int64_t area(const AVStream& stream) {
    return std::int64_t{stream.codecpar->width} * stream.codecpar->height;
}

bool is_set(AVRational rate) { return rate.num > 0 && rate.den > 0; }

ColorMatrix color_matrix(AVColorSpace space, int stored_height) {
    // Recorders that say nothing follow the television standards' sizes.
    constexpr int kSmallestHd = 720;
    switch (space) {
        case AVCOL_SPC_BT709:
            return ColorMatrix::kBt709;
        case AVCOL_SPC_BT2020_NCL:
        case AVCOL_SPC_BT2020_CL:
            return ColorMatrix::kBt2020;
        case AVCOL_SPC_BT470BG:
        case AVCOL_SPC_SMPTE170M:
        case AVCOL_SPC_FCC:
            return ColorMatrix::kBt601;
        default:
            return stored_height >= kSmallestHd ? ColorMatrix::kBt709 : ColorMatrix::kBt601;
    }
}

ColorRange color_range(const AVCodecParameters& parameters) {
    switch (parameters.format) {
        case AV_PIX_FMT_YUVJ420P:
        case AV_PIX_FMT_YUVJ422P:
        case AV_PIX_FMT_YUVJ444P:
        case AV_PIX_FMT_YUVJ440P:
        case AV_PIX_FMT_YUVJ411P:
            return ColorRange::kFull;
        default:
            return parameters.color_range == AVCOL_RANGE_JPEG ? ColorRange::kFull
                                                              : ColorRange::kLimited;
    }
}

std::string codec_name(const AVCodecParameters& parameters) {
    if (parameters.codec_id != AV_CODEC_ID_NONE) return avcodec_get_name(parameters.codec_id);
    char text[AV_FOURCC_MAX_STRING_SIZE] = {};
    return printable_text(av_fourcc_make_string(text, parameters.codec_tag));
}

int interrupted(void* input) { return static_cast<const FileInput*>(input)->time_is_up(); }

// Containers that point at other files are never followed.
int refuse_other_files(AVFormatContext*, AVIOContext**, const char*, int, AVDictionary**) {
    return AVERROR(EPERM);
}

}  // namespace

Demuxer::Demuxer(std::string path, const DecoderOptions& options, RegularFile file)
    : path_(std::move(path)), options_(options), input_(std::move(file)) {}

Error Demuxer::error(const std::string& text) const { return {printable_path(path_) + " " + text}; }

Error Demuxer::not_a_video(const std::string& detail) const {
    return error("is not a video" + (detail.empty() ? "" : " (" + detail + ")") +
                 "; check that it is complete, or leave it out");
}

Error Demuxer::without_index() const {
    return error(std::string("was cut off while it was recorded: it has no ") +
                 (index_cut_off_ ? "complete index" : "index") +
                 " (moov); repair it with the recorder's tool, or leave it out");
}

Error Demuxer::unreadable() const {
    if (input_.time_is_up()) {
        return error("could not be read within " + std::to_string(options_.time_limit_ms / 1000) +
                     " s; check the disk");
    }
    return error("could not be read (" + std::generic_category().message(input_.read_error()) +
                 "); check the disk");
}

Result<std::unique_ptr<Demuxer>> Demuxer::open(const std::string& path,
                                               const DecoderOptions& options) {
    TRY_ASSIGN(RegularFile file, RegularFile::open(path));
    if (file.size_bytes() == 0) {
        return Error{printable_path(path) +
                     " is empty (0 bytes): nothing was recorded; delete it or leave it out"};
    }
    std::unique_ptr<Demuxer> demuxer(new Demuxer(path, options, std::move(file)));
    demuxer->input_.start_time_limit(options.time_limit_ms);
    TRY(demuxer->open_container());
    TRY(demuxer->choose_stream());
    TRY(demuxer->describe());
    return demuxer;
}

Result<void> Demuxer::open_container() {
    const LibavLogCapture log;
    const AVInputFormat* container = nullptr;
    const int score =
        av_probe_input_buffer2(input_.context(), &container, path_.c_str(), nullptr, 0, 0);
    if (input_.read_error() != 0 || input_.time_is_up()) return unreadable();
    const Mp4Structure mp4 = mp4_structure(input_.descriptor());
    index_cut_off_ = mp4 == Mp4Structure::kIndexCutOff;
    const bool cut_mp4 = mp4 == Mp4Structure::kIndexMissing || index_cut_off_;
    if (score < 0 || container == nullptr || score <= kScoreOfNameAlone) {
        if (cut_mp4) return without_index();
        return not_a_video("");
    }
    if (!is_video_container(container->name)) {
        return not_a_video(container->long_name != nullptr ? container->long_name
                                                           : container->name);
    }

    AVFormatContext* format = avformat_alloc_context();
    CHECK(format != nullptr);
    format->pb = input_.context();
    format->interrupt_callback = {&interrupted, &input_};
    format->io_open = &refuse_other_files;
    AVDictionary* settings = nullptr;
    // Demuxers inside demuxers open files without asking io_open: allow no protocol at all.
    av_dict_set(&settings, "protocol_whitelist", "none", 0);
    const int opened = avformat_open_input(&format, path_.c_str(), container, &settings);
    av_dict_free(&settings);
    format_.reset(format);  // null after a failure
    if (opened < 0) {
        if (input_.read_error() != 0 || input_.time_is_up()) return unreadable();
        if (cut_mp4) return without_index();
        return error("is damaged: its container cannot be opened (" +
                     libav_error_text(opened, log.last_error()) +
                     "); repair it with the recorder's tool, or leave it out");
    }
    inspect_streams();
    if (input_.read_error() != 0 || input_.time_is_up()) return unreadable();
    return {};
}

void Demuxer::inspect_streams() {
    AVFormatContext* format = format_.get();
    header_streams_.resize(format->nb_streams);
    std::vector<AVDictionary*> settings(format->nb_streams, nullptr);
    const std::int64_t most_pixels =
        std::int64_t{kProbingSlack} * options_.max_width * options_.max_height;
    for (unsigned i = 0; i < format->nb_streams; ++i) {
        const AVStream& stream = *format->streams[i];
        // Reading on adds to the index, so look now.
        const int entries = avformat_index_get_entries_count(&stream);
        if (entries > 0) {
            header_streams_[i].last_indexed_ticks =
                avformat_index_get_entry(format->streams[i], entries - 1)->timestamp;
        }
        header_streams_[i].width = stream.codecpar->width;
        header_streams_[i].height = stream.codecpar->height;
        av_dict_set_int(&settings[i], "max_pixels", most_pixels, 0);
    }
    // A failure leaves streams without parameters, which choose_stream() and describe() see.
    (void)avformat_find_stream_info(format, settings.data());
    for (AVDictionary*& setting : settings) av_dict_free(&setting);
    // Some streams show up only in the packets.
    header_streams_.resize(format->nb_streams);
}

Result<void> Demuxer::choose_stream() {
    bool has_picture = false;
    const auto better = [](const AVStream& a, const AVStream& b) {
        const bool a_decodes = avcodec_find_decoder(a.codecpar->codec_id) != nullptr;
        const bool b_decodes = avcodec_find_decoder(b.codecpar->codec_id) != nullptr;
        if (a_decodes != b_decodes) return a_decodes;
        return area(a) > area(b);
    };
    for (unsigned i = 0; i < format_->nb_streams; ++i) {
        AVStream& stream = *format_->streams[i];
        // Discarded unless chosen below.
        stream.discard = AVDISCARD_ALL;
        if (stream.codecpar->codec_type != AVMEDIA_TYPE_VIDEO) continue;
        if (is_picture_in_file(stream)) {
            has_picture = true;
        } else if (stream_ == nullptr || better(stream, *stream_)) {
            stream_ = &stream;
        }
    }
    if (stream_ == nullptr && index_cut_off_) return without_index();
    if (stream_ == nullptr) {
        return error(std::string("has no video stream") +
                     (has_picture ? ", only a still picture" : "") + "; leave it out");
    }
    stream_->discard = AVDISCARD_DEFAULT;
    last_indexed_ticks_ = header_streams_[stream_->index].last_indexed_ticks;
    const AVCodecParameters& parameters = *stream_->codecpar;
    codec_ = avcodec_find_decoder(parameters.codec_id);
    if (codec_ == nullptr) {
        return error("is coded as '" + codec_name(parameters) +
                     "', which the installed FFmpeg libraries cannot decode; convert it to H.264");
    }
    return {};
}

AVRational Demuxer::frame_rate() const {
    if (is_set(stream_->avg_frame_rate)) return stream_->avg_frame_rate;
    if (is_set(stream_->r_frame_rate)) return stream_->r_frame_rate;
    return {0, 1};
}

Result<void> Demuxer::describe() {
    const AVCodecParameters& parameters = *stream_->codecpar;
    const std::string limit =
        std::to_string(options_.max_width) + "x" + std::to_string(options_.max_height);
    FrameFormat& format = info_.format;
    format.width = parameters.width;
    format.height = parameters.height;
    if (format.width <= 0 || format.height <= 0) {
        // Much larger than the limits, the size did not survive the inspection.
        format.width = header_streams_[stream_->index].width;
        format.height = header_streams_[stream_->index].height;
    }
    if (format.width <= 0 || format.height <= 0) {
        return error("is damaged, or its pictures are far above the limit of " + limit +
                     ": their size cannot be found; leave it out");
    }
    const auto* matrix = reinterpret_cast<const std::int32_t*>(
        av_stream_get_side_data(stream_, AV_PKT_DATA_DISPLAYMATRIX, nullptr));
    orientation_ = Orientation::from_display_matrix(matrix);
    if (orientation_.swap_axes) std::swap(format.width, format.height);
    if (format.width > options_.max_width || format.height > options_.max_height) {
        return error("has pictures of " + std::to_string(format.width) + "x" +
                     std::to_string(format.height) + " pixels, above the limit of " + limit +
                     "; scale it down first");
    }
    format.range = color_range(parameters);
    format.matrix = color_matrix(parameters.color_space, parameters.height);

    if (const auto promised = length_in_header()) info_.duration_us = promised->first;
    if (is_set(frame_rate())) info_.frame_rate = av_q2d(frame_rate());
    info_.estimated_frames =
        stream_->nb_frames > 0
            ? stream_->nb_frames
            : std::llround(static_cast<double>(info_.duration_us) * info_.frame_rate * 1e-6);
    info_.codec = codec_name(parameters);
    info_.container = format_->iformat->name;
    info_.rotation_degrees = orientation_.degrees();
    for (const AVDictionary* metadata : {format_->metadata, stream_->metadata}) {
        const AVDictionaryEntry* entry = av_dict_get(metadata, "creation_time", nullptr, 0);
        if (entry != nullptr && info_.recorded_at.empty()) {
            info_.recorded_at = recording_time(entry->value);
        }
    }
    return {};
}

std::optional<std::pair<std::int64_t, std::int64_t>> Demuxer::length_in_header() const {
    // From the bit rate it is a guess.
    if (format_->duration_estimation_method == AVFMT_DURATION_FROM_BITRATE) return std::nullopt;
    if (stream_->duration != AV_NOPTS_VALUE && stream_->duration > 0) {
        const std::int64_t us = av_rescale_q(stream_->duration, stream_->time_base, kMicroseconds);
        if (us > 0) return std::pair{us, kStreamSlack_us};
    }
    if (format_->duration != AV_NOPTS_VALUE && format_->duration > 0) {
        return std::pair{format_->duration,
                         format_->nb_streams > 1 ? kContainerSlack_us : kStreamSlack_us};
    }
    return std::nullopt;
}

std::optional<std::int64_t> Demuxer::promised_us() const {
    // From the last timestamps it is what is there, not what should be.
    if (format_->duration_estimation_method != AVFMT_DURATION_FROM_STREAM) return std::nullopt;
    const auto length = length_in_header();
    if (!length || length->first <= length->second) return std::nullopt;
    return length->first - length->second;
}

Result<Demuxer::ReadStatus> Demuxer::read(AVPacket& packet) {
    input_.start_time_limit(options_.time_limit_ms);
    for (int damage_in_a_row = 0; damage_in_a_row < kMostDamageInARow;) {
        const int got = av_read_frame(format_.get(), &packet);
        // Demuxers may pass a refused read on as the end of the file.
        if (input_.read_error() != 0 || (got < 0 && input_.time_is_up())) return unreadable();
        if (got >= 0) {
            if (packet.stream_index != stream_->index) {
                av_packet_unref(&packet);
                continue;
            }
            if (packet.dts != AV_NOPTS_VALUE) last_read_ticks_ = packet.dts;
            last_is_incomplete_ = (packet.flags & AV_PKT_FLAG_CORRUPT) != 0;
            return ReadStatus::kPacket;
        }
        if (got == AVERROR(ENOMEM)) return error("cannot be read: not enough memory");
        if (got == AVERROR(EAGAIN)) {
            ++damage_in_a_row;
            continue;
        }
        if (got != AVERROR_EOF && !input_.reached_end()) {
            ++damaged_places_;
            ++damage_in_a_row;
            continue;
        }
        // At the end of the file, an index promises what is not there: as an error or as a plain
        // end.
        const bool index_goes_on =
            last_indexed_ticks_ && (!last_read_ticks_ || *last_read_ticks_ < *last_indexed_ticks_);
        cut_off_ = got != AVERROR_EOF || index_goes_on || last_is_incomplete_ || index_cut_off_;
        return ReadStatus::kEnd;
    }
    return ReadStatus::kEnd;
}

}  // namespace dashcam
