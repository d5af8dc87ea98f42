#include "cli/result_rows.h"

#include <fmt/format.h>

#include "search/clip_times.h"
#include "video/printable_path.h"

namespace dashcam {
namespace {

// "AB12CD 0.25; AB12CO 0.1"
std::string alternatives_text(const VehicleRow& row) {
    std::string text;
    for (const Alternative& other : row.alternatives) {
        if (!text.empty()) text += "; ";
        text += fmt::format("{} {}", other.text, other.probability);
    }
    return text;
}

}  // namespace

const std::vector<std::string>& export_columns() {
    static const std::vector<std::string> columns{
        "video_id",     "clip",          "track",      "class",    "class_confidence",
        "plate",        "tier",          "confidence", "region",   "region_confidence",
        "alternatives", "unread_reason", "first_s",    "last_s",   "first_clock",
        "last_clock",   "hits",          "looks",      "readings", "best_shot",
        "plate_shot",   "settings"};
    return columns;
}

std::vector<RowValue> export_row(const VideoRow& video, const VehicleRow& row) {
    return {row.video,
            video.path,
            std::int64_t{row.track},
            row.vehicle_class,
            row.class_confidence,
            row.plate,
            row.tier,
            row.confidence,
            row.region,
            row.region_confidence,
            alternatives_text(row),
            row.unread_reason,
            seconds_of(row.first_us),
            seconds_of(row.last_us),
            clock_text(video, row.first_us),
            clock_text(video, row.last_us),
            std::int64_t{row.hits},
            std::int64_t{row.looks},
            std::int64_t{row.readings},
            row.best_shot,
            row.plate_shot,
            row.settings};
}

std::string clip_name(const VideoRow& video) { return file_name_of(video.path); }

RowFormat format_of(bool json, bool csv) {
    return json ? RowFormat::kJson : csv ? RowFormat::kCsv : RowFormat::kTable;
}

double seconds_of(std::int64_t us) { return static_cast<double>(us) / 1e6; }

}  // namespace dashcam
