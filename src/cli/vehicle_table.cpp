#include "cli/vehicle_table.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cli/result_rows.h"
#include "video/printable_path.h"

namespace dashcam {
namespace {

constexpr int kJsonIndent = 2;

}  // namespace

TextLine vehicle_table_head() {
    return {"VIDEO", "TRACK", "CLASS", "PLATE", "TIER", "CONF", "SEEN", "NOTE"};
}

TextLine vehicle_table_line(const VehicleRow& row, const std::string& path) {
    return {printable_text(file_name_of(path)),
            std::to_string(row.track),
            printable_text(row.vehicle_class),
            row.plate.empty() ? "-" : printable_text(row.plate),
            printable_text(row.tier),
            row.plate.empty() ? "-" : fmt::format("{:.2f}", row.confidence),
            fmt::format("{:.1f}-{:.1f} s", seconds_of(row.first_us), seconds_of(row.last_us)),
            printable_text(row.plate.empty() ? row.unread_reason : row.region)};
}

std::string vehicle_table(const std::vector<VehicleRow>& vehicles,
                          const std::map<std::string, std::string>& paths) {
    std::vector<TextLine> lines{vehicle_table_head()};
    for (const VehicleRow& row : vehicles) {
        const auto found = paths.find(row.video);
        lines.push_back(vehicle_table_line(row, found == paths.end() ? row.video : found->second));
    }
    return text_table(lines);
}

std::string vehicle_json(const VehicleRow& row, const std::string& path) {
    auto alternatives = nlohmann::json::array();
    for (const Alternative& other : row.alternatives) {
        alternatives.push_back({{"plate", other.text}, {"probability", other.probability}});
    }
    auto characters = nlohmann::json::array();
    for (const CharacterPosterior& character : row.characters)
        characters.push_back(character.confidence);
    const auto box = [](const Box& b) { return nlohmann::json::array({b.x0, b.y0, b.x1, b.y1}); };
    const nlohmann::json object{{"video", path},
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
                                {"first_s", seconds_of(row.first_us)},
                                {"last_s", seconds_of(row.last_us)},
                                {"first_box", box(row.first_box)},
                                {"last_box", box(row.last_box)},
                                {"hits", row.hits},
                                {"looks", row.looks},
                                {"readings", row.readings},
                                {"best_shot", row.best_shot},
                                {"plate_shot", row.plate_shot}};
    const std::string text =
        object.dump(kJsonIndent, ' ', false, nlohmann::json::error_handler_t::replace);
    // As a member of an array. Texts have no end of line that is not escaped.
    std::string indented(kJsonIndent, ' ');
    for (const char c : text) {
        indented += c;
        if (c == '\n') indented.append(kJsonIndent, ' ');
    }
    return indented;
}

}  // namespace dashcam
