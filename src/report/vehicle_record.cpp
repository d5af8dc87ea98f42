#include "report/vehicle_record.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

namespace dashcam {
namespace {

double seconds(std::int64_t time_us) { return static_cast<double>(time_us) / 1e6; }

nlohmann::json box_json(const Box& box) {
    return nlohmann::json::array({box.x0, box.y0, box.x1, box.y1});
}

nlohmann::json characters_json(const std::vector<CharacterPosterior>& characters) {
    auto list = nlohmann::json::array();
    for (const CharacterPosterior& character : characters) {
        auto symbols = nlohmann::json::object();
        for (const auto& [symbol, p] : character.symbols) symbols[std::string(1, symbol)] = p;
        list.push_back({{"confidence", character.confidence}, {"symbols", symbols}});
    }
    return list;
}

nlohmann::json readings_json(const std::vector<ReadingRow>& readings) {
    auto list = nlohmann::json::array();
    for (const ReadingRow& reading : readings) {
        auto corners = nlohmann::json::array();
        for (const Point& corner : reading.corners.corners) corners.push_back({corner.x, corner.y});
        list.push_back({{"frame", reading.frame},
                        {"time_s", seconds(reading.time_us)},
                        {"text", reading.text},
                        {"confidence", reading.confidence},
                        {"plate_score", reading.plate_score},
                        {"width_px", reading.width_px},
                        {"height_px", reading.height_px},
                        {"sharpness", reading.sharpness},
                        {"contrast", reading.contrast},
                        {"corners", corners}});
    }
    return list;
}

nlohmann::json corrections_json(const std::vector<CorrectionRow>& corrections) {
    auto list = nlohmann::json::array();
    for (const CorrectionRow& correction : corrections) {
        list.push_back({{"plate", correction.plate},
                        {"reason", correction.reason},
                        {"corrected_at", correction.corrected_at},
                        {"plate_before", correction.plate_before},
                        {"in_force", correction.in_force != 0}});
    }
    return list;
}

}  // namespace

Result<VehicleRecord> load_record(Store& store, const VideoRow& video, const VehicleRow& vehicle) {
    VehicleRecord record{video, vehicle, {}, {}, std::nullopt};
    TRY_ASSIGN(record.readings, store.readings(vehicle.video, vehicle.track));
    TRY_ASSIGN(const std::vector<CorrectionRow> corrections, store.corrections(video.id));
    for (const CorrectionRow& correction : corrections) {
        if (correction.vehicle == vehicle.track) record.corrections.push_back(correction);
    }
    TRY_ASSIGN(const std::vector<RunRow> runs, store.runs());
    for (const RunRow& run : runs) {
        if (run.settings == vehicle.settings) record.run = run;
    }
    return record;
}

const CorrectionRow* VehicleRecord::correction() const {
    for (const CorrectionRow& row : corrections) {
        if (row.in_force != 0) return &row;
    }
    return nullptr;
}

nlohmann::json record_json(const VehicleRecord& record) {
    const VideoRow& video = record.video;
    const VehicleRow& vehicle = record.vehicle;
    auto alternatives = nlohmann::json::array();
    for (const Alternative& other : vehicle.alternatives)
        alternatives.push_back({{"plate", other.text}, {"probability", other.probability}});
    nlohmann::json made_by = {{"settings", vehicle.settings}};
    if (record.run) {
        made_by["version"] = record.run->version;
        made_by["settings_text"] = record.run->settings_text;
        made_by["last_used"] = record.run->started_at;
    }
    const std::int64_t moment = moment_us(vehicle, record.readings);
    return {{"video", video.path},
            {"video_id", video.id},
            {"video_status", std::string(to_string(video.status))},
            {"recorded_at", video.recorded_at},
            {"track", vehicle.track},
            {"class", vehicle.vehicle_class},
            {"class_confidence", vehicle.class_confidence},
            {"plate", vehicle.plate},
            {"tier", vehicle.tier},
            {"confidence", vehicle.confidence},
            {"characters", characters_json(vehicle.characters)},
            {"alternatives", alternatives},
            {"region", vehicle.region},
            {"region_confidence", vehicle.region_confidence},
            {"unread_reason", vehicle.unread_reason},
            {"first_s", seconds(vehicle.first_us)},
            {"last_s", seconds(vehicle.last_us)},
            {"first_box", box_json(vehicle.first_box)},
            {"last_box", box_json(vehicle.last_box)},
            {"largest_box", box_json(vehicle.largest_box)},
            {"hits", vehicle.hits},
            {"looks", vehicle.looks},
            {"best_shot", vehicle.best_shot},
            {"plate_shot", vehicle.plate_shot},
            {"moment_s", seconds(moment)},
            {"moment_url", moment_url(video.path, moment)},
            {"readings", readings_json(record.readings)},
            {"corrections", corrections_json(record.corrections)},
            {"made_by", made_by}};
}

std::int64_t moment_us(const VehicleRow& vehicle, const std::vector<ReadingRow>& readings) {
    for (const ReadingRow& reading : readings) {
        if (reading.frame == vehicle.best_frame) return reading.time_us;
    }
    return vehicle.first_us + (vehicle.last_us - vehicle.first_us) / 2;
}

std::string unread_sentence(const VehicleRow& vehicle) {
    const std::string& reason = vehicle.unread_reason;
    const auto times = [](std::uint32_t n) {
        return n == 1 ? std::string("once") : fmt::format("{} times", n);
    };
    if (reason.starts_with("never large"))
        return "It was never large enough, or always cut by the frame's edge, to look for a plate.";
    if (reason == "no plate found") {
        return fmt::format("It was looked at {}; no number plate was found.", times(vehicle.looks));
    }
    if (reason == "plate too small") {
        return fmt::format(
            "A plate was found {}, always too small to read (under about 48 pixels wide).",
            times(vehicle.readings));
    }
    if (reason.starts_with("plate too blurred")) {
        return fmt::format("A plate was found {}, too blurred or too dark to read.",
                           times(vehicle.readings));
    }
    if (reason.starts_with("readings contradict"))
        return "Its readings contradict each other: maybe two vehicles, or another one's plate.";
    return reason.empty() ? "The database does not say why." : reason + ".";
}

std::string media_time(std::int64_t time_us) {
    // Tenths, rounded first, so that 59.96 s is 1:00.0.
    const std::int64_t tenths = (std::max<std::int64_t>(time_us, 0) + 50'000) / 100'000;
    const std::int64_t whole = tenths / 10;
    const std::string tail = fmt::format("{:02}.{}", whole % 60, tenths % 10);
    if (whole >= 3600) return fmt::format("{}:{:02}:{}", whole / 3600, whole / 60 % 60, tail);
    return fmt::format("{}:{}", whole / 60, tail);
}

std::string percent_encoded(const std::string& path) {
    static constexpr std::string_view kPlain =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";
    std::string out;
    for (const char c : path) {
        if (kPlain.find(c) != std::string_view::npos) {
            out += c;
        } else {
            out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
        }
    }
    return out;
}

std::string moment_url(const std::string& path, std::int64_t time_us) {
    std::error_code failed;
    const std::string whole = std::filesystem::absolute(path, failed).lexically_normal().string();
    return fmt::format("file://{}#t={:.1f}", percent_encoded(failed ? path : whole),
                       std::max(0.0, seconds(time_us)));
}

}  // namespace dashcam
