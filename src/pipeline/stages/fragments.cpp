#include "pipeline/stages/fragments.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <tuple>

#include "base/check.h"

namespace dashcam {
namespace {

bool has_whole_plate(const VehicleRow& row) {
    return !row.plate.empty() && (row.tier == "confirmed" || row.tier == "probable");
}

// Order of plates by how well they were read.
auto plate_rank(const VehicleRow& row) {
    return std::tuple(row.tier == "confirmed", row.confidence, row.readings);
}

void take_plate(VehicleRow& to, const VehicleRow& from) {
    to.tier = from.tier;
    to.confidence = from.confidence;
    to.characters = from.characters;
    to.alternatives = from.alternatives;
    to.region = from.region;
    to.region_confidence = from.region_confidence;
    to.best_frame = from.best_frame;
    to.plate_shot = from.plate_shot;
}

void take_class(VehicleRow& to, const std::vector<VehicleWithReadings>& fragments) {
    std::map<std::string, double> votes;
    double all = 0;
    for (const VehicleWithReadings& fragment : fragments) {
        const double vote = fragment.row.class_confidence * fragment.row.hits;
        votes[fragment.row.vehicle_class] += vote;
        all += fragment.row.hits;
    }
    const auto most =
        std::max_element(votes.begin(), votes.end(),
                         [](const auto& a, const auto& b) { return a.second < b.second; });
    to.vehicle_class = most->first;
    to.class_confidence = all > 0 ? most->second / all : 0;
}

}  // namespace

std::vector<std::vector<std::uint32_t>> fragment_groups(const std::vector<VehicleRow>& vehicles) {
    std::map<std::string, std::vector<const VehicleRow*>> by_plate;
    for (const VehicleRow& row : vehicles) {
        if (has_whole_plate(row)) by_plate[row.plate].push_back(&row);
    }
    std::vector<std::vector<std::uint32_t>> groups;
    for (auto& [plate, rows] : by_plate) {
        std::sort(rows.begin(), rows.end(), [](const VehicleRow* a, const VehicleRow* b) {
            return std::tuple(a->first_us, a->track) < std::tuple(b->first_us, b->track);
        });
        std::vector<std::uint32_t> group;
        std::int64_t end_us = 0;
        const auto close_group = [&] {
            std::sort(group.begin(), group.end());
            if (group.size() > 1) groups.push_back(group);
            group.clear();
        };
        for (const VehicleRow* row : rows) {
            if (!group.empty() && row->first_us > end_us + kFragmentGapUs) close_group();
            end_us = group.empty() ? row->last_us : std::max(end_us, row->last_us);
            group.push_back(row->track);
        }
        close_group();
    }
    std::sort(groups.begin(), groups.end());
    return groups;
}

VehicleWithReadings merged(const std::vector<VehicleWithReadings>& fragments) {
    CHECK(fragments.size() > 1);
    VehicleWithReadings whole;
    VehicleRow& row = whole.row;
    row = fragments.front().row;
    const VehicleRow* best = &fragments.front().row;
    for (const VehicleWithReadings& fragment : fragments) {
        if (plate_rank(fragment.row) > plate_rank(*best)) best = &fragment.row;
    }
    const VehicleRow* largest = &fragments.front().row;
    std::map<std::uint32_t, ReadingRow> readings;
    std::set<std::uint32_t> from_best;
    row.hits = row.looks = 0;
    for (const VehicleWithReadings& fragment : fragments) {
        const VehicleRow& part = fragment.row;
        if (part.first_us < row.first_us) {
            row.first_us = part.first_us;
            row.first_box = part.first_box;
        }
        if (part.last_us > row.last_us) {
            row.last_us = part.last_us;
            row.last_box = part.last_box;
        }
        row.hits += part.hits;
        row.looks += part.looks;
        if (part.largest_box.area() > largest->largest_box.area()) largest = &part;
        for (ReadingRow reading : fragment.readings) {
            reading.track = row.track;
            const auto [at, inserted] = readings.try_emplace(reading.frame, reading);
            const bool better = &part == best || (!from_best.contains(reading.frame) &&
                                                  reading.confidence > at->second.confidence);
            if (!inserted && better) at->second = reading;
            if (&part == best) from_best.insert(reading.frame);
        }
    }
    row.largest_box = largest->largest_box;
    row.best_shot = largest->best_shot;
    take_plate(row, *best);
    take_class(row, fragments);
    for (auto& [frame, reading] : readings) whole.readings.push_back(reading);
    row.readings = static_cast<std::uint32_t>(whole.readings.size());
    return whole;
}

Result<FragmentsJoined> join_fragments(Store& store, const std::vector<VehicleRow>& vehicles) {
    std::map<std::uint32_t, const VehicleRow*> rows;
    for (const VehicleRow& row : vehicles) rows[row.track] = &row;
    FragmentsJoined joined;
    for (const std::vector<std::uint32_t>& group : fragment_groups(vehicles)) {
        std::vector<VehicleWithReadings> fragments;
        for (const std::uint32_t track : group) {
            TRY_ASSIGN(auto readings, store.readings(rows[track]->video, track));
            fragments.push_back({*rows[track], std::move(readings)});
            if (track != group.front()) rows.erase(track);
        }
        joined.rewritten.push_back(merged(fragments));
    }
    for (const auto& [track, row] : rows) joined.kept_tracks.push_back(track);
    return joined;
}

std::vector<std::string> pictures_after(const std::vector<VehicleRow>& vehicles,
                                        const FragmentsJoined& joined) {
    std::map<std::uint32_t, const VehicleRow*> rows;
    const std::set<std::uint32_t> kept(joined.kept_tracks.begin(), joined.kept_tracks.end());
    for (const VehicleRow& row : vehicles) {
        if (kept.contains(row.track)) rows[row.track] = &row;
    }
    for (const VehicleWithReadings& vehicle : joined.rewritten) {
        rows[vehicle.row.track] = &vehicle.row;
    }
    std::vector<std::string> pictures;
    for (const auto& [track, row] : rows) {
        for (const std::string& picture : {row->best_shot, row->plate_shot}) {
            if (!picture.empty()) pictures.push_back(picture);
        }
    }
    return pictures;
}

}  // namespace dashcam
