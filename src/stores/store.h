#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "stores/queries.h"
#include "stores/rows.h"

namespace dashcam {

// The tier of a vehicle whose plate a person has corrected, in PlateView::kCorrected.
constexpr std::string_view kCorrectedTier = "corrected";

// What to correct; the store adds the rest of CorrectionRow.
struct Correction {
    std::string video;
    std::uint32_t track = 0;
    std::string plate;
    std::string reason;
    std::string corrected_at;  // ISO 8601
};

// The results database. Every writing call is one transaction, done wholly or not at all, and may
// be repeated with the same outcome: rows have keys, writing replaces. Calls wait for other
// writers, and for a server that went away and comes back, up to StoreLimits::retry_limit; an Error
// after that says what and why. One thread at a time may use a Store; any number of processes and
// threads may have their own on one database.
class Store {
  public:
    virtual ~Store() = default;

    // True if the last call failed for want of a connection, after all the waiting that it does.
    virtual bool is_cut_off() const { return false; }

    // Writes the row with status kUnfinished and deletes the video's vehicles, with their readings:
    // the rows of an earlier, interrupted pass could differ from those that the new one will write.
    virtual Result<void> begin_video(const VideoRow& row) = 0;

    // Writes the row as it is, and deletes those vehicles of the video, with their readings, that
    // an earlier pass left: other settings than the row's or, if `tracks` is given, a track number
    // that is not among them.
    // Those in `rewritten` belong to the video and replace the rows of their keys, in the same
    // transaction.
    virtual Result<void> finish_video(const VideoRow& row,
                                      const std::optional<std::vector<std::uint32_t>>& tracks,
                                      const std::vector<VehicleWithReadings>& rewritten) = 0;
    Result<void> finish_video(const VideoRow& row,
                              const std::optional<std::vector<std::uint32_t>>& tracks) {
        return finish_video(row, tracks, {});
    }

    // Writes the vehicle with exactly these readings; older ones of this vehicle go. The video must
    // be there. `readings` belong to the vehicle and differ in their frames.
    virtual Result<void> write_vehicle(const VehicleRow& row,
                                       const std::vector<ReadingRow>& readings) = 0;

    virtual Result<void> write_run(const RunRow& row) = 0;

    // Adds a correction of a vehicle, which has to be there. A later call for the same vehicle
    // replaces it and keeps it. Corrections outlive their vehicles: each writing call above finds
    // out anew, in its own transaction, which vehicle of the video each one belongs to (see
    // corrections.h).
    virtual Result<CorrectionRow> correct(const Correction& correction) = 0;

    // Deletes vehicles and videos with all that belongs to them, corrections too. `before_commit`
    // runs when all rows are deleted and nothing is final yet; its Error takes everything back. It
    // may run more than once. What is not there is not counted.
    virtual Result<Forgotten> forget(const ForgetRequest& request,
                                     const std::function<Result<void>()>& before_commit) = 0;

    // Deletes the correction of a vehicle that is in force; an earlier one of it is in force then.
    // False if there is none.
    virtual Result<bool> withdraw_correction(const std::string& video, std::uint32_t track) = 0;

    virtual Result<std::optional<VideoRow>> find_video(const std::string& id) = 0;
    // A file that did not change since its video was entered needs no hashing.
    virtual Result<std::optional<VideoRow>> find_video(const std::string& path, std::int64_t bytes,
                                                       std::int64_t modified_us) = 0;

    // Those of `ids` that are there, in no order.
    virtual Result<std::vector<VideoRow>> videos_of(const std::vector<std::string>& ids) = 0;

    // Ordered by path, then id. Texts are compared byte by byte.
    virtual Result<std::vector<VideoRow>> videos() = 0;
    // Ordered by the video's path and id, then track.
    virtual Result<std::vector<VehicleRow>> vehicles(const VehicleFilter& filter) = 0;
    // The same vehicles, one by one, in memory that does not grow with their number; one snapshot:
    // all as they were when the call began. `visit` must not use this store.
    virtual Result<void> for_each_vehicle(const VehicleFilter& filter,
                                          const VehicleVisitor& visit) = 0;
    // Those of `keys` that are there, with corrections applied; in no order.
    virtual Result<std::vector<VehicleRow>> vehicles_of(const std::vector<VehicleKey>& keys) = 0;
    // Ordered by frame.
    virtual Result<std::vector<ReadingRow>> readings(const std::string& video,
                                                     std::uint32_t track) = 0;
    // Ordered by settings.
    virtual Result<std::vector<RunRow>> runs() = 0;
    // All of one video, or all; ordered by video, then number. Those of one vehicle are the ones
    // whose `vehicle` is its track.
    virtual Result<std::vector<CorrectionRow>> corrections(
        const std::optional<std::string>& video) = 0;
    // The texts that one vehicle is found by, most probable first, then by text.
    virtual Result<std::vector<PlateTextRow>> plate_texts(const std::string& video,
                                                          std::uint32_t track) = 0;
    virtual Result<std::vector<PlateTextRow>> find_texts(const PlateTextQuery& query,
                                                         TextOrder order) = 0;
    // What any of the queries finds, in no order; what several find may come several times. They
    // differ in `whole`, `part` and `length` only, and their limits are not looked at. One
    // statement: queries of their own would each be planned, which takes a server longer than
    // finding the rows.
    virtual Result<std::vector<PlateTextRow>> find_texts(
        const std::vector<PlateTextQuery>& any) = 0;
    // How many rows that would give; stops at `limit`.
    virtual Result<std::size_t> count_texts(const std::vector<PlateTextQuery>& any,
                                            std::size_t limit) = 0;
    // The probability of the text that comes after `rank` more probable ones of vehicles that
    // `filter` lets pass (as in PlateTextQuery); nothing if there are no more than `rank`.
    virtual Result<std::optional<double>> probability_at(const VehicleFilter& filter,
                                                         std::size_t rank) = 0;
    // Most clips first, then most vehicles, then by text.
    virtual Result<std::vector<PlateCount>> count_plates(const PlateCountQuery& query) = 0;
};

enum class Access : std::uint8_t {
    kReadWrite,  // creates the database file and the tables, or brings them to this program's
                 // version
    kReadOnly,   // changes nothing; the tables must be there, in this program's version
};

struct StoreLimits {
    // For a call that meets a lock, or a server that went away.
    std::chrono::milliseconds retry_limit{30'000};
    // For the first connection to a server that does not answer. A server that is starting up is
    // waited for up to retry_limit in any case. Processes that start anew in a running pipeline
    // give more than zero.
    std::chrono::milliseconds connect_limit{0};
};

// Opens a results database:
//   PATH or sqlite:PATH                               an SQLite file
//   postgresql://user:password@host:port/database     a PostgreSQL database (also postgres://; any
//   libpq URI) memory:                                           a new, empty store of this
//   process, for tests
Result<std::unique_ptr<Store>> open_store(const std::string& url, Access access,
                                          const StoreLimits& limits = {});

// The URL without its password, for messages.
std::string redacted(const std::string& url);

// The vehicle with the plate of a correction: tier kCorrectedTier, confidence 1 also of each
// character, no alternatives, no reason why nothing was read; the region stays if the text does.
VehicleRow apply(const CorrectionRow& correction, VehicleRow row);

// All videos, vehicles and readings as lines of text, in the order of their keys, every number in
// full, without what may differ between two runs over the same clips (a clip's folder and its
// modification time) and without corrections: two runs gave the same rows if and only if these are
// the same bytes. Not a snapshot: nobody should be writing.
Result<std::string> dump(Store& store);

}  // namespace dashcam
