#include "main/dry_run.h"

#include <time.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <numeric>
#include <thread>
#include <utility>

#include "inference/networks.h"
#include "main/network_setup.h"
#include "main/run_plan.h"
#include "main/session_sizes.h"
#include "pipeline/stages/plate_choice.h"
#include "pipeline/video_reader/frame_choice.h"
#include "reading/rectify.h"
#include "stores/memory_store.h"
#include "tracking/tracker.h"
#include "video/probe.h"

namespace dashcam {
namespace {

constexpr std::size_t kClipsToProbe = 200;
// Spread over all clips; their beginnings, since a decoder cannot jump.
constexpr std::size_t kClipsToSample = 5;
constexpr double kSampleSeconds = 3;
constexpr std::uint32_t kMostSampledFrames = 120;
// Vehicles that are there already when a clip begins are no measure of how many come.
constexpr double kSettledSeconds = 0.5;
// The first frames pay for caches and for memory that is touched for the first time.
constexpr std::uint32_t kWarmUpFrames = 5;
// Rows and pictures of a vehicle: 47 kB in the sample drive.
constexpr double kBytesPerVehicle = 48'000;
// Queue, locks, copies and pictures, on top of the stages: of a run of the sample drive.
constexpr double kOverhead = 1.15;
// A machine never does the same twice.
constexpr double kLeastSpread = 0.15;
// One clip does not show how much clips differ: an eighth, as those of one drive do.
constexpr double kDeviationOfOne = 0.125;

// Processor time of this thread: other programs do not count.
double thread_ms() {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
}

class Stopwatch {
  public:
    double lap_ms() {
        const double now = thread_ms();
        return now - std::exchange(start_, now);
    }

  private:
    double start_ = thread_ms();
};

struct Sample {
    std::uint32_t frames = 0;
    double media_s = 0;
    double decode_ms = 0, detect_ms = 0, track_ms = 0, plates_ms = 0;  // sums
    std::uint32_t at_start = 0;  // vehicles that were there when the clip began
    std::uint32_t arrived = 0;   // later

    double frame_ms() const { return (decode_ms + detect_ms + track_ms + plates_ms) / frames; }
};

// A look at a plate as the pipeline does it, without what follows.
Result<void> look(Networks& networks, const FrameView& frame, const Look& look) {
    TRY_ASSIGN(const PlateDetections plates, networks.plate->detect(frame, look.vehicle));
    const auto own = plate_of_vehicle(plates, look.vehicle);
    if (!own) return {};
    const RectifiedPlate plate = rectify(frame, own->corners);
    if (plate.width_px <= 0) return {};
    TRY_ASSIGN([[maybe_unused]] const TextPosterior text, networks.text->read(plate.grey));
    return {};
}

void count(Sample& sample, const TrackFacts& facts) {
    if (facts.confirmed == 0) return;
    const bool early = static_cast<double>(facts.first.time_us) / 1e6 < kSettledSeconds;
    ++(early ? sample.at_start : sample.arrived);
}

Result<Sample> sample_clip(const std::string& path, const Settings& settings, Networks& networks) {
    TRY_ASSIGN(const auto decoder, clip_opener(settings)(path, decoder_options(settings)));
    Sample sample;
    auto tracker = std::make_unique<TrackerState>();
    const FrameFormat format = decoder->info().format;
    std::vector<std::uint8_t> memory(format.bytes() + 32);
    std::uint8_t* pixels =
        memory.data() + (32 - reinterpret_cast<std::uintptr_t>(memory.data()) % 32) % 32;
    // As a run does it: the networks see some of the frames only.
    FrameChoice choice(analysis_rates(settings), decoder->info().frame_rate);
    std::uint32_t analysed = 0;
    Stopwatch watch;
    for (std::uint32_t index = 0; index < kMostSampledFrames + kWarmUpFrames; ++index) {
        (void)watch.lap_ms();
        TRY_ASSIGN(const NextFrame next, decoder->next());
        if (next.status != DecodeStatus::kFrame) break;
        const bool chosen = choice.take(next.time_us, decoder->luma());
        if (chosen) decoder->copy_to(pixels);
        const double decode = watch.lap_ms();
        double detect = 0;
        double track = 0;
        if (chosen) {
            const FrameView frame{pixels, format};
            TRY_ASSIGN(const Detections found, networks.vehicle->detect(frame));
            detect = watch.lap_ms();
            const FrameStamp stamp{index, analysed++, next.time_us};
            const TrackerOutput tracked = track_frame(*tracker, stamp, frame, found);
            track = watch.lap_ms();
            for (const Look& request : tracked.looks) TRY(look(networks, frame, request));
            for (const TrackFacts& facts : tracked.ended) count(sample, facts);
        }
        sample.media_s = static_cast<double>(next.time_us) / 1e6;
        if (index < kWarmUpFrames) continue;
        ++sample.frames;
        sample.decode_ms += decode;
        sample.detect_ms += detect;
        sample.track_ms += track;
        sample.plates_ms += watch.lap_ms();
        if (sample.media_s >= kSampleSeconds) break;
    }
    for (const TrackFacts& facts : finish_tracks(*tracker).ended) count(sample, facts);
    if (sample.frames == 0) return Error{"too short"};
    return sample;
}

// Sums over the pending clips, those that were not probed judged by their bytes. Gives the clips
// that could be opened.
std::vector<std::string> measure(const std::vector<Clip>& clips, const Settings& settings,
                                 DryRun& result) {
    double probed_bytes = 0, frames = 0, seconds = 0;
    std::size_t probed = 0;
    std::vector<std::string> readable;
    for (const Clip& clip : clips) {
        if (clip.state == ClipState::kSkipped) ++result.skipped;
        if (clip.state == ClipState::kUnreadable) result.unreadable.push_back(clip.reason);
        if (clip.state != ClipState::kPending) continue;
        if (probed == kClipsToProbe) {
            result.bytes += static_cast<std::uint64_t>(clip.bytes);
            readable.push_back(clip.path);
            continue;
        }
        const auto info = probe_video(clip.path, decoder_options(settings));
        if (!info.ok()) {
            result.unreadable.push_back(info.error().message);
            continue;
        }
        ++probed;
        readable.push_back(clip.path);
        result.bytes += static_cast<std::uint64_t>(clip.bytes);
        probed_bytes += static_cast<double>(clip.bytes);
        frames += static_cast<double>(info->estimated_frames);
        seconds += info->frame_rate > 0
                       ? static_cast<double>(info->estimated_frames) / info->frame_rate
                       : static_cast<double>(info->duration_us) / 1e6;
    }
    const double scale = probed_bytes > 0 ? static_cast<double>(result.bytes) / probed_bytes : 0;
    result.frames = static_cast<std::uint64_t>(frames * scale);
    result.media_s = seconds * scale;
    return readable;
}

// Wall time of a frame in a run, from the processor time of its parts.
double wall_ms(const Sample& sample, const Settings& settings, std::size_t clips) {
    const double frames = sample.frames;
    const auto at_once = static_cast<double>(
        std::min<std::size_t>(settings.num_video_readers, std::max<std::size_t>(clips, 1)));
    const double cores = std::max(1u, std::thread::hardware_concurrency());
    const double networks = (sample.detect_ms + sample.plates_ms) / settings.num_gpu_workers;
    // A video is decoded by one thread and tracked frame after frame.
    const double decoding =
        sample.decode_ms / (at_once * std::min<double>(settings.decoder_threads, cores));
    const double tracking = sample.track_ms / std::min<double>(settings.num_cpu_workers, at_once);
    const double all = sample.frame_ms() * frames / cores;
    return kOverhead * std::max({networks, decoding, tracking, all}) / frames;
}

// Mean of the samples; the range is two standard errors, and what no machine does without.
Estimate spread_of(const std::vector<double>& values, double least_share) {
    const auto n = static_cast<double>(values.size());
    const double mean = std::accumulate(values.begin(), values.end(), 0.0) / n;
    double squares = 0;
    for (const double value : values) squares += (value - mean) * (value - mean);
    const double deviation =
        values.size() > 1 ? std::sqrt(squares / (n - 1)) : mean * kDeviationOfOne;
    const double range = std::max(2 * deviation / std::sqrt(n), mean * least_share);
    return {mean, std::max(0.0, mean - range), mean + range};
}

Estimate operator*(const Estimate& estimate, double factor) {
    return {estimate.likely * factor, estimate.low * factor, estimate.high * factor};
}

void reckon(const std::vector<Sample>& samples, const Settings& settings, std::size_t clips,
            DryRun& result) {
    Sample sum;
    std::vector<double> frame_s, arrivals_per_s, at_start;
    for (const Sample& sample : samples) {
        sum.frames += sample.frames;
        sum.decode_ms += sample.decode_ms;
        sum.detect_ms += sample.detect_ms;
        sum.track_ms += sample.track_ms;
        sum.plates_ms += sample.plates_ms;
        frame_s.push_back(wall_ms(sample, settings, clips) / 1e3);
        at_start.push_back(sample.at_start);
        arrivals_per_s.push_back(sample.arrived / std::max(0.5, sample.media_s - kSettledSeconds));
    }
    result.sampled_frames = sum.frames;
    result.decode_ms = sum.decode_ms / sum.frames;
    result.detect_ms = sum.detect_ms / sum.frames;
    result.track_ms = sum.track_ms / sum.frames;
    result.plates_ms = sum.plates_ms / sum.frames;
    result.seconds = spread_of(frame_s, kLeastSpread) * static_cast<double>(result.frames);
    const Estimate first = spread_of(at_start, 0) * static_cast<double>(clips);
    const Estimate later = spread_of(arrivals_per_s, 0) * result.media_s;
    const double likely = first.likely + later.likely;
    // Few vehicles in the samples say little: counts of rare things spread by their square root.
    double seen = 0;
    for (const Sample& sample : samples) seen += sample.at_start + sample.arrived;
    const double share = seen > 0 ? 2 / std::sqrt(seen) : 1;
    result.vehicles = {likely, std::max(0.0, std::min(first.low + later.low, likely * (1 - share))),
                       std::max(first.high + later.high, likely * (1 + share))};
    result.disk_bytes = result.vehicles * kBytesPerVehicle;
}

}  // namespace

Result<DryRun> make_dry_run(const Settings& settings, const std::vector<std::string>& clips,
                            Redo redo) {
    // Without results yet, nothing is finished. Reading only: nothing is made.
    std::unique_ptr<Store> store = std::make_unique<MemoryStore>();
    if (auto opened = open_store(database_of(settings), Access::kReadOnly); opened.ok())
        store = std::move(opened).value();
    const std::vector<Clip> list = ClipList(clips, "", *store, redo).clips();
    DryRun result;
    result.clips = list.size();
    const std::vector<std::string> readable = measure(list, settings, result);
    if (readable.empty()) return result;
    Settings resolved = settings;
    TRY(resolve_models(resolved));
    TRY_ASSIGN(const auto loader, make_network_loader(resolved));
    TRY_ASSIGN(Networks networks, load_networks(*loader));
    std::vector<Sample> samples;
    const std::size_t wanted = std::min(kClipsToSample, readable.size());
    for (std::size_t i = 0; i < wanted; ++i) {
        const std::string& path = readable[i * readable.size() / wanted];
        const auto sample = sample_clip(path, settings, networks);
        if (sample.ok()) {
            samples.push_back(*sample);
        } else {
            result.unreadable.push_back(path + ": " + sample.error().message);
        }
    }
    result.sampled_clips = samples.size();
    if (samples.empty()) return Error{"none of the clips that were sampled can be decoded"};
    reckon(samples, settings, readable.size(), result);
    return result;
}

}  // namespace dashcam
