#include "cli/picture_report.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cli/text_table.h"
#include "video/printable_path.h"

namespace dashcam {
namespace {

using nlohmann::json;

json box_json(const Box& box) { return json::array({box.x0, box.y0, box.x1, box.y1}); }

json find_json(const PictureFind& find) {
    const PlateSummary& s = find.summary;
    json out;
    out["vehicle"] = nullptr;
    if (find.vehicle) {
        out["vehicle"] = {{"class", to_string(find.vehicle->vehicle_class)},
                          {"score", find.vehicle->score},
                          {"box", box_json(find.vehicle->box)}};
    }
    out["plate"] = s.text.data();
    out["tier"] = to_string(s.tier);
    out["confidence"] = s.confidence;
    out["character_confidence"] = json::array();
    for (std::size_t i = 0; i < s.characters; ++i)
        out["character_confidence"].push_back(s.character_confidence[i]);
    out["alternatives"] = json::array();
    for (const PlateAlternative& other : s.alternatives) {
        out["alternatives"].push_back(
            {{"plate", other.text.data()}, {"probability", other.probability}});
    }
    out["region"] = s.region.data();
    out["region_confidence"] = s.region_confidence;
    out["unread_reason"] = to_string(s.unread);
    out["looks"] = s.looks;
    out["plate_score"] = find.plate ? json(find.plate->score) : json();
    out["plate_box"] = find.plate ? box_json(find.plate->corners.bounds()) : json();
    out["corners"] = nullptr;
    if (find.plate) {
        out["corners"] = json::array();
        for (const Point& p : find.plate->corners.corners)
            out["corners"].push_back(json::array({p.x, p.y}));
    }
    return out;
}

std::string alternatives_of(const PlateSummary& summary) {
    std::string out;
    for (const PlateAlternative& other : summary.alternatives) {
        if (other.probability < 0.01f) break;
        out += fmt::format("{}{} {:.2f}", out.empty() ? "" : ", ", other.text.data(),
                           other.probability);
    }
    return out.empty() ? "-" : out;
}

TextLine line_of(const std::string& picture, const PictureFind& find) {
    const PlateSummary& s = find.summary;
    const bool text = s.text[0] != 0;
    const Box box = find.plate ? find.plate->corners.bounds() : find.vehicle->box;
    return {picture,
            text ? s.text.data() : "-",
            std::string(to_string(s.tier)),
            text ? fmt::format("{:.2f}", s.confidence) : "-",
            alternatives_of(s),
            text && s.region[0] != 0 ? s.region.data() : "-",
            find.vehicle ? std::string(to_string(find.vehicle->vehicle_class)) : "-",
            fmt::format("{:.0f},{:.0f} {:.0f}x{:.0f}", box.x0, box.y0, box.width(), box.height()),
            text ? "" : std::string(to_string(s.unread))};
}

}  // namespace

std::string picture_table(const std::vector<PictureResult>& results) {
    std::vector<TextLine> lines{
        {"PICTURE", "PLATE", "TIER", "CONF", "ALTERNATIVES", "REGION", "VEHICLE", "WHERE", "NOTE"}};
    for (const PictureResult& result : results) {
        const std::string name = printable_text(file_name_of(result.path));
        for (const PictureFind& find : result.finds) lines.push_back(line_of(name, find));
        if (result.finds.empty()) {
            const std::string note =
                result.problem.empty() ? "no vehicle, no plate" : "could not be read";
            lines.push_back({name, "-", "none", "-", "-", "-", "-", "-", note});
        }
    }
    return text_table(lines);
}

std::string picture_json(const std::vector<PictureResult>& results) {
    json array = json::array();
    for (const PictureResult& result : results) {
        json finds = json::array();
        for (const PictureFind& find : result.finds) finds.push_back(find_json(find));
        array.push_back({{"picture", result.path},
                         {"width", result.format.width},
                         {"height", result.format.height},
                         {"problem", result.problem},
                         {"finds", finds}});
    }
    return array.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

}  // namespace dashcam
