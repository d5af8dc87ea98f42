#include "stores/memory_store.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <tuple>

#include "stores/corrections.h"
#include "stores/plate_texts.h"
#include "stores/row_rules.h"
#include "stores/text_columns.h"

namespace dashcam {

Result<void> MemoryStore::begin_video(const VideoRow& row) {
    TRY_ASSIGN(videos_[row.id], encode(unfinished(row)));
    std::erase_if(vehicles_, [&](const auto& entry) { return entry.first.video == row.id; });
    return assign(row.id);
}

Result<void> MemoryStore::finish_video(const VideoRow& row,
                                       const std::optional<std::vector<std::uint32_t>>& tracks,
                                       const std::vector<VehicleWithReadings>& rewritten) {
    for (const VehicleWithReadings& vehicle : rewritten) {
        TRY(check_readings(vehicle.row, vehicle.readings));
    }
    TRY_ASSIGN(videos_[row.id], encode(row));
    const StaleRule stale(row, tracks);
    std::erase_if(vehicles_, [&](const auto& entry) {
        return entry.first.video == row.id &&
               stale.applies(entry.first.track, entry.second.row.back());
    });
    for (const VehicleWithReadings& vehicle : rewritten) {
        TRY(write_vehicle(vehicle.row, vehicle.readings));
    }
    return assign(row.id);
}

Result<void> MemoryStore::write_vehicle(const VehicleRow& row,
                                        const std::vector<ReadingRow>& readings) {
    TRY(check_readings(row, readings));
    if (!videos_.contains(row.video)) {
        return Error{"vehicle " + std::to_string(row.track) + ": there is no video " + row.video};
    }
    Vehicle vehicle;
    TRY_ASSIGN(vehicle.row, encode(row));
    for (const ReadingRow& reading : readings) {
        TRY_ASSIGN(vehicle.readings[reading.frame], encode(reading));
    }
    vehicles_[{row.video, row.track}] = std::move(vehicle);
    return assign(row.video);
}

Result<void> MemoryStore::write_run(const RunRow& row) {
    TRY_ASSIGN(runs_[row.settings], encode(row));
    return {};
}

Result<std::optional<VideoRow>> MemoryStore::find_video(const std::string& id) {
    const auto found = videos_.find(id);
    if (found == videos_.end()) return std::optional<VideoRow>();
    TRY_ASSIGN(VideoRow row, decode<VideoRow>(found->second));
    return std::optional<VideoRow>(std::move(row));
}

Result<std::optional<VideoRow>> MemoryStore::find_video(const std::string& path, std::int64_t bytes,
                                                        std::int64_t modified_us) {
    for (const auto& [id, record] : videos_) {
        TRY_ASSIGN(VideoRow row, decode<VideoRow>(record));
        if (row.path == path && row.bytes == bytes && row.modified_us == modified_us) {
            return std::optional<VideoRow>(std::move(row));
        }
    }
    return std::optional<VideoRow>();
}

Result<std::vector<VideoRow>> MemoryStore::videos() {
    std::vector<VideoRow> rows;
    for (const auto& [id, record] : videos_) {
        TRY_ASSIGN(rows.emplace_back(), decode<VideoRow>(record));
    }
    // As the databases compare them: escaped.
    std::sort(rows.begin(), rows.end(), [](const VideoRow& a, const VideoRow& b) {
        return std::pair(escaped(a.path), escaped(a.id)) <
               std::pair(escaped(b.path), escaped(b.id));
    });
    return rows;
}

Result<std::vector<VehicleRow>> MemoryStore::vehicles(const VehicleFilter& filter) {
    TRY_ASSIGN(const std::vector<VideoRow> ordered, videos());
    std::vector<VehicleRow> rows;
    for (const VideoRow& video : ordered) {
        TRY_ASSIGN(std::vector<VehicleRow> of_video, vehicles_in(video.id));
        for (VehicleRow& row : of_video) {
            const CorrectionRow* correction =
                filter.view == PlateView::kCorrected ? correction_of(row) : nullptr;
            if (correction != nullptr) row = apply(*correction, std::move(row));
            if (matches(row, filter)) rows.push_back(std::move(row));
        }
    }
    return rows;
}

Result<std::vector<VehicleRow>> MemoryStore::vehicles_in(const std::string& video) const {
    std::vector<VehicleRow> rows;
    for (auto it = vehicles_.lower_bound({video, 0});
         it != vehicles_.end() && it->first.video == video; ++it) {
        TRY_ASSIGN(rows.emplace_back(), decode<VehicleRow>(it->second.row));
    }
    return rows;
}

Result<void> MemoryStore::assign(const std::string& video) {
    const auto found = corrections_.find(video);
    if (found == corrections_.end()) return {};
    TRY_ASSIGN(const std::vector<VehicleRow> rows, vehicles_in(video));
    assign_corrections(found->second, rows);
    return {};
}

const CorrectionRow* MemoryStore::correction_of(const VehicleRow& row) const {
    const auto found = corrections_.find(row.video);
    if (found == corrections_.end()) return nullptr;
    for (const CorrectionRow& correction : found->second) {
        if (correction.in_force != 0 && correction.vehicle == row.track) return &correction;
    }
    return nullptr;
}

Result<CorrectionRow> MemoryStore::correct(const Correction& correction) {
    const auto found = vehicles_.find({correction.video, correction.track});
    if (found == vehicles_.end()) return no_such_vehicle(correction.video, correction.track);
    TRY_ASSIGN(const VehicleRow vehicle, decode<VehicleRow>(found->second.row));
    std::vector<CorrectionRow>& all = corrections_[correction.video];
    all.push_back(correction_row(correction, vehicle, all));
    TRY(assign(correction.video));
    return all.back();
}

Result<bool> MemoryStore::withdraw_correction(const std::string& video, std::uint32_t track) {
    const auto found = corrections_.find(video);
    if (found == corrections_.end()) return false;
    const auto withdrawn = std::erase_if(found->second, [&](const CorrectionRow& row) {
        return row.in_force != 0 && row.vehicle == track;
    });
    TRY(assign(video));
    return withdrawn > 0;
}

Result<std::vector<CorrectionRow>> MemoryStore::corrections(
    const std::optional<std::string>& video) {
    std::vector<CorrectionRow> rows;
    for (const auto& [id, of_video] : corrections_) {
        if (video && *video != id) continue;
        rows.insert(rows.end(), of_video.begin(), of_video.end());
    }
    return rows;
}

Result<std::vector<PlateTextRow>> MemoryStore::plate_texts(const std::string& video,
                                                           std::uint32_t track) {
    const auto found = vehicles_.find({video, track});
    if (found == vehicles_.end()) return std::vector<PlateTextRow>();
    TRY_ASSIGN(const VehicleRow row, decode<VehicleRow>(found->second.row));
    return texts_of(row, correction_of(row));
}

Result<std::vector<ReadingRow>> MemoryStore::readings(const std::string& video,
                                                      std::uint32_t track) {
    std::vector<ReadingRow> rows;
    const auto found = vehicles_.find({video, track});
    if (found == vehicles_.end()) return rows;
    for (const auto& [frame, record] : found->second.readings) {
        TRY_ASSIGN(rows.emplace_back(), decode<ReadingRow>(record));
    }
    return rows;
}

Result<std::vector<RunRow>> MemoryStore::runs() {
    std::vector<RunRow> rows;
    for (const auto& [settings, record] : runs_) {
        TRY_ASSIGN(rows.emplace_back(), decode<RunRow>(record));
    }
    return rows;
}

Result<void> MemoryStore::for_each_vehicle(const VehicleFilter& filter,
                                           const VehicleVisitor& visit) {
    TRY_ASSIGN(const std::vector<VehicleRow> rows, vehicles(filter));
    for (const VehicleRow& row : rows) {
        TRY_ASSIGN(const std::optional<VideoRow> video, find_video(row.video));
        TRY(visit(*video, row));
    }
    return {};
}

Result<std::vector<VideoRow>> MemoryStore::videos_of(const std::vector<std::string>& ids) {
    std::vector<VideoRow> rows;
    for (const std::string& id : ids) {
        TRY_ASSIGN(const std::optional<VideoRow> row, find_video(id));
        if (row) rows.push_back(*row);
    }
    return rows;
}

Result<std::vector<VehicleRow>> MemoryStore::vehicles_of(const std::vector<VehicleKey>& keys) {
    std::vector<VehicleRow> rows;
    for (const VehicleKey& key : keys) {
        const auto found = vehicles_.find({key.video, key.track});
        if (found == vehicles_.end()) continue;
        TRY_ASSIGN(VehicleRow row, decode<VehicleRow>(found->second.row));
        const CorrectionRow* correction = correction_of(row);
        rows.push_back(correction == nullptr ? std::move(row) : apply(*correction, std::move(row)));
    }
    return rows;
}

Result<Forgotten> MemoryStore::forget(const ForgetRequest& request,
                                      const std::function<Result<void>()>& before_commit) {
    MemoryStore after = *this;
    Forgotten gone;
    const auto forget_corrections = [&](const std::string& video, const auto& which) {
        gone.corrections +=
            static_cast<std::int64_t>(std::erase_if(after.corrections_[video], which));
        if (after.corrections_[video].empty()) after.corrections_.erase(video);
    };
    const auto forget_vehicle = [&](const VehicleKey& key) {
        forget_corrections(key.video, [&](const CorrectionRow& row) {
            return row.vehicle == std::int64_t{key.track};
        });
        const auto found = after.vehicles_.find({key.video, key.track});
        if (found == after.vehicles_.end()) return;
        ++gone.vehicles;
        gone.readings += static_cast<std::int64_t>(found->second.readings.size());
        after.vehicles_.erase(found);
    };
    for (const VehicleKey& key : request.vehicles) forget_vehicle(key);
    for (const std::string& video : request.videos) {
        TRY_ASSIGN(const std::vector<VehicleRow> rows, after.vehicles_in(video));
        for (const VehicleRow& row : rows) forget_vehicle({row.video, row.track});
        forget_corrections(video, [](const CorrectionRow&) { return true; });
        gone.videos += static_cast<std::int64_t>(after.videos_.erase(video));
    }
    for (const CorrectionRow& wanted : request.corrections) {
        forget_corrections(wanted.video,
                           [&](const CorrectionRow& row) { return row.number == wanted.number; });
    }
    TRY(before_commit());
    *this = std::move(after);
    return gone;
}

Result<std::vector<MemoryStore::FoundText>> MemoryStore::all_texts() {
    std::vector<FoundText> found;
    for (const auto& [key, vehicle] : vehicles_) {
        TRY_ASSIGN(VehicleRow row, decode<VehicleRow>(vehicle.row));
        const CorrectionRow* correction = correction_of(row);
        std::vector<PlateTextRow> texts = texts_of(row, correction);
        if (correction != nullptr) row = apply(*correction, std::move(row));
        for (PlateTextRow& text : texts) found.push_back({std::move(text), row});
    }
    return found;
}

Result<std::vector<PlateTextRow>> MemoryStore::find_texts(const PlateTextQuery& query,
                                                          TextOrder order) {
    TRY_ASSIGN(const std::vector<FoundText> all, all_texts());
    std::vector<PlateTextRow> rows;
    for (const FoundText& found : all) {
        if (matches(found.text, found.vehicle, query)) rows.push_back(found.text);
    }
    if (order == TextOrder::kMostProbable) {
        std::sort(rows.begin(), rows.end(), [](const PlateTextRow& a, const PlateTextRow& b) {
            return std::tuple(-a.probability, a.text, a.video, a.track) <
                   std::tuple(-b.probability, b.text, b.video, b.track);
        });
    }
    if (rows.size() > query.limit) rows.resize(query.limit);
    return rows;
}

Result<std::vector<PlateTextRow>> MemoryStore::find_texts(const std::vector<PlateTextQuery>& any) {
    TRY_ASSIGN(const std::vector<FoundText> all, all_texts());
    std::vector<PlateTextRow> rows;
    for (const PlateTextQuery& query : any) {
        for (const FoundText& found : all) {
            if (matches(found.text, found.vehicle, query)) rows.push_back(found.text);
        }
    }
    return rows;
}

Result<std::size_t> MemoryStore::count_texts(const std::vector<PlateTextQuery>& any,
                                             std::size_t limit) {
    TRY_ASSIGN(const std::vector<PlateTextRow> rows, find_texts(any));
    return std::min(rows.size(), limit);
}

Result<std::optional<double>> MemoryStore::probability_at(const VehicleFilter& filter,
                                                          std::size_t rank) {
    PlateTextQuery query;
    query.vehicle = filter;
    query.limit = rank + 1;
    TRY_ASSIGN(const std::vector<PlateTextRow> rows, find_texts(query, TextOrder::kMostProbable));
    return rows.size() > rank ? std::optional(rows[rank].probability) : std::nullopt;
}

Result<std::vector<PlateCount>> MemoryStore::count_plates(const PlateCountQuery& query) {
    PlateTextQuery texts;
    texts.vehicle = query.vehicle;
    TRY_ASSIGN(const std::vector<FoundText> all, all_texts());
    std::map<std::string, std::vector<VehicleKey>> plates;
    for (const FoundText& found : all) {
        const PlateTextRow& text = found.text;
        if (!text.whole) continue;
        if (!matches(text, found.vehicle, texts)) continue;
        plates[text.text].push_back({text.video, text.track});
    }
    std::vector<PlateCount> counts;
    for (const auto& [text, keys] : plates) {
        std::set<std::string> clips;
        for (const VehicleKey& key : keys) clips.insert(key.video);
        const PlateCount count{text, std::ssize(clips), std::ssize(keys)};
        if (count.clips >= query.min_clips && count.vehicles >= query.min_vehicles) {
            counts.push_back(count);
        }
    }
    std::stable_sort(counts.begin(), counts.end(), [](const PlateCount& a, const PlateCount& b) {
        return std::pair(-a.clips, -a.vehicles) < std::pair(-b.clips, -b.vehicles);
    });
    if (counts.size() > query.limit) counts.resize(query.limit);
    return counts;
}

}  // namespace dashcam
