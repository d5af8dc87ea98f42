// Corrections, and the texts that vehicles are found by.
#include <algorithm>
#include <iterator>
#include <optional>

#include "stores/corrections.h"
#include "stores/plate_texts.h"
#include "stores/row_rules.h"
#include "stores/sql_store.h"

namespace dashcam {
namespace {

// The same entry, whatever vehicle it was given to.
bool is_entry(CorrectionRow row, const CorrectionRow& entry) {
    row.vehicle = entry.vehicle;
    row.in_force = entry.in_force;
    return row == entry;
}

}  // namespace

Result<CorrectionRow> SqlStore::correct(const Correction& correction) {
    CorrectionRow written;
    // Of an earlier try: it may be there, if only the answer to its COMMIT was lost.
    std::optional<CorrectionRow> tried;
    TRY(attempt(Mode::kWrite, [&] {
        lock_video(correction.video);
        const auto vehicles = fetch<VehicleRow>(
            "WHERE t.video = :p0 AND t.track = :p1",
            {Cell::of(correction.video), Cell::of(std::int64_t{correction.track})});
        if (vehicles.empty()) {
            throw RefusedError(no_such_vehicle(correction.video, correction.track).message);
        }
        const auto earlier = fetch<CorrectionRow>("WHERE t.video = :p0 ORDER BY t.number",
                                                  {Cell::of(correction.video)});
        const auto there = std::find_if(earlier.begin(), earlier.end(), [&](const auto& other) {
            return tried && is_entry(other, *tried);
        });
        if (there != earlier.end()) {
            written = *there;
            return;
        }
        const CorrectionRow row = correction_row(correction, vehicles.front(), earlier);
        tried = row;
        const Record record = encode(row).value();  // its numbers come from a row that was read
        upsert(layout<CorrectionRow>(), {&record, 1});
        assign(correction.video);
        written = fetch<CorrectionRow>("WHERE t.video = :p0 AND t.number = :p1",
                                       {Cell::of(row.video), Cell::of(std::int64_t{row.number})})
                      .at(0);
    }));
    return written;
}

Result<bool> SqlStore::withdraw_correction(const std::string& video, std::uint32_t track) {
    bool withdrawn = false;
    std::optional<std::uint32_t> tried;  // as in correct(); not there any more, then
    TRY(attempt(Mode::kWrite, [&] {
        withdrawn = false;
        lock_video(video);
        if (tried && fetch<CorrectionRow>("WHERE t.video = :p0 AND t.number = :p1",
                                          {Cell::of(video), Cell::of(std::int64_t{*tried})})
                         .empty()) {
            withdrawn = true;
            return;
        }
        const auto in_force =
            fetch<CorrectionRow>("WHERE t.video = :p0 AND t.vehicle = :p1 AND t.in_force = 1",
                                 {Cell::of(video), Cell::of(std::int64_t{track})});
        if (in_force.empty()) return;
        tried = in_force.front().number;
        execute("DELETE FROM corrections WHERE video = :p0 AND number = :p1",
                {Cell::of(video), Cell::of(std::int64_t{in_force.front().number})}, {});
        reassign(video);
        withdrawn = true;
    }));
    return withdrawn;
}

// Writers of one video that has corrections wait for each other here: each has to see the others'
// vehicles.
void SqlStore::lock_video(const std::string& video) {
    execute("UPDATE videos SET status = status WHERE id = :p0", {Cell::of(video)}, {});
}

void SqlStore::assign(const std::string& video) {
    // Nearly always empty.
    if (fetch<CorrectionRow>("WHERE t.video = :p0 ORDER BY t.number", {Cell::of(video)}).empty())
        return;
    lock_video(video);
    reassign(video);
}

void SqlStore::reassign(const std::string& video) {
    auto corrections =
        fetch<CorrectionRow>("WHERE t.video = :p0 ORDER BY t.number", {Cell::of(video)});
    const auto vehicles =
        fetch<VehicleRow>("WHERE t.video = :p0 ORDER BY t.track", {Cell::of(video)});
    assign_corrections(corrections, vehicles);
    std::vector<Record> records;
    for (const CorrectionRow& row : corrections) records.push_back(encode(row).value());
    upsert(layout<CorrectionRow>(), records);
    rewrite_texts(vehicles, corrections);
}

void SqlStore::rewrite_texts(const std::vector<VehicleRow>& vehicles,
                             const std::vector<CorrectionRow>& corrections) {
    for (const VehicleRow& vehicle : vehicles) {
        const auto in_force =
            std::find_if(corrections.begin(), corrections.end(), [&](const CorrectionRow& row) {
                return row.in_force != 0 && row.vehicle == vehicle.track;
            });
        const CorrectionRow* correction = in_force == corrections.end() ? nullptr : &*in_force;
        replace_texts(Cell::of(vehicle.video), Cell::of(std::int64_t{vehicle.track}),
                      encoded_texts(vehicle, correction).value());
    }
}

void SqlStore::fill_plate_texts() {
    const std::map<VehicleKey, CorrectionRow> in_force = corrections_in_force();
    std::string video;
    std::int64_t track = -1;
    while (true) {
        const auto vehicles = fetch<VehicleRow>(
            "WHERE (t.video, t.track) > (:p0, :p1) ORDER BY t.video, t.track LIMIT 1000",
            {Cell::of(video), Cell::of(track)});
        if (vehicles.empty()) return;
        std::vector<Record> records;
        for (const VehicleRow& vehicle : vehicles) {
            const auto correction = in_force.find({vehicle.video, vehicle.track});
            auto texts = encoded_texts(
                vehicle, correction == in_force.end() ? nullptr : &correction->second);
            if (!texts) throw RefusedError(database_->name() + ": " + texts.error().message);
            std::move(texts->begin(), texts->end(), std::back_inserter(records));
        }
        upsert(layout<PlateTextRow>(), records);
        video = vehicles.back().video;
        track = vehicles.back().track;
    }
}

}  // namespace dashcam
