// What the fusion goes by, for plates whose text is known: the data that read/refit.py fits the
// constants of src/reading on.
//
//     reading_signs TEXT.toml READINGS > SIGNS
//
// READINGS has a line for each look, ordered by track: track, true text, picture, and the plate's
// corners tl tr br bl in pixels, x and y each, separated by tabs. SIGNS has a line for each look
// ("reading") and one for each track ("track"); the first line of each kind names its columns.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "inference/networks.h"
#include "inference/openvino_engine.h"
#include "pipeline/stages/plate_look.h"
#include "reading/fused_plate.h"
#include "reading/fusion.h"
#include "reading/plate_twins.h"
#include "reading/reading_quality.h"
#include "video/picture_file.h"

namespace dashcam {
namespace {

[[noreturn]] void die(const std::string& message) {
    std::fprintf(stderr, "reading_signs: %s\n", message.c_str());
    std::exit(1);
}

template <typename T>
T must(Result<T> result) {
    if (!result.ok()) die(result.error().message);
    return std::move(result).value();
}

struct LineOfReading {
    std::string track;
    std::string truth;
    std::string picture;
    PlateDetection plate;
};

std::vector<LineOfReading> lines_of(const std::string& path) {
    std::ifstream file(path);
    if (!file) die("cannot open '" + path + "'");
    std::vector<LineOfReading> out;
    for (std::string line; std::getline(file, line);) {
        std::istringstream in(line);
        LineOfReading one;
        in >> one.track >> one.truth >> one.picture;
        for (Point& corner : one.plate.corners.corners) in >> corner.x >> corner.y;
        if (!in) die("'" + path + "': not a reading: " + line);
        one.plate.score = 1;
        out.push_back(one);
    }
    return out;
}

bool same_but_twins(const std::string& a, const std::string& b) {
    return without_twins(a) == without_twins(b);
}

void print_reading(const LineOfReading& line, const PlateReading& reading) {
    const SingleReading alone = read_alone(reading);
    std::printf("reading\t%s\t%d\t%.6f\t%.6f\t%.6f\n", line.track.c_str(),
                same_but_twins(alone.text, line.truth) ? 1 : 0, alone.log_confidence,
                static_cast<double>(reading.sharpness), reading_quality(reading));
}

// Whether what is shown agrees with the truth wherever a character is shown.
bool agrees(const std::string& shown, const std::string& truth) {
    if (shown.size() != truth.size()) return false;
    for (std::size_t i = 0; i < shown.size(); ++i) {
        if (shown[i] != '?' && shown[i] != truth[i]) return false;
    }
    return true;
}

void print_track(const LineOfReading& line, const TrackEvidence& evidence) {
    const FusedPlate plate = fuse_plate(evidence);
    const PlateSummary summary = summarise_plate(evidence);
    if (plate.texts.empty()) return;
    const std::string& text = plate.texts.front().text;
    const std::string shown = summary.text.data();
    double known = 1;
    for (std::size_t i = 0; i < shown.size() && i < plate.certainty.size(); ++i) {
        if (shown[i] != '?') known *= plate.certainty[i];
    }
    const FusionSigns& s = plate.signs;
    std::printf(
        "track\t%s\t%d\t%d\t%.9f\t%.9f\t%.9f\t%zu\t%zu\t%zu\t%.6f\t%.6f\t%zu\t%zu\t%d\t%zu\t%.9f\t%.9f\t%s\t"
        "%d\n",
        line.track.c_str(), same_but_twins(text, line.truth) ? 1 : 0, text == line.truth ? 1 : 0,
        s.probability, s.twin_share, s.whole, s.readings, s.members, s.agreeing, s.dominance,
        s.best_quality, s.length, s.digits, s.contested ? 1 : 0, s.pictures, known,
        calibrated_confidence(s), std::string(to_string(summary.tier)).c_str(),
        agrees(shown, line.truth) ? 1 : 0);
}

int signs_of(const std::string& network, const std::string& readings) {
    NetworkSettings settings;
    settings.text_path = network;
    settings.model.precision = Precision::kF32;
    FileNetworkLoader loader(must(OpenVinoEngine::create("CPU")), settings);
    const auto reader = must(loader.load_text_reader());
    std::printf("reading\ttrack\tright\tlog_confidence\tsharpness\tquality\n");
    std::printf(
        "track\ttrack\tright\texact\tprobability\ttwin_share\twhole\treadings\tmembers\tagreeing\t"
        "dominance\tbest_quality\tlength\tdigits\tcontested\tpictures\tknown\tconfidence\ttier\tshown_right\n");
    auto evidence = std::make_unique<TrackEvidence>();
    std::int64_t time_us = 0;
    const std::vector<LineOfReading> lines = lines_of(readings);
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const Picture picture = must(read_picture(lines[i].picture));
        FrameStamp stamp;
        stamp.index = evidence->looks;
        // Looks at one picture have its time in common, as in PictureReader.
        if (evidence->looks > 0 && lines[i].picture != lines[i - 1].picture) ++time_us;
        stamp.time_us = time_us;
        const PlateReading reading = must(read_plate(*reader, picture.view(), lines[i].plate, stamp));
        add_reading(*evidence, reading);
        if (reading.found != 0) print_reading(lines[i], reading);
        if (i + 1 < lines.size() && lines[i + 1].track == lines[i].track) continue;
        print_track(lines[i], *evidence);
        *evidence = TrackEvidence{};
    }
    return 0;
}

}  // namespace
}  // namespace dashcam

int main(int count, char** arguments) {
    if (count != 3) {
        std::fprintf(stderr, "usage: reading_signs TEXT.toml READINGS\n");
        return 2;
    }
    return dashcam::signs_of(arguments[1], arguments[2]);
}
