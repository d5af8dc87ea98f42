// What SqlStore finds, lists, counts and forgets.
#include <algorithm>
#include <iterator>
#include <span>
#include <utility>

#include "stores/corrections.h"
#include "stores/row_rules.h"
#include "stores/sql_store.h"
#include "stores/text_columns.h"

namespace dashcam {
namespace {

constexpr std::int64_t kVideosAtOnce = 200;
constexpr std::int64_t kVehiclesAtOnce = 1000;
constexpr std::size_t kKeysAtOnce = 50;

std::map<VehicleKey, CorrectionRow> by_vehicle(std::vector<CorrectionRow> rows) {
    std::map<VehicleKey, CorrectionRow> found;
    for (CorrectionRow& row : rows) {
        const VehicleKey key{row.video, static_cast<std::uint32_t>(row.vehicle)};
        found.emplace(key, std::move(row));
    }
    return found;
}

void correct_all(std::vector<VehicleRow>& rows,
                 const std::map<VehicleKey, CorrectionRow>& in_force) {
    if (in_force.empty()) return;
    for (VehicleRow& row : rows) {
        const auto found = in_force.find({row.video, row.track});
        if (found != in_force.end()) row = apply(found->second, std::move(row));
    }
}

std::string text_columns_sql() {
    std::vector<std::string> names;
    for (const Column& column : layout<PlateTextRow>().columns) names.push_back("p." + column.name);
    return joined(names, ", ");
}

std::string limit_sql(std::size_t limit) { return "LIMIT " + std::to_string(limit); }

}  // namespace

std::map<VehicleKey, CorrectionRow> SqlStore::corrections_in_force() {
    return by_vehicle(fetch<CorrectionRow>("WHERE t.in_force = 1", {}));
}

Result<std::vector<VehicleRow>> SqlStore::vehicles(const VehicleFilter& filter) {
    const Conditions where = conditions_of(filter);
    std::vector<VehicleRow> rows;
    TRY(attempt(Mode::kSnapshot, [&] {
        std::map<VehicleKey, CorrectionRow> in_force;
        if (filter.view == PlateView::kCorrected) in_force = corrections_in_force();
        rows = fetch<VehicleRow>(
            "JOIN videos v ON v.id = t.video " + where.sql() + "ORDER BY v.path, v.id, t.track",
            where.parameters);
        correct_all(rows, in_force);
    }));
    std::erase_if(rows, [&](const VehicleRow& row) { return !matches(row, filter); });
    return rows;
}

Result<std::vector<VideoRow>> SqlStore::videos_of(const std::vector<std::string>& ids) {
    std::vector<VideoRow> rows;
    std::span<const std::string> left = ids;
    while (!left.empty()) {
        const auto some = left.first(std::min(left.size(), kKeysAtOnce));
        left = left.subspan(some.size());
        Conditions where;
        where.add_any("t.id", {some.begin(), some.end()});
        TRY_ASSIGN(auto found, select<VideoRow>(where.sql(), where.parameters));
        std::move(found.begin(), found.end(), std::back_inserter(rows));
    }
    return rows;
}

Result<std::vector<VehicleRow>> SqlStore::vehicles_of(const std::vector<VehicleKey>& keys) {
    std::vector<VehicleRow> rows;
    TRY(attempt(Mode::kSnapshot, [&] {
        rows.clear();
        std::span<const VehicleKey> left = keys;
        while (!left.empty()) {
            const auto some = left.first(std::min(left.size(), kKeysAtOnce));
            left = left.subspan(some.size());
            Conditions where;
            std::vector<std::string> any;
            for (const VehicleKey& key : some) {
                const std::string video = where.bind(Cell::of(key.video));
                const std::string track = where.bind(Cell::of(std::int64_t{key.track}));
                any.push_back("(t.video = " + video + " AND t.track = " + track + ")");
            }
            where.add(joined(any, " OR "));
            auto found = fetch<VehicleRow>(where.sql(), where.parameters);
            std::move(found.begin(), found.end(), std::back_inserter(rows));
        }
        correct_all(rows, corrections_in_force());
    }));
    return rows;
}

Result<void> SqlStore::for_each_vehicle(const VehicleFilter& filter, const VehicleVisitor& visit) {
    bool begun = false;
    return attempt(Mode::kSnapshot, [&] {
        // What was handed on cannot be taken back, and a new snapshot could be another one.
        if (begun) throw RefusedError(database_->name() + ": the connection broke while listing");
        const VehicleVisitor marked = [&](const VideoRow& video, const VehicleRow& row) {
            begun = true;
            return visit(video, row);
        };
        list_videos(filter, marked);
    });
}

void SqlStore::list_videos(const VehicleFilter& filter, const VehicleVisitor& visit) {
    std::map<VehicleKey, CorrectionRow> in_force;
    if (filter.view == PlateView::kCorrected) in_force = corrections_in_force();
    VideoRow last;
    while (true) {
        const auto videos =
            filter.video
                ? fetch<VideoRow>("WHERE t.id = :p0", {Cell::of(*filter.video)})
                : fetch<VideoRow>("WHERE (t.path, t.id) > (:p0, :p1) ORDER BY t.path, t.id LIMIT " +
                                      std::to_string(kVideosAtOnce),
                                  {Cell::of(last.path), Cell::of(last.id)});
        for (const VideoRow& video : videos) list_vehicles(video, filter, in_force, visit);
        if (videos.empty() || filter.video) return;
        last = videos.back();
    }
}

void SqlStore::list_vehicles(const VideoRow& video, const VehicleFilter& filter,
                             const std::map<VehicleKey, CorrectionRow>& in_force,
                             const VehicleVisitor& visit) {
    VehicleFilter of_video = filter;
    of_video.video = video.id;
    std::int64_t last = -1;
    while (true) {
        Conditions where = conditions_of(of_video);
        where.add("t.track > ", std::optional(last));
        auto rows = fetch<VehicleRow>(
            where.sql() + "ORDER BY t.track LIMIT " + std::to_string(kVehiclesAtOnce),
            where.parameters);
        if (rows.empty()) return;
        last = rows.back().track;
        const bool all = std::ssize(rows) < kVehiclesAtOnce;
        correct_all(rows, in_force);
        for (const VehicleRow& row : rows) {
            if (!matches(row, of_video)) continue;
            const Result<void> taken = visit(video, row);
            if (!taken.ok()) throw RefusedError(taken.error().message);
        }
        if (all) return;
    }
}

// A test of one level is one for errors: of its many alternatives PostgreSQL expects so many hits
// that it would read the whole table beside them.
bool SqlStore::is_tested_in_index(const PlateTextQuery& query, TextOrder order) const {
    return database_->reads_rows_to_test() && query.like.size() > 1 && query.whole.empty() &&
           query.videos.empty() &&
           (query.part || query.length || order == TextOrder::kMostProbable);
}

Result<std::vector<PlateTextRow>> SqlStore::find_texts(const PlateTextQuery& query,
                                                       TextOrder order) {
    if (order == TextOrder::kAny) {
        const Conditions where = conditions_of(query);
        return select_texts(from_texts(query.vehicle) + where.sql() + limit_sql(query.limit),
                            where.parameters);
    }
    const Conditions where =
        is_tested_in_index(query, order) ? conditions_by_index(query) : conditions_of(query);
    return select_texts(from_texts(query.vehicle) + where.sql() + most_probable_sql(query.limit),
                        where.parameters);
}

Result<std::vector<PlateTextRow>> SqlStore::find_texts(const std::vector<PlateTextQuery>& any) {
    if (any.empty()) return std::vector<PlateTextRow>();
    if (is_tested_in_index(any.front(), TextOrder::kAny)) {
        const Conditions where = conditions_by_index(any);
        return select_texts(from_texts(any.front().vehicle) + where.sql(), where.parameters);
    }
    const Statement all = any_of(any, text_columns_sql());
    return select_texts(all.sql, all.parameters);
}

Result<std::vector<PlateTextRow>> SqlStore::select_texts(const std::string& rest,
                                                         const Record& parameters) {
    Kinds outputs;
    for (const Column& column : layout<PlateTextRow>().columns) outputs.push_back(column.kind);
    std::vector<PlateTextRow> rows;
    TRY(attempt(Mode::kRead, [&] {
        rows.clear();
        for_each_record("SELECT " + text_columns_sql() + " " + rest, parameters, outputs,
                        [&](const Record& record) {
                            Result<PlateTextRow> row = decode<PlateTextRow>(record);
                            if (!row)
                                throw RefusedError(database_->name() + ": " + row.error().message);
                            rows.push_back(std::move(row).value());
                        });
    }));
    return rows;
}

Result<std::size_t> SqlStore::count_texts(const std::vector<PlateTextQuery>& any,
                                          std::size_t limit) {
    if (any.empty()) return std::size_t{0};
    const Statement all = any_of(any, "1");
    std::int64_t found = 0;
    TRY(attempt(Mode::kRead, [&] {
        found = count("SELECT count(*) FROM (SELECT 1 " + all.sql + limit_sql(limit) + ") counted",
                      all.parameters);
    }));
    return static_cast<std::size_t>(found);
}

std::int64_t SqlStore::count(const std::string& sql, const Record& parameters) {
    return execute(sql, parameters, {Cell::Kind::kInteger}).at(0).at(0).integer;
}

Result<std::optional<double>> SqlStore::probability_at(const VehicleFilter& filter,
                                                       std::size_t rank) {
    PlateTextQuery query;
    query.vehicle = filter;
    const Conditions where = conditions_of(query);
    const std::string sql = "SELECT p.probability " + from_texts(filter) + where.sql() +
                            "ORDER BY p.probability DESC LIMIT 1 OFFSET " + std::to_string(rank);
    std::optional<double> found;
    TRY(attempt(Mode::kRead, [&] {
        const std::vector<Record> rows = execute(sql, where.parameters, {Cell::Kind::kReal});
        found = rows.empty() ? std::nullopt : std::optional(rows[0][0].real);
    }));
    return found;
}

Result<std::vector<PlateCount>> SqlStore::count_plates(const PlateCountQuery& query) {
    Conditions where = conditions_of(query);
    const std::string clips = where.bind(Cell::of(query.min_clips));
    const std::string vehicles = where.bind(Cell::of(query.min_vehicles));
    // First by one pass through an index, without the filter: few plates are met again.
    where.add(
        "p.text IN (SELECT q.text FROM plate_texts q WHERE q.whole = 1 GROUP BY q.text "
        "HAVING count(*) >= " +
        where.bind(Cell::of(std::max(query.min_clips, query.min_vehicles))) + ")");
    const std::string sql =
        "SELECT p.text, count(DISTINCT p.video) AS clips, count(*) AS vehicles " +
        from_texts(query.vehicle) + where.sql() +
        "GROUP BY p.text HAVING count(DISTINCT p.video) >= " + clips +
        " AND count(*) >= " + vehicles + " ORDER BY clips DESC, vehicles DESC, p.text " +
        limit_sql(query.limit);
    std::vector<PlateCount> rows;
    TRY(attempt(Mode::kRead, [&] {
        rows.clear();
        const Kinds outputs{Cell::Kind::kText, Cell::Kind::kInteger, Cell::Kind::kInteger};
        for (const Record& record : execute(sql, where.parameters, outputs)) {
            rows.push_back({unescaped(record[0].text), record[1].integer, record[2].integer});
        }
    }));
    return rows;
}

Result<Forgotten> SqlStore::forget(const ForgetRequest& request,
                                   const std::function<Result<void>()>& before_commit) {
    Forgotten gone;
    Forgotten tried;  // before a COMMIT; all of it is gone if only the answer to that was lost
    TRY(attempt(Mode::kWrite, [&] {
        gone = {};
        for (const VehicleKey& key : request.vehicles) forget_vehicle(key, gone);
        for (const std::string& video : request.videos) forget_video(video, gone);
        for (const CorrectionRow& row : request.corrections) {
            const Record of_row{Cell::of(row.video), Cell::of(std::int64_t{row.number})};
            gone.corrections += erase("corrections", "video = :p0 AND number = :p1", of_row);
        }
        if (gone == Forgotten{}) gone = tried;
        tried = gone;
        const Result<void> agreed = before_commit();
        if (!agreed.ok()) throw RefusedError(agreed.error().message);
    }));
    // Failing that, only bytes of deleted rows stay in the log until the next writer.
    (void)attempt(Mode::kRead, [&] { database_->scrub(); });
    return gone;
}

void SqlStore::forget_vehicle(const VehicleKey& key, Forgotten& gone) {
    const Record of_key{Cell::of(key.video), Cell::of(std::int64_t{key.track})};
    const std::string of_vehicle = "video = :p0 AND track = :p1";
    gone.corrections += erase("corrections", "video = :p0 AND vehicle = :p1", of_key);
    gone.readings += count("SELECT count(*) FROM readings WHERE " + of_vehicle, of_key);
    gone.vehicles += erase("vehicles", of_vehicle, of_key);
}

void SqlStore::forget_video(const std::string& video, Forgotten& gone) {
    const Record of_video{Cell::of(video)};
    for (auto [table, total] :
         {std::pair{"corrections", &gone.corrections}, std::pair{"readings", &gone.readings},
          std::pair{"vehicles", &gone.vehicles}}) {
        const std::string of_table = std::string("FROM ") + table + " WHERE video = :p0";
        *total += count("SELECT count(*) " + of_table, of_video);
    }
    gone.videos += erase("videos", "id = :p0", of_video);
}

std::int64_t SqlStore::erase(const std::string& table, const std::string& condition,
                             const Record& parameters) {
    const std::string rest = "FROM " + table + " WHERE " + condition;
    const std::int64_t found = count("SELECT count(*) " + rest, parameters);
    if (found > 0) execute("DELETE " + rest, parameters, {});
    return found;
}

}  // namespace dashcam
