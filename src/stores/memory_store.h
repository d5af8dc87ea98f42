#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "stores/record.h"
#include "stores/store.h"

namespace dashcam {

// A store in this process's memory, for tests of what uses a store. Rows take the same way through
// their columns as in a database, so that the same goes in and the same comes out.
class MemoryStore final : public Store {
  public:
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
    struct Vehicle {
        Record row;
        std::map<std::uint32_t, Record> readings;  // by frame
    };

    // As they were read, ordered by track.
    Result<std::vector<VehicleRow>> vehicles_in(const std::string& video) const;
    Result<void> assign(const std::string& video);
    // All rows of plate_texts with their vehicles as corrected.
    struct FoundText {
        PlateTextRow text;
        VehicleRow vehicle;
    };
    Result<std::vector<FoundText>> all_texts();
    // Null if none is in force.
    const CorrectionRow* correction_of(const VehicleRow& row) const;

    std::map<std::string, Record> videos_;
    std::map<VehicleKey, Vehicle> vehicles_;
    std::map<std::string, Record> runs_;
    std::map<std::string, std::vector<CorrectionRow>> corrections_;  // by video
};

}  // namespace dashcam
