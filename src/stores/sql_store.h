#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "stores/database.h"
#include "stores/prepared_statement.h"
#include "stores/record.h"
#include "stores/sql_text.h"
#include "stores/store.h"

namespace dashcam {

// The store for SQLite and PostgreSQL: the same statements for both.
class SqlStore final : public Store {
  public:
    // Connects, and creates or checks the tables.
    static Result<std::unique_ptr<Store>> open(std::unique_ptr<Database> database, Access access,
                                               const StoreLimits& limits);

    ~SqlStore() override;
    bool is_cut_off() const override { return cut_off_; }

    Result<void> begin_video(const VideoRow& row) override;
    Result<void> finish_video(const VideoRow& row,
                              const std::optional<std::vector<std::uint32_t>>& tracks,
                              const std::vector<VehicleWithReadings>& rewritten) override;
    using Store::finish_video;
    Result<void> write_vehicle(const VehicleRow& row,
                               const std::vector<ReadingRow>& readings) override;
    Result<void> write_run(const RunRow& row) override;
    Result<std::optional<VideoRow>> find_video(const std::string& id) override;
    Result<std::optional<VideoRow>> find_video(const std::string& path, std::int64_t bytes,
                                               std::int64_t modified_us) override;
    Result<std::vector<VideoRow>> videos_of(const std::vector<std::string>& ids) override;
    Result<std::vector<VideoRow>> videos() override;
    Result<std::vector<VehicleRow>> vehicles(const VehicleFilter& filter) override;
    Result<std::vector<ReadingRow>> readings(const std::string& video,
                                             std::uint32_t track) override;
    Result<std::vector<RunRow>> runs() override;
    Result<CorrectionRow> correct(const Correction& correction) override;
    Result<bool> withdraw_correction(const std::string& video, std::uint32_t track) override;
    Result<std::vector<CorrectionRow>> corrections(
        const std::optional<std::string>& video) override;
    Result<std::vector<PlateTextRow>> plate_texts(const std::string& video,
                                                  std::uint32_t track) override;
    Result<void> for_each_vehicle(const VehicleFilter& filter,
                                  const VehicleVisitor& visit) override;
    Result<std::vector<VehicleRow>> vehicles_of(const std::vector<VehicleKey>& keys) override;
    Result<Forgotten> forget(const ForgetRequest& request,
                             const std::function<Result<void>()>& before_commit) override;
    Result<std::vector<PlateTextRow>> find_texts(const PlateTextQuery& query,
                                                 TextOrder order) override;
    Result<std::vector<PlateTextRow>> find_texts(const std::vector<PlateTextQuery>& any) override;
    Result<std::size_t> count_texts(const std::vector<PlateTextQuery>& any,
                                    std::size_t limit) override;
    Result<std::optional<double>> probability_at(const VehicleFilter& filter,
                                                 std::size_t rank) override;
    Result<std::vector<PlateCount>> count_plates(const PlateCountQuery& query) override;

  private:
    // kConnect: only makes sure that there is a connection. kRead: one statement, without a
    // transaction of its own. kSnapshot: several statements that see the same rows.
    enum class Mode : std::uint8_t { kConnect, kRead, kSnapshot, kWrite };
    using Clock = std::chrono::steady_clock;
    using Kinds = std::vector<Cell::Kind>;

    SqlStore(std::unique_ptr<Database> database, Access access, const StoreLimits& limits)
        : database_(std::move(database)), access_(access), limits_(limits) {}

    // Runs `work` until it succeeds, fails for good, or the limit has passed. `work` may run more
    // than once.
    Result<void> attempt(Mode mode, const std::function<void()>& work);
    void attempt_once(Mode mode, const std::function<void()>& work);
    void connect();
    void recover(Trouble trouble);
    void drop_statements();
    std::chrono::milliseconds patience(const ConnectError& error) const;

    // Prepares the statement if it is new to this connection.
    std::vector<Record> execute(const std::string& sql, const Record& parameters,
                                const Kinds& outputs);
    // The same row by row, for results of many.
    void for_each_record(const std::string& sql, const Record& parameters, const Kinds& outputs,
                         const std::function<void(const Record&)>& visit);
    void upsert(const TableLayout& table, std::span<const Record> records);
    struct EncodedVehicle {
        Cell video;
        Cell track;
        Record row;
        std::vector<Record> readings;
        std::vector<Record> texts;
    };
    static Result<EncodedVehicle> encoded(const VehicleRow& row,
                                          const std::vector<ReadingRow>& readings);
    // Within a transaction.
    void replace(const EncodedVehicle& vehicle);
    void replace_texts(const Cell& video, const Cell& track, const std::vector<Record>& texts);
    void delete_stale(const VideoRow& row, const std::optional<std::vector<std::uint32_t>>& tracks);
    std::int64_t count(const std::string& sql, const Record& parameters);
    bool is_tested_in_index(const PlateTextQuery& query, TextOrder order) const;
    // Rows of plate_texts p; `rest` is what follows the columns.
    Result<std::vector<PlateTextRow>> select_texts(const std::string& rest,
                                                   const Record& parameters);
    // Returns how many rows went.
    std::int64_t erase(const std::string& table, const std::string& condition,
                       const Record& parameters);
    void forget_vehicle(const VehicleKey& key, Forgotten& gone);
    void forget_video(const std::string& video, Forgotten& gone);
    void list_videos(const VehicleFilter& filter, const VehicleVisitor& visit);
    void list_vehicles(const VideoRow& video, const VehicleFilter& filter,
                       const std::map<VehicleKey, CorrectionRow>& in_force,
                       const VehicleVisitor& visit);
    std::map<VehicleKey, CorrectionRow> corrections_in_force();
    void lock_video(const std::string& video);
    void assign(const std::string& video);
    // The same for a video that is locked, also where no correction is left.
    void reassign(const std::string& video);
    void rewrite_texts(const std::vector<VehicleRow>& vehicles,
                       const std::vector<CorrectionRow>& corrections);
    // Makes all rows of plate_texts, which has none.
    void fill_plate_texts();

    // Rows of one statement; throws RefusedError if one is not as this program writes them.
    template <typename Row>
    std::vector<Row> fetch(const std::string& rest, const Record& parameters);
    // The same as a call of its own.
    template <typename Row>
    Result<std::vector<Row>> select(const std::string& rest, const Record& parameters);

    std::unique_ptr<Database> database_;
    Access access_;
    StoreLimits limits_;
    bool opened_ = false;
    bool cut_off_ = false;
    // Declared after database_: statements end before their connection.
    std::map<std::string, std::unique_ptr<PreparedStatement>> statements_;
};

template <typename Row>
std::vector<Row> SqlStore::fetch(const std::string& rest, const Record& parameters) {
    const TableLayout& table = layout<Row>();
    Kinds outputs;
    for (const Column& column : table.columns) outputs.push_back(column.kind);
    std::vector<Row> rows;
    for_each_record(select_sql(table) + rest, parameters, outputs, [&](const Record& record) {
        Result<Row> row = decode<Row>(record);
        if (!row) {
            throw RefusedError(database_->name() + ", table " + table.name + ": " +
                               row.error().message);
        }
        rows.push_back(std::move(row).value());
    });
    return rows;
}

template <typename Row>
Result<std::vector<Row>> SqlStore::select(const std::string& rest, const Record& parameters) {
    std::vector<Row> rows;
    TRY(attempt(Mode::kRead, [&] { rows = fetch<Row>(rest, parameters); }));
    return rows;
}

}  // namespace dashcam
