#pragma once

#include <memory>

#include "base/mutex.h"
#include "stores/store.h"

namespace dashcam {

// A store that several threads of a test write to, each through an object of its own: what a
// database is to processes. All objects made from one core hold the same rows.
class SharedStore final : public Store {
  public:
    struct Core {
        Mutex mutex;
        std::unique_ptr<Store> store;
    };
    explicit SharedStore(std::shared_ptr<Core> core) : core_(std::move(core)) {}

    Result<void> begin_video(const VideoRow& row) override { return locked()->begin_video(row); }
    Result<void> finish_video(const VideoRow& row,
                              const std::optional<std::vector<std::uint32_t>>& tracks,
                              const std::vector<VehicleWithReadings>& rewritten) override {
        return locked()->finish_video(row, tracks, rewritten);
    }
    using Store::finish_video;
    Result<void> write_vehicle(const VehicleRow& row,
                               const std::vector<ReadingRow>& readings) override {
        return locked()->write_vehicle(row, readings);
    }
    Result<void> write_run(const RunRow& row) override { return locked()->write_run(row); }
    Result<CorrectionRow> correct(const Correction& correction) override {
        return locked()->correct(correction);
    }
    Result<bool> withdraw_correction(const std::string& video, std::uint32_t track) override {
        return locked()->withdraw_correction(video, track);
    }
    Result<std::optional<VideoRow>> find_video(const std::string& id) override {
        return locked()->find_video(id);
    }
    Result<std::optional<VideoRow>> find_video(const std::string& path, std::int64_t bytes,
                                               std::int64_t modified_us) override {
        return locked()->find_video(path, bytes, modified_us);
    }
    Result<std::vector<VideoRow>> videos_of(const std::vector<std::string>& ids) override {
        return locked()->videos_of(ids);
    }
    Result<std::vector<VideoRow>> videos() override { return locked()->videos(); }
    Result<std::vector<VehicleRow>> vehicles(const VehicleFilter& filter) override {
        return locked()->vehicles(filter);
    }
    Result<std::vector<ReadingRow>> readings(const std::string& video,
                                             std::uint32_t track) override {
        return locked()->readings(video, track);
    }
    Result<std::vector<RunRow>> runs() override { return locked()->runs(); }
    Result<std::vector<CorrectionRow>> corrections(
        const std::optional<std::string>& video) override {
        return locked()->corrections(video);
    }
    Result<std::vector<PlateTextRow>> plate_texts(const std::string& video,
                                                  std::uint32_t track) override {
        return locked()->plate_texts(video, track);
    }

    Result<Forgotten> forget(const ForgetRequest& request,
                             const std::function<Result<void>()>& before_commit) override {
        return locked()->forget(request, before_commit);
    }
    Result<void> for_each_vehicle(const VehicleFilter& filter,
                                  const VehicleVisitor& visit) override {
        return locked()->for_each_vehicle(filter, visit);
    }
    Result<std::vector<VehicleRow>> vehicles_of(const std::vector<VehicleKey>& keys) override {
        return locked()->vehicles_of(keys);
    }
    Result<std::vector<PlateTextRow>> find_texts(const PlateTextQuery& query,
                                                 TextOrder order) override {
        return locked()->find_texts(query, order);
    }
    Result<std::vector<PlateTextRow>> find_texts(const std::vector<PlateTextQuery>& any) override {
        return locked()->find_texts(any);
    }
    Result<std::size_t> count_texts(const std::vector<PlateTextQuery>& any,
                                    std::size_t limit) override {
        return locked()->count_texts(any, limit);
    }
    Result<std::optional<double>> probability_at(const VehicleFilter& filter,
                                                 std::size_t rank) override {
        return locked()->probability_at(filter, rank);
    }
    Result<std::vector<PlateCount>> count_plates(const PlateCountQuery& query) override {
        return locked()->count_plates(query);
    }

  private:
    // The store, for as long as the lock that comes with it lives.
    class Locked {
      public:
        explicit Locked(Core& core) : lock_(core.mutex), store_(*core.store) {}
        Store* operator->() { return &store_; }

      private:
        MutexLock lock_;
        Store& store_;
    };
    Locked locked() { return Locked(*core_); }

    std::shared_ptr<Core> core_;
};

}  // namespace dashcam
