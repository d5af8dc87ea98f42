#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "stores/record.h"
#include "stores/store.h"

namespace dashcam {
namespace {

// The shortest text that reads back as the same number.
std::string number(double value) {
    char buffer[32];
    const auto [end, error] = std::to_chars(std::begin(buffer), std::end(buffer), value);
    return error == std::errc() ? std::string(buffer, end) : "?";
}

std::string value_of(const Column& column, const Cell& cell) {
    switch (cell.kind) {
        case Cell::Kind::kInteger:
            return std::to_string(cell.integer);
        case Cell::Kind::kReal:
            return number(cell.real);
        case Cell::Kind::kText:
            break;
    }
    const std::size_t slash =
        column.use == ColumnUse::kPath ? cell.text.rfind('/') : std::string::npos;
    const std::string text = slash == std::string::npos ? cell.text : cell.text.substr(slash + 1);
    return nlohmann::json(text).dump();  // quotes it, and keeps it on one line
}

template <typename Row>
Result<void> append(std::string& text, const Row& row) {
    TRY_ASSIGN(const Record record, encode(row));
    const TableLayout& table = layout<Row>();
    text += table.name;
    for (std::size_t i = 0; i < record.size(); ++i) {
        const Column& column = table.columns[i];
        if (column.use == ColumnUse::kRunDependent) continue;
        text += " " + column.name + "=" + value_of(column, record[i]);
    }
    text += "\n";
    return {};
}

}  // namespace

Result<std::string> dump(Store& store) {
    TRY_ASSIGN(std::vector<VideoRow> videos, store.videos());
    std::sort(videos.begin(), videos.end(),
              [](const VideoRow& a, const VideoRow& b) { return a.id < b.id; });
    std::string text;
    for (const VideoRow& video : videos) {
        TRY(append(text, video));
        VehicleFilter of_video;
        of_video.video = video.id;
        TRY_ASSIGN(const std::vector<VehicleRow> vehicles, store.vehicles(of_video));
        for (const VehicleRow& vehicle : vehicles) {
            TRY(append(text, vehicle));
            TRY_ASSIGN(const std::vector<ReadingRow> readings,
                       store.readings(vehicle.video, vehicle.track));
            for (const ReadingRow& reading : readings) TRY(append(text, reading));
        }
    }
    return text;
}

}  // namespace dashcam
