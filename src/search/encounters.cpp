#include "search/encounters.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "search/clip_times.h"

namespace dashcam {
namespace {

Encounter encounter_of(const std::string& plate, std::vector<Meeting> meetings) {
    const auto when = [](const Meeting& meeting) {
        const auto start = clock_at_start(meeting.video);
        return std::tuple(!start, start.value_or(0) + meeting.vehicle.first_us, meeting.video.path,
                          meeting.vehicle.track);
    };
    std::sort(meetings.begin(), meetings.end(),
              [&](const Meeting& a, const Meeting& b) { return when(a) < when(b); });
    Encounter encounter;
    encounter.plate = plate;
    std::set<std::string> clips;
    for (const Meeting& meeting : meetings) {
        clips.insert(meeting.video.id);
        encounter.seen_us += meeting.vehicle.last_us - meeting.vehicle.first_us;
    }
    encounter.clips = clips.size();
    encounter.meetings = std::move(meetings);
    return encounter;
}

}  // namespace

Result<std::vector<Encounter>> find_encounters(Store& store, const EncounterQuery& query) {
    PlateCountQuery counted;
    counted.min_clips = static_cast<std::int64_t>(query.min_clips);
    counted.min_vehicles = static_cast<std::int64_t>(query.min_times);
    counted.vehicle = query.vehicle;
    counted.limit = query.limit;
    TRY_ASSIGN(const std::vector<PlateCount> counts, store.count_plates(counted));
    std::vector<Encounter> encounters;
    std::map<std::string, VideoRow> videos;
    for (const PlateCount& count : counts) {
        PlateTextQuery texts;
        texts.whole = {count.text};
        texts.vehicle = query.vehicle;
        texts.limit = static_cast<std::size_t>(count.vehicles) * 2 + 1000;
        TRY_ASSIGN(const auto rows, store.find_texts(texts, TextOrder::kAny));
        std::vector<VehicleKey> keys;
        for (const PlateTextRow& row : rows) {
            if (row.kind != PlateTextKind::kAlternative) keys.push_back({row.video, row.track});
        }
        TRY_ASSIGN(std::vector<VehicleRow> vehicles, store.vehicles_of(keys));
        std::vector<Meeting> meetings;
        for (VehicleRow& vehicle : vehicles) {
            auto known = videos.find(vehicle.video);
            if (known == videos.end()) {
                TRY_ASSIGN(const auto video, store.find_video(vehicle.video));
                known = videos.emplace(vehicle.video, video.value_or(VideoRow())).first;
            }
            meetings.push_back({known->second, std::move(vehicle)});
        }
        encounters.push_back(encounter_of(count.text, std::move(meetings)));
    }
    return encounters;
}

Result<std::vector<Encounter>> encounters_among(const VehicleListing& list,
                                                const EncounterQuery& query) {
    std::map<std::string, std::vector<Meeting>> plates;
    TRY(list([&](const VideoRow& video, const VehicleRow& row) -> Result<void> {
        const bool whole = !row.plate.empty() && row.plate.find('?') == std::string::npos;
        if (whole) plates[row.plate].push_back({video, row});
        return {};
    }));
    std::vector<Encounter> encounters;
    for (auto& [plate, meetings] : plates) {
        if (meetings.size() < query.min_times) continue;
        Encounter encounter = encounter_of(plate, std::move(meetings));
        if (encounter.clips >= query.min_clips) encounters.push_back(std::move(encounter));
    }
    std::stable_sort(
        encounters.begin(), encounters.end(), [](const Encounter& a, const Encounter& b) {
            return std::pair(b.clips, b.meetings.size()) < std::pair(a.clips, a.meetings.size());
        });
    if (encounters.size() > query.limit) encounters.resize(query.limit);
    return encounters;
}

}  // namespace dashcam
