#include "report/report_data.h"

#include <fmt/format.h>

#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

#include "report/provenance.h"
#include "report/vehicle_record.h"
#include "video/printable_path.h"

namespace dashcam {
namespace {

using Json = nlohmann::json;

std::int64_t ms(std::int64_t time_us) { return time_us / 1000; }

// Four digits are more than a page shows, and keep it small.
double rounded(double value) { return std::round(value * 10'000) / 10'000; }

std::string file_address(const std::string& path) {
    const std::string address = moment_url(path, 0);
    return address.substr(0, address.rfind('#'));
}

Json clip_json(const VideoRow& video) {
    return {{"id", video.id},
            {"name", printable_text(file_name_of(video.path))},
            {"path", printable_text(video.path)},
            {"href", file_address(video.path)},
            {"duration", ms(video.duration_us)},
            {"size", fmt::format("{} × {}", video.width, video.height)},
            {"codec", printable_text(video.codec)},
            {"recorded", printable_text(video.recorded_at)},
            {"status", std::string(to_string(video.status))},
            {"reason", printable_text(video.reason)}};
}

Json characters_json(const std::vector<CharacterPosterior>& characters) {
    Json list = Json::array();
    for (const CharacterPosterior& character : characters) {
        // Most probable first.
        std::multimap<double, char, std::greater<>> order;
        for (const auto& [symbol, p] : character.symbols) order.emplace(p, symbol);
        Json symbols = Json::array();
        for (const auto& [p, symbol] : order) {
            if (symbols.size() < 4)
                symbols.push_back({printable_text(std::string(1, symbol)), rounded(p)});
        }
        list.push_back({rounded(character.confidence), symbols});
    }
    return list;
}

// What stands in a shell for the vehicle: the start of the hash needs no quoting.
std::string shell_reference(const VehicleRow& vehicle) {
    return fmt::format("{}:{}", vehicle.video.substr(0, 8), vehicle.track);
}

Json vehicle_json(const VehicleRow& vehicle, const std::vector<ReadingRow>& readings,
                  std::size_t clip, const PagePictures& pictures) {
    Json alternatives = Json::array();
    for (const Alternative& other : vehicle.alternatives)
        alternatives.push_back({printable_text(other.text), rounded(other.probability)});
    Json list = Json::array();
    for (const ReadingRow& reading : readings) {
        list.push_back({reading.frame, ms(reading.time_us), printable_text(reading.text),
                        rounded(reading.confidence), std::lround(reading.width_px),
                        std::lround(reading.height_px)});
    }
    return {{"c", clip},
            {"t", vehicle.track},
            {"ref", shell_reference(vehicle)},
            {"cls", printable_text(vehicle.vehicle_class)},
            {"cp", rounded(vehicle.class_confidence)},
            {"f", ms(vehicle.first_us)},
            {"l", ms(vehicle.last_us)},
            {"p", printable_text(vehicle.plate)},
            {"tier", vehicle.tier},
            {"why", printable_text(vehicle.unread_reason)},
            {"sentence", printable_text(unread_sentence(vehicle))},
            {"region", printable_text(vehicle.region)},
            {"rp", rounded(vehicle.region_confidence)},
            {"conf", rounded(vehicle.confidence)},
            {"chars", characters_json(vehicle.characters)},
            {"alts", alternatives},
            {"hits", vehicle.hits},
            {"looks", vehicle.looks},
            {"found", vehicle.readings},
            {"best", vehicle.best_frame},
            {"at", ms(moment_us(vehicle, readings))},
            {"img", pictures.vehicle},
            {"plateImg", pictures.plate},
            {"set", vehicle.settings},
            {"r", list}};
}

Json correction_json(const CorrectionRow& correction) {
    return {{"plate", printable_text(correction.plate)},
            {"reason", printable_text(correction.reason)},
            {"at", printable_text(correction.corrected_at)}};
}

}  // namespace

Result<ReportRows> load_report_rows(Store& store) {
    ReportRows rows;
    TRY_ASSIGN(rows.videos, store.videos());
    TRY_ASSIGN(rows.vehicles, store.vehicles({}));
    TRY_ASSIGN(rows.runs, store.runs());
    TRY_ASSIGN(rows.corrections, store.corrections(std::nullopt));
    for (const VehicleRow& vehicle : rows.vehicles) {
        std::vector<ReadingRow>& readings = rows.readings.emplace_back();
        if (vehicle.readings > 0) {
            TRY_ASSIGN(readings, store.readings(vehicle.video, vehicle.track));
        }
    }
    return rows;
}

nlohmann::json report_data(const ReportRows& rows, const std::vector<PagePictures>& pictures,
                           const std::string& database, const std::string& generated) {
    Json clips = Json::array();
    std::map<std::string, std::size_t> clip_numbers;
    for (const VideoRow& video : rows.videos) {
        clip_numbers[video.id] = clips.size();
        clips.push_back(clip_json(video));
    }
    std::map<std::pair<std::string, std::int64_t>, const CorrectionRow*> corrections;
    for (const CorrectionRow& correction : rows.corrections) {
        if (correction.in_force != 0)
            corrections[{correction.video, correction.vehicle}] = &correction;
    }
    Json vehicles = Json::array();
    for (std::size_t i = 0; i < rows.vehicles.size(); ++i) {
        const auto clip = clip_numbers.find(rows.vehicles[i].video);
        if (clip == clip_numbers.end()) continue;  // the clip came between two queries
        Json& vehicle = vehicles.emplace_back(
            vehicle_json(rows.vehicles[i], rows.readings[i], clip->second, pictures[i]));
        const auto correction =
            corrections.find({rows.vehicles[i].video, std::int64_t{rows.vehicles[i].track}});
        if (correction != corrections.end()) vehicle["fix"] = correction_json(*correction->second);
    }
    Json settings = Json::object();
    for (const RunRow& run : rows.runs) settings[run.settings] = provenance_text(run.settings, run);
    return {{"version", DASHCAM_VERSION},
            {"generated", generated},
            {"database", printable_text(database)},
            {"settings", settings},
            {"clips", clips},
            {"vehicles", vehicles}};
}

}  // namespace dashcam
