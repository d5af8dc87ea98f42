#include "cli/vehicle_table.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cli/text_table.h"
#include "video/printable_path.h"

namespace dashcam {
namespace {

std::string path_of(const std::map<std::string, std::string>& paths, const std::string& video) {
    const auto found = paths.find(video);
    return found == paths.end() ? video : found->second;
}

double seconds(std::int64_t microseconds) { return static_cast<double>(microseconds) / 1e6; }

}  // namespace

std::string vehicle_table(const std::vector<VehicleRow>& vehicles,
                          const std::map<std::string, std::string>& paths) {
    std::vector<TextLine> lines{
        {"VIDEO", "TRACK", "CLASS", "PLATE", "TIER", "CONF", "SEEN", "NOTE"}};
    for (const VehicleRow& row : vehicles) {
        lines.push_back(
            {printable_text(file_name_of(path_of(paths, row.video))), std::to_string(row.track),
             printable_text(row.vehicle_class), row.plate.empty() ? "-" : printable_text(row.plate),
             printable_text(row.tier),
             row.plate.empty() ? "-" : fmt::format("{:.2f}", row.confidence),
             fmt::format("{:.1f}-{:.1f} s", seconds(row.first_us), seconds(row.last_us)),
             printable_text(row.plate.empty() ? row.unread_reason : row.region)});
    }
    return text_table(lines);
}

std::string vehicle_json(const std::vector<VehicleRow>& vehicles,
                         const std::map<std::string, std::string>& paths) {
    auto array = nlohmann::json::array();
    for (const VehicleRow& row : vehicles) {
        auto alternatives = nlohmann::json::array();
        for (const Alternative& other : row.alternatives) {
            alternatives.push_back({{"plate", other.text}, {"probability", other.probability}});
        }
        auto characters = nlohmann::json::array();
        for (const CharacterPosterior& character : row.characters)
            characters.push_back(character.confidence);
        const auto box = [](const Box& b) {
            return nlohmann::json::array({b.x0, b.y0, b.x1, b.y1});
        };
        array.push_back({{"video", path_of(paths, row.video)},
                         {"video_id", row.video},
                         {"track", row.track},
                         {"class", row.vehicle_class},
                         {"class_confidence", row.class_confidence},
                         {"plate", row.plate},
                         {"tier", row.tier},
                         {"confidence", row.confidence},
                         {"character_confidence", characters},
                         {"alternatives", alternatives},
                         {"region", row.region},
                         {"unread_reason", row.unread_reason},
                         {"first_s", seconds(row.first_us)},
                         {"last_s", seconds(row.last_us)},
                         {"first_box", box(row.first_box)},
                         {"last_box", box(row.last_box)},
                         {"hits", row.hits},
                         {"looks", row.looks},
                         {"readings", row.readings},
                         {"best_shot", row.best_shot},
                         {"plate_shot", row.plate_shot}});
    }
    return array.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

}  // namespace dashcam
