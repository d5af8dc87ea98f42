#include "annotate/annotate.h"

#include <filesystem>
#include <memory>
#include <utility>
#include <vector>

#include "annotate/annotated_tracks.h"
#include "annotate/frame_painter.h"
#include "annotate/video_writer.h"
#include "inference/openvino_engine.h"
#include "inference/vehicle_detector.h"
#include "main/session_sizes.h"
#include "pipeline/video_reader/frame_choice.h"
#include "tracking/tracker.h"

namespace dashcam {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kHashDigits = 8;
// Names of files may have 255 bytes, of which the hash and the endings need some.
constexpr std::size_t kMostStemBytes = 200;

Result<std::unique_ptr<VehicleDetector>> load_detector(OpenVinoEngine& engine,
                                                       const Settings& settings) {
    VehicleDetector::Options options;
    TRY_ASSIGN(options.model.precision, precision_of(settings.precision));
    return VehicleDetector::load(engine, settings.vehicle_model, options);
}

}  // namespace

std::string annotated_file(const std::string& out, const VideoRow& video) {
    const std::string stem = fs::path(video.path).stem().string().substr(0, kMostStemBytes);
    return out + "/annotated/" + stem + "-" + video.id.substr(0, kHashDigits) + ".mp4";
}

Result<AnnotatedClip> annotate(const ClipToAnnotate& clip, const Settings& settings,
                               const std::atomic<std::uint32_t>& stop) {
    TRY_ASSIGN(const auto engine, OpenVinoEngine::create(settings.device));
    TRY_ASSIGN(const auto detector, load_detector(*engine, settings));
    TRY_ASSIGN(const auto decoder,
               clip_opener(settings)(clip.video.path, decoder_options(settings)));
    const FrameFormat format = decoder->info().format;
    AnnotatedClip result;
    result.file = annotated_file(settings.out, clip.video);
    std::error_code failed;
    fs::create_directories(fs::path(result.file).parent_path(), failed);
    if (failed) return Error{"cannot make the folder of " + result.file + ": " + failed.message()};
    TRY_ASSIGN(const auto writer, VideoWriter::create(result.file, clip.video.path, format,
                                                      decoder->info().frame_rate));
    AnnotatedTracks tracks(clip.vehicles, clip.readings);
    auto tracker = std::make_unique<TrackerState>();
    std::vector<std::uint8_t> memory(format.bytes() + 32);
    std::uint8_t* pixels =
        memory.data() + (32 - reinterpret_cast<std::uintptr_t>(memory.data()) % 32) % 32;
    // The same frames as in the run, or the tracks would be others. Between them labels stay.
    FrameChoice choice(analysis_rates(settings), decoder->info().frame_rate);
    std::uint32_t analysed = 0;
    std::vector<VehicleLabel> labels;
    for (;; ++result.frames) {
        if (stop.load() != 0) return Error{"stopped"};
        const Result<NextFrame> next = decoder->next();
        // The rest of a damaged clip is missing here as it is in its rows.
        if (!next.ok() || next->status != DecodeStatus::kFrame) break;
        decoder->copy_to(pixels);
        const FrameView frame{pixels, format};
        if (choice.take(next->time_us, decoder->luma())) {
            TRY_ASSIGN(const Detections found, detector->detect(frame));
            const FrameStamp stamp{result.frames, analysed++, next->time_us};
            (void)track_frame(*tracker, stamp, frame, found);
            labels = tracks.labels(*tracker, result.frames);
        }
        paint(pixels, format, labels);
        TRY(writer->write(frame, next->time_us));
    }
    TRY(writer->finish());
    result.rows_not_met = tracks.rows_not_met();
    result.video_codec = writer->video_codec();
    result.audio_codec = writer->audio_codec();
    return result;
}

}  // namespace dashcam
