// The parts of a frame's way, one by one: processor time of one thread, one JSON line for each.
//
//     parts_benchmark [--seconds S] [--models FOLDER] CLIP [NAME...]
//
// CLIP gives the frames (the first seconds of it); NAME: only parts whose name begins with it.
#include <cstdlib>
#include <cstring>
#include <memory>

#include "benchmarks/measure.h"
#include "inference/networks.h"
#include "inference/openvino_engine.h"
#include "inference/preprocess.h"
#include "reading/fusion.h"
#include "reading/reading_quality.h"
#include "reading/rectify.h"
#include "tracking/scene_simulator.h"
#include "tracking/tracker.h"
#include "video/decoder.h"

namespace dashcam::benchmark {
namespace {

// As in models/vehicle.toml.
constexpr int kNetworkWidth = 448;
constexpr int kNetworkHeight = 256;

struct Options {
    double seconds = 1.0;
    std::string models = DASHCAM_MODELS_DIR;
    std::string clip;
    std::vector<std::string> names;
};

struct Frame {
    std::vector<std::uint8_t> memory;
    FrameView view;
};

[[noreturn]] void die(const std::string& message) {
    std::fprintf(stderr, "parts_benchmark: %s\n", message.c_str());
    std::exit(1);
}

template <typename T>
T must(Result<T> result) {
    if (!result.ok()) die(result.error().message);
    return std::move(result).value();
}

bool wanted(const Options& options, const std::string& name) {
    return options.names.empty() ||
           std::any_of(options.names.begin(), options.names.end(),
                       [&](const std::string& begin) { return name.starts_with(begin); });
}

// Every kStep-th frame of the clip's beginning; more than the caches hold, as in a run.
std::vector<Frame> frames_of(const std::string& clip) {
    constexpr int kFrames = 12;
    constexpr int kStep = 20;
    const auto decoder = must(open_video(clip, {}));
    std::vector<Frame> frames;
    for (int i = 0; static_cast<int>(frames.size()) < kFrames; ++i) {
        if (must(decoder->next()).status != DecodeStatus::kFrame) break;
        if (i % kStep != 0) continue;
        const FrameFormat format = decoder->info().format;
        Frame frame;
        frame.memory.resize(format.bytes() + 64);
        void* aligned = frame.memory.data();
        std::size_t space = frame.memory.size();
        std::align(64, format.bytes(), aligned, space);
        decoder->copy_to(static_cast<std::uint8_t*>(aligned));
        frame.view = {static_cast<const std::uint8_t*>(aligned), format};
        frames.push_back(std::move(frame));
    }
    if (frames.empty()) die("no frame in " + clip);
    return frames;
}

void measure_decoding(const Options& options) {
    if (!wanted(options, "decode") && !wanted(options, "copy")) return;
    auto decoder = must(open_video(options.clip, {}));
    std::vector<std::uint8_t> memory(decoder->info().format.bytes() + 64);
    void* aligned = memory.data();
    std::size_t space = memory.size();
    std::align(64, decoder->info().format.bytes(), aligned, space);
    const auto next = [&] {
        if (must(decoder->next()).status != DecodeStatus::kFrame) {
            decoder = must(open_video(options.clip, {}));
            must(decoder->next());
        }
    };
    if (wanted(options, "decode")) print(time_of("decode a frame", options.seconds, next));
    next();
    if (wanted(options, "copy"))
        print(time_of("copy a frame into its slot", options.seconds,
                      [&] { decoder->copy_to(static_cast<std::uint8_t*>(aligned)); }));
}

void measure_letterbox(const Options& options, const std::vector<Frame>& frames) {
    if (!wanted(options, "letterbox")) return;
    Preprocessor preprocessor;
    std::vector<std::uint8_t> input(kNetworkWidth * kNetworkHeight * 3);
    std::size_t i = 0;
    print(time_of("letterbox of a frame for the vehicle network", options.seconds, [&] {
        const FrameView& frame = frames[i++ % frames.size()].view;
        preprocessor.run(frame, whole_frame(frame.format), kNetworkWidth, kNetworkHeight, input);
    }));
}

void measure_networks(const Options& options, const std::vector<Frame>& frames) {
    for (const Precision precision : {Precision::kAuto, Precision::kBf16, Precision::kF32,
                                      Precision::kInt8}) {
        const std::string suffix = ", " + std::string(to_string(precision));
        if (!wanted(options, "vehicle" + suffix) && !wanted(options, "plate" + suffix) &&
            !wanted(options, "text" + suffix))
            continue;
        NetworkSettings settings;
        settings.vehicle_path = options.models + "/vehicle.toml";
        settings.plate_path = options.models + "/plate.toml";
        settings.text_path = options.models + "/text.toml";
        settings.model.precision = precision;
        FileNetworkLoader loader(must(OpenVinoEngine::create("CPU")), settings);
        const Networks networks = must(load_networks(loader));
        std::size_t i = 0;
        if (wanted(options, "vehicle" + suffix)) {
            print(
                time_of("vehicle" + suffix + " (letterbox, network, boxes)", options.seconds,
                        [&] { must(networks.vehicle->detect(frames[i++ % frames.size()].view)); }));
        }
        // Vehicles as large as those that are looked at.
        const FrameFormat& format = frames.front().view.format;
        const auto width = static_cast<float>(format.width);
        const Box vehicle{0.4f * width, 0.2f * width, 0.55f * width, 0.33f * width};
        if (wanted(options, "plate" + suffix)) {
            print(time_of("plate" + suffix + " (crop, network, corners)", options.seconds, [&] {
                must(networks.plate->detect(frames[i++ % frames.size()].view, vehicle));
            }));
        }
        Quad corners;
        corners.corners = {Point{800, 500}, {920, 503}, {920, 530}, {800, 527}};
        if (wanted(options, "text" + suffix)) {
            print(time_of("text" + suffix + " (rectify, network)", options.seconds, [&] {
                must(networks.text->read(rectify(frames[i++ % frames.size()].view, corners).grey));
            }));
        }
    }
}

void measure_tracker(const Options& options) {
    for (const int vehicles : {0, 5, 30, 100}) {
        const std::string name = "track a frame, " + std::to_string(vehicles) + " vehicles";
        if (!wanted(options, name)) continue;
        SceneSimulator::Settings settings;
        settings.width = 1920;
        settings.height = 1080;
        SceneSimulator scene(settings, 7);
        if (vehicles > 0) scene.add_traffic(vehicles, 1.0);
        constexpr std::int64_t kFrame_us = 33'333;
        auto state = std::make_unique<TrackerState>();
        FrameStamp stamp;
        std::vector<double> values;
        for (int i = 0; i < 150; ++i) {
            scene.advance(1.0 / 30);
            stamp.index = static_cast<std::uint32_t>(i);
            stamp.time_us = i * kFrame_us;
            const std::int64_t before = thread_cpu_ns();
            track_frame(*state, stamp, scene.frame(), scene.detections());
            if (i >= 30) values.push_back(static_cast<double>(thread_cpu_ns() - before) / 1e6);
        }
        print(figure_of(name, "ms", std::move(values)));
    }
}

// Readings of one plate, each a little unsure in another place.
TrackEvidence evidence_of(int readings) {
    TrackEvidence evidence;
    constexpr std::string_view kText = "KV67WRT";
    const std::string_view alphabet(kPlateAlphabet);
    for (int i = 0; i < readings; ++i) {
        PlateReading r;
        r.frame.index = static_cast<std::uint32_t>(i);
        r.frame.time_us = std::int64_t{i} * 100'000;
        r.found = 1;
        r.plate_score = 0.8f;
        r.corners.corners = {Point{100, 100}, {220, 100}, {220, 130}, {100, 130}};
        r.width_px = 120;
        r.height_px = 30;
        r.sharpness = 0.2f;
        r.contrast = 0.5f;
        for (std::size_t slot = 0; slot < kPlateSlots; ++slot) {
            r.posterior[slot].fill(20);
            const std::size_t symbol =
                slot < kText.size() ? alphabet.find(kText[slot]) : kBlankSymbol;
            r.posterior[slot][symbol] = static_cast<std::size_t>(i) % 7 == slot ? 30'000 : 60'000;
            r.place[slot] = {static_cast<std::uint8_t>(25 + 29 * slot % 230), 128};
        }
        add_reading(evidence, r);
    }
    return evidence;
}

void measure_fusion(const Options& options) {
    for (const int readings : {4, 24}) {
        const std::string name = "fuse " + std::to_string(readings) + " readings";
        if (!wanted(options, name)) continue;
        const auto evidence = std::make_unique<TrackEvidence>(evidence_of(readings));
        print(time_of(name, options.seconds, [&] { (void)summarise_plate(*evidence); }));
    }
}

Options options_of(int argc, char** argv) {
    Options options;
    for (int i = 1; i < argc; ++i) {
        if (std::strcmp(argv[i], "--seconds") == 0 && i + 1 < argc) {
            options.seconds = std::atof(argv[++i]);
        } else if (std::strcmp(argv[i], "--models") == 0 && i + 1 < argc) {
            options.models = argv[++i];
        } else if (options.clip.empty()) {
            options.clip = argv[i];
        } else {
            options.names.emplace_back(argv[i]);
        }
    }
    if (options.clip.empty())
        die("usage: parts_benchmark [--seconds S] [--models FOLDER] CLIP [NAME...]");
    return options;
}

}  // namespace
}  // namespace dashcam::benchmark

int main(int argc, char** argv) {
    using namespace dashcam::benchmark;
    const Options options = options_of(argc, argv);
    measure_decoding(options);
    const std::vector<Frame> frames = frames_of(options.clip);
    measure_letterbox(options, frames);
    measure_networks(options, frames);
    measure_tracker(options);
    measure_fusion(options);
    return 0;
}
