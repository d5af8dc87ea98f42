#include "stores/plate_texts.h"

#include <algorithm>
#include <set>

#include "stores/store.h"

namespace dashcam {
namespace {

PlateTextRow text_row(const VehicleRow& vehicle, const std::string& text, PlateTextKind kind,
                      double probability) {
    PlateTextRow row;
    row.video = vehicle.video;
    row.track = vehicle.track;
    row.text = text;
    row.kind = kind;
    row.probability = probability;
    row.whole = kind != PlateTextKind::kAlternative && text.find('?') == std::string::npos;
    row.vehicle_class = vehicle.vehicle_class;
    row.tier = vehicle.tier;
    row.region = vehicle.region;
    row.first_us = vehicle.first_us;
    row.last_us = vehicle.last_us;
    return row;
}

}  // namespace

std::vector<PlateTextRow> texts_of(const VehicleRow& vehicle, const CorrectionRow* correction) {
    std::vector<PlateTextRow> rows;
    if (correction != nullptr) {
        if (correction->plate.empty()) return rows;
        rows.push_back(
            text_row(apply(*correction, vehicle), correction->plate, PlateTextKind::kCorrected, 1));
        return rows;
    }
    std::set<std::string> known;
    if (!vehicle.plate.empty()) {
        known.insert(vehicle.plate);
        PlateTextRow& row = rows.emplace_back(
            text_row(vehicle, vehicle.plate, PlateTextKind::kRead, vehicle.confidence));
        const bool complete = vehicle.characters.size() == vehicle.plate.size();
        for (std::size_t i = 0; complete && i < vehicle.plate.size(); ++i) {
            if (vehicle.plate[i] == '?') row.unknown.push_back(vehicle.characters[i]);
        }
    }
    for (const Alternative& other : vehicle.alternatives) {
        if (other.text.empty() || !(other.probability >= kMinSearchedAlternative)) continue;
        if (!known.insert(other.text).second) continue;
        rows.push_back(
            text_row(vehicle, other.text, PlateTextKind::kAlternative, other.probability));
    }
    std::stable_sort(rows.begin(), rows.end(), [](const PlateTextRow& a, const PlateTextRow& b) {
        return a.probability != b.probability ? a.probability > b.probability : a.text < b.text;
    });
    return rows;
}

Result<std::vector<Record>> encoded_texts(const VehicleRow& vehicle,
                                          const CorrectionRow* correction) {
    std::vector<Record> records;
    for (const PlateTextRow& text : texts_of(vehicle, correction)) {
        TRY_ASSIGN(records.emplace_back(), encode(text));
    }
    return records;
}

}  // namespace dashcam
