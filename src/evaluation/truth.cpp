#include "evaluation/truth.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "video/printable_path.h"
#include "video/video_formats.h"

namespace dashcam {
namespace {

namespace fs = std::filesystem;

using Fields = std::vector<std::string>;

Fields fields_of(const std::string& line) {
    Fields fields;
    std::istringstream stream(line);
    for (std::string field; std::getline(stream, field, ',');) {
        const auto not_space = [](unsigned char c) { return std::isspace(c) == 0; };
        field.erase(field.begin(), std::find_if(field.begin(), field.end(), not_space));
        field.erase(std::find_if(field.rbegin(), field.rend(), not_space).base(), field.end());
        fields.push_back(field);
    }
    return fields;
}

std::optional<float> number(const std::string& text) {
    float value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value))
        return {};
    return value;
}

// The columns of a text.csv: named in its first line, or `image,text[,lines or group]`.
class Columns {
  public:
    explicit Columns(const Fields& first) {
        const bool has_names = std::find(first.begin(), first.end(), "image") != first.end();
        if (has_names) {
            for (std::size_t i = 0; i < first.size(); ++i) places_[first[i]] = i;
        } else {
            places_ = {{"image", 0}, {"text", 1}, {"extra", 2}};
        }
        is_header_ = has_names;
    }
    bool is_header() const { return is_header_; }
    std::string of(const Fields& fields, const std::string& name) const {
        const auto place = places_.find(name);
        return place == places_.end() || place->second >= fields.size() ? ""
                                                                        : fields[place->second];
    }

  private:
    std::map<std::string, std::size_t> places_;
    bool is_header_ = false;
};

std::optional<Box> box_of(const Columns& columns, const Fields& fields) {
    const auto x0 = number(columns.of(fields, "xmin")), y0 = number(columns.of(fields, "ymin"));
    const auto x1 = number(columns.of(fields, "xmax")), y1 = number(columns.of(fields, "ymax"));
    if (!x0 || !y0 || !x1 || !y1) return {};
    return Box{*x0, *y0, *x1, *y1};
}

TruePlate plate_of(const Columns& columns, const Fields& fields) {
    TruePlate plate;
    plate.text = normalised_plate(columns.of(fields, "text"));
    plate.box = box_of(columns, fields);
    // 2: readable in this picture; 1: known from its neighbours; 0: not known.
    const std::string legibility = columns.of(fields, "legibility");
    plate.is_readable = legibility.empty() || legibility == "2";
    plate.group = columns.of(fields, "group");
    const std::string extra = columns.of(fields, "extra");
    const std::string lines = extra.empty() ? columns.of(fields, "lines") : extra;
    if (lines == "1" || lines == "2") {
        plate.lines = lines == "1" ? 1 : 2;
    } else if (plate.group.empty()) {
        plate.group = extra;
    }
    return plate;
}

using PlatesByImage = std::map<std::string, std::vector<TruePlate>>;

// Keyed by the file's name without its ending.
Result<PlatesByImage> read_texts(const fs::path& path) {
    PlatesByImage plates;
    std::ifstream file(path);
    std::optional<Columns> columns;
    int number_of_line = 0;
    for (std::string line; std::getline(file, line);) {
        ++number_of_line;
        const Fields fields = fields_of(line);
        if (fields.empty()) continue;
        const bool is_first = !columns;
        if (is_first) columns.emplace(fields);
        if (is_first && columns->is_header()) continue;
        if (fields.size() < 2 || columns->of(fields, "image").empty()) {
            return Error{printable_path(path.string()) + ", line " +
                         std::to_string(number_of_line) +
                         ": it must have a picture's name and a text, as in 'photo1,AB12CDE'"};
        }
        const std::string image = columns->of(fields, "image");
        const std::string stem =
            has_picture_extension(image) ? fs::path(image).stem().string() : image;
        plates[stem].push_back(plate_of(*columns, fields));
    }
    return plates;
}

Result<std::vector<Box>> read_labels(const fs::path& path) {
    std::vector<Box> boxes;
    std::ifstream file(path);
    int number_of_line = 0;
    for (std::string line; std::getline(file, line);) {
        ++number_of_line;
        std::istringstream values(line);
        int label = 0;
        float cx = 0, cy = 0, w = 0, h = 0;
        if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
        if (!(values >> label >> cx >> cy >> w >> h) || !(w > 0) || !(h > 0)) {
            return Error{printable_path(path.string()) + ", line " +
                         std::to_string(number_of_line) +
                         ": it must be 'class cx cy width height' in shares of the picture"};
        }
        boxes.push_back({cx - w / 2, cy - h / 2, cx + w / 2, cy + h / 2});
    }
    return boxes;
}

std::map<std::string, fs::path> pictures_in(const fs::path& folder) {
    std::map<std::string, fs::path> found;  // by stem
    for (const auto& entry : fs::directory_iterator(folder)) {
        if (entry.is_regular_file() && has_picture_extension(entry.path().filename().string()))
            found[entry.path().stem().string()] = entry.path();
    }
    return found;
}

// Texts without boxes belong to the labels in order: of one plate there is no doubt.
void add_labels(TruePicture& picture, const std::vector<Box>& labels) {
    picture.has_labels = true;
    const bool have_boxes = std::any_of(picture.plates.begin(), picture.plates.end(),
                                        [](const TruePlate& p) { return p.box.has_value(); });
    if (have_boxes) return;
    const bool texts_fit = picture.plates.size() == labels.size();
    std::vector<TruePlate> texts = std::move(picture.plates);
    picture.plates.clear();
    for (std::size_t i = 0; i < labels.size(); ++i) {
        TruePlate plate = texts_fit ? texts[i] : TruePlate{};
        plate.box = labels[i];
        plate.box_is_share = true;
        picture.plates.push_back(plate);
    }
}

Result<Truth> read_pictures(const fs::path& folder) {
    Truth truth;
    PlatesByImage texts;
    if (fs::exists(folder / "text.csv")) {
        TRY_ASSIGN(texts, read_texts(folder / "text.csv"));
    }
    for (const auto& [stem, path] : pictures_in(folder / "images")) {
        TruePicture picture;
        picture.path = path.string();
        if (const auto found = texts.find(stem); found != texts.end())
            picture.plates = found->second;
        const fs::path label = folder / "labels" / (stem + ".txt");
        if (fs::exists(label)) {
            TRY_ASSIGN(const std::vector<Box> boxes, read_labels(label));
            add_labels(picture, boxes);
        }
        if (picture.has_labels || !picture.plates.empty()) truth.pictures.push_back(picture);
    }
    return truth;
}

Result<Truth> read_crops(const fs::path& folder) {
    Truth truth;
    truth.kind = TruthKind::kCrops;
    TRY_ASSIGN(const PlatesByImage texts, read_texts(folder / "text.csv"));
    const std::map<std::string, fs::path> pictures = pictures_in(folder);
    for (const auto& [stem, plates] : texts) {
        const auto path = pictures.find(stem);
        if (path == pictures.end() || plates.front().text.empty()) continue;
        truth.pictures.push_back({path->second.string(), {plates.front()}, false});
    }
    return truth;
}

Result<Truth> read_clips(const fs::path& folder) {
    const fs::path path = folder / "truth.json";
    Truth truth;
    truth.kind = TruthKind::kClips;
    try {
        std::ifstream file(path);
        const nlohmann::json all = nlohmann::json::parse(file);
        for (const auto& [name, what] : all.items()) {
            TrueClip clip;
            clip.path = (folder / name).string();
            for (const auto& plate : what.value("plates", nlohmann::json::array())) {
                const bool nowhere_clear =
                    plate.contains("clear_frames") && plate.at("clear_frames").empty();
                clip.plates.push_back({normalised_plate(plate.at("text")), !nowhere_clear});
            }
            truth.clips.push_back(clip);
        }
    } catch (const nlohmann::json::exception& exception) {
        return Error{printable_path(path.string()) + " cannot be understood: " + exception.what()};
    }
    return truth;
}

}  // namespace

std::string normalised_plate(const std::string& text) {
    std::string out;
    for (const char c : text) {
        if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z')) out += c;
        if (c >= 'a' && c <= 'z') out += static_cast<char>(c - 'a' + 'A');
    }
    return out;
}

Result<Truth> read_truth(const std::string& folder) {
    const fs::path path(folder);
    std::error_code ignored;
    if (!fs::is_directory(path, ignored)) {
        return Error{printable_path(folder) +
                     " is not a folder; give a folder with pictures or "
                     "clips and their truth"};
    }
    Result<Truth> truth = Error{printable_path(folder) +
                                " has no truth: neither truth.json nor images/ nor text.csv is in "
                                "it; docs/evaluate.md describes the layouts"};
    if (fs::exists(path / "truth.json", ignored)) {
        truth = read_clips(path);
    } else if (fs::is_directory(path / "images", ignored)) {
        truth = read_pictures(path);
    } else if (fs::exists(path / "text.csv", ignored)) {
        truth = read_crops(path);
    }
    TRY_ASSIGN(Truth found, std::move(truth));
    if (found.pictures.empty() && found.clips.empty()) {
        return Error{printable_path(folder) +
                     " has a truth, but none of its pictures or clips; "
                     "docs/evaluate.md describes the layouts"};
    }
    return found;
}

}  // namespace dashcam
