#include "stores/sql_store.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <thread>
#include <utility>

#include "stores/migrations.h"
#include "stores/plate_texts.h"
#include "stores/row_rules.h"
#include "stores/sql_text.h"

namespace dashcam {
namespace {

using std::chrono::milliseconds;

// Between two tries; doubled each time.
constexpr milliseconds kFirstPause{10};
constexpr milliseconds kLongestPause{1'000};

// Of a server that takes connections and says nothing: it is asked once more, on a new connection.
constexpr int kSilencesBorne = 1;

// Saves turns to a server: 24 readings take 2 instead of 24. One writer on PostgreSQL gets
// 1.4 times the rate; SQLite does not care.
constexpr std::size_t kMostRowsAtOnce = 16;

// The schema that made the table plate_texts anew, and empty.
constexpr long long kPlateTextsAnew = 4;

// Built of column names only; values are bound, row after row.
std::string upsert_sql(const TableLayout& table, std::size_t rows) {
    std::vector<std::string> names, keys, updates, tuples;
    for (const Column& column : table.columns) {
        names.push_back(column.name);
        if (column.use == ColumnUse::kKey) {
            keys.push_back(column.name);
        } else {
            updates.push_back(column.name + " = excluded." + column.name);
        }
    }
    std::size_t next = 0;
    for (std::size_t row = 0; row < rows; ++row) {
        std::vector<std::string> values;
        for (std::size_t i = 0; i < names.size(); ++i) values.push_back(parameter(next++));
        tuples.push_back("(" + joined(values, ", ") + ")");
    }
    return "INSERT INTO " + table.name + " (" + joined(names, ", ") + ") VALUES " +
           joined(tuples, ", ") + " ON CONFLICT (" + joined(keys, ", ") + ") DO UPDATE SET " +
           joined(updates, ", ");
}

}  // namespace

Result<std::unique_ptr<Store>> SqlStore::open(std::unique_ptr<Database> database, Access access,
                                              const StoreLimits& limits) {
    std::unique_ptr<SqlStore> store(new SqlStore(std::move(database), access, limits));
    TRY(store->attempt(Mode::kConnect, [] {}));
    store->opened_ = true;
    return std::unique_ptr<Store>(std::move(store));
}

void SqlStore::connect() {
    database_->connect();
    if (opened_) return;
    migrate(*database_, access_, [this](long long version) {
        if (version >= 1 && version < kPlateTextsAnew) fill_plate_texts();
    });
    statements_.clear();
}

void SqlStore::attempt_once(Mode mode, const std::function<void()>& work) {
    if (!database_->connected()) connect();
    if (mode == Mode::kConnect) return;
    if (mode == Mode::kWrite) database_->begin();
    if (mode == Mode::kSnapshot) database_->begin_snapshot();
    work();
    if (mode == Mode::kRead) return;
    const AwaitedAnswer awaited(*database_);
    database_->session() << "COMMIT";
}

void SqlStore::recover(Trouble trouble) {
    if (database_->connected() && trouble != Trouble::kDisconnected) {
        try {
            const AwaitedAnswer awaited(*database_);
            database_->session() << "ROLLBACK";
        } catch (const soci::soci_error&) {
            // There was no transaction, or it is gone already.
        }
    }
    drop_statements();
    // Half a set-up is begun anew.
    if (trouble == Trouble::kDisconnected || !opened_) database_->disconnect();
}

SqlStore::~SqlStore() { drop_statements(); }

// Each of them is taken back from the server.
void SqlStore::drop_statements() {
    const AwaitedAnswer awaited(*database_);
    statements_.clear();
}

milliseconds SqlStore::patience(const ConnectError& error) const {
    if (opened_ || error.cause() == ConnectError::Cause::kNotYet) return limits_.retry_limit;
    return error.cause() == ConnectError::Cause::kNoAnswer ? limits_.connect_limit
                                                           : milliseconds{0};
}

Result<void> SqlStore::attempt(Mode mode, const std::function<void()>& work) {
    if (mode == Mode::kWrite && access_ == Access::kReadOnly) {
        return Error{database_->name() + " was opened for reading only"};
    }
    const Clock::time_point start = Clock::now();
    milliseconds pause = kFirstPause;
    int silences = 0;
    while (true) {
        std::string message;
        milliseconds limit{0};
        cut_off_ = false;
        try {
            attempt_once(mode, work);
            return {};
        } catch (const ConnectError& error) {
            message = error.what();
            limit = patience(error);
            cut_off_ = true;
            recover(Trouble::kDisconnected);
        } catch (const soci::soci_error& error) {
            message = database_->name() + ": " + database_->explain(error);
            const Trouble trouble = database_->classify(error);
            if (trouble != Trouble::kFatal) limit = limits_.retry_limit;
            cut_off_ = trouble == Trouble::kDisconnected;
            recover(trouble);
        } catch (const std::exception& error) {
            recover(Trouble::kFatal);
            return Error{error.what()};
        }
        if (cut_off_ && database_->kept_silent() && ++silences > kSilencesBorne)
            return Error{message + " (tried twice)"};
        const auto left = std::chrono::duration_cast<milliseconds>(start + limit - Clock::now());
        if (left <= milliseconds{0}) {
            if (limit > milliseconds{0}) {
                message += " (tried for " + std::to_string(limit.count()) + " ms)";
            }
            return Error{message};
        }
        std::this_thread::sleep_for(std::min(pause, left));
        pause = std::min(2 * pause, kLongestPause);
    }
}

std::vector<Record> SqlStore::execute(const std::string& sql, const Record& parameters,
                                      const Kinds& outputs) {
    std::vector<Record> records;
    for_each_record(sql, parameters, outputs,
                    [&](const Record& record) { records.push_back(record); });
    return records;
}

void SqlStore::for_each_record(const std::string& sql, const Record& parameters,
                               const Kinds& outputs,
                               const std::function<void(const Record&)>& visit) {
    const AwaitedAnswer awaited(*database_);
    std::unique_ptr<PreparedStatement>& statement = statements_[sql];
    if (!statement) {
        Kinds inputs;
        for (const Cell& cell : parameters) inputs.push_back(cell.kind);
        statement = std::make_unique<PreparedStatement>(database_->session(), sql, inputs, outputs);
    }
    statement->run(parameters, visit);
}

void SqlStore::upsert(const TableLayout& table, std::span<const Record> records) {
    // A statement for 16, 8, 4, 2 and 1 rows: few of them to prepare, few turns to the server.
    for (std::size_t rows = kMostRowsAtOnce; rows > 0; rows /= 2) {
        while (records.size() >= rows) {
            Record parameters;
            for (const Record& record : records.first(rows)) {
                parameters.insert(parameters.end(), record.begin(), record.end());
            }
            execute(upsert_sql(table, rows), parameters, {});
            records = records.subspan(rows);
        }
    }
}

Result<void> SqlStore::begin_video(const VideoRow& row) {
    TRY_ASSIGN(const Record record, encode(unfinished(row)));
    return attempt(Mode::kWrite, [&] {
        upsert(layout<VideoRow>(), {&record, 1});
        execute("DELETE FROM vehicles WHERE video = :p0", {Cell::of(row.id)}, {});
        assign(row.id);
    });
}

Result<void> SqlStore::finish_video(const VideoRow& row,
                                    const std::optional<std::vector<std::uint32_t>>& tracks,
                                    const std::vector<VehicleWithReadings>& rewritten) {
    TRY_ASSIGN(const Record record, encode(row));
    std::vector<EncodedVehicle> vehicles;
    for (const VehicleWithReadings& vehicle : rewritten) {
        TRY_ASSIGN(vehicles.emplace_back(), encoded(vehicle.row, vehicle.readings));
    }
    return attempt(Mode::kWrite, [&] {
        upsert(layout<VideoRow>(), {&record, 1});
        delete_stale(row, tracks);
        for (const EncodedVehicle& vehicle : vehicles) replace(vehicle);
        assign(row.id);
    });
}

void SqlStore::delete_stale(const VideoRow& row,
                            const std::optional<std::vector<std::uint32_t>>& tracks) {
    const StaleRule stale(row, tracks);
    const std::vector<Record> present =
        execute("SELECT track, settings FROM vehicles WHERE video = :p0 ORDER BY track",
                {Cell::of(row.id)}, {Cell::Kind::kInteger, Cell::Kind::kText});
    for (const Record& vehicle : present) {
        if (!stale.applies(vehicle[0].integer, vehicle[1])) continue;
        execute("DELETE FROM vehicles WHERE video = :p0 AND track = :p1",
                {Cell::of(row.id), vehicle[0]}, {});
    }
}

Result<void> SqlStore::write_vehicle(const VehicleRow& row,
                                     const std::vector<ReadingRow>& readings) {
    TRY_ASSIGN(const EncodedVehicle vehicle, encoded(row, readings));
    return attempt(Mode::kWrite, [&] {
        replace(vehicle);
        assign(row.video);
    });
}

Result<SqlStore::EncodedVehicle> SqlStore::encoded(const VehicleRow& row,
                                                   const std::vector<ReadingRow>& readings) {
    TRY(check_readings(row, readings));
    EncodedVehicle vehicle{Cell::of(row.video), Cell::of(std::int64_t{row.track}), {}, {}, {}};
    TRY_ASSIGN(vehicle.row, encode(row));
    for (const ReadingRow& reading : readings) {
        TRY_ASSIGN(vehicle.readings.emplace_back(), encode(reading));
    }
    TRY_ASSIGN(vehicle.texts, encoded_texts(row, nullptr));
    return vehicle;
}

void SqlStore::replace(const EncodedVehicle& vehicle) {
    upsert(layout<VehicleRow>(), {&vehicle.row, 1});
    execute("DELETE FROM readings WHERE video = :p0 AND track = :p1",
            {vehicle.video, vehicle.track}, {});
    upsert(layout<ReadingRow>(), vehicle.readings);
    replace_texts(vehicle.video, vehicle.track, vehicle.texts);
}

void SqlStore::replace_texts(const Cell& video, const Cell& track,
                             const std::vector<Record>& texts) {
    execute("DELETE FROM plate_texts WHERE video = :p0 AND track = :p1", {video, track}, {});
    upsert(layout<PlateTextRow>(), texts);
}

Result<void> SqlStore::write_run(const RunRow& row) {
    TRY_ASSIGN(const Record record, encode(row));
    return attempt(Mode::kWrite, [&] { upsert(layout<RunRow>(), {&record, 1}); });
}

Result<std::optional<VideoRow>> SqlStore::find_video(const std::string& id) {
    TRY_ASSIGN(std::vector<VideoRow> found, select<VideoRow>("WHERE t.id = :p0", {Cell::of(id)}));
    if (found.empty()) return std::optional<VideoRow>();
    return std::optional<VideoRow>(std::move(found.front()));
}

Result<std::optional<VideoRow>> SqlStore::find_video(const std::string& path, std::int64_t bytes,
                                                     std::int64_t modified_us) {
    TRY_ASSIGN(std::vector<VideoRow> found,
               select<VideoRow>("WHERE t.path = :p0 AND t.bytes = :p1 AND t.modified_us = :p2 "
                                "ORDER BY t.id",
                                {Cell::of(path), Cell::of(bytes), Cell::of(modified_us)}));
    if (found.empty()) return std::optional<VideoRow>();
    return std::optional<VideoRow>(std::move(found.front()));
}

Result<std::vector<VideoRow>> SqlStore::videos() {
    return select<VideoRow>("ORDER BY t.path, t.id", {});
}

Result<std::vector<ReadingRow>> SqlStore::readings(const std::string& video, std::uint32_t track) {
    return select<ReadingRow>("WHERE t.video = :p0 AND t.track = :p1 ORDER BY t.frame",
                              {Cell::of(video), Cell::of(std::int64_t{track})});
}

Result<std::vector<RunRow>> SqlStore::runs() { return select<RunRow>("ORDER BY t.settings", {}); }

Result<std::vector<CorrectionRow>> SqlStore::corrections(const std::optional<std::string>& video) {
    if (video) {
        return select<CorrectionRow>("WHERE t.video = :p0 ORDER BY t.number", {Cell::of(*video)});
    }
    return select<CorrectionRow>("ORDER BY t.video, t.number", {});
}

Result<std::vector<PlateTextRow>> SqlStore::plate_texts(const std::string& video,
                                                        std::uint32_t track) {
    return select<PlateTextRow>(
        "WHERE t.video = :p0 AND t.track = :p1 ORDER BY t.probability DESC, t.text",
        {Cell::of(video), Cell::of(std::int64_t{track})});
}

}  // namespace dashcam
