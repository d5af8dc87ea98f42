#pragma once

#include <memory>
#include <string>

#include "pipeline/stages/crop_folder.h"
#include "pipeline/stages/stage.h"
#include "stores/store.h"

namespace dashcam {

// VEHICLE_TRACK: boxes, in frame order -> the tracker's next state; looks for PLATE_DETECT, SUMMARY
// of ended tracks, and at the end of the video its FINAL_WRITE. Keeps the best shots.
class VehicleTrackStage final : public Stage {
  public:
    explicit VehicleTrackStage(const std::string& output) : crops_(output) {}
    Result<void> run(const StageInput& input, StageOutput& output) override;

  private:
    Result<void> end_of_video(const StageInput& input, StageOutput& output);
    CropFolder crops_;
};

// PLATE_SMOOTH: fuses one reading into its track's evidence.
class PlateSmoothStage final : public Stage {
  public:
    explicit PlateSmoothStage(const std::string& output) : crops_(output) {}
    Result<void> run(const StageInput& input, StageOutput& output) override;

  private:
    CropFolder crops_;
};

// SUMMARY: an ended track with all its readings -> final text, tier and best shots, for
// FINAL_WRITE; or nothing, if it was never more than a flicker.
class SummaryStage final : public Stage {
  public:
    Result<void> run(const StageInput& input, StageOutput& output) override;
};

// FINAL_WRITE: one transaction per vehicle, keyed; and the begin and the end of each video.
class FinalWriteStage final : public Stage {
  public:
    FinalWriteStage(std::unique_ptr<Store> store, const std::string& output)
        : store_(std::move(store)), crops_(output) {}
    Result<void> run(const StageInput& input, StageOutput& output) override;
    bool is_cut_off() const override { return store_->is_cut_off(); }

  private:
    Result<void> write_vehicle(const StageInput& input, RowTally& rows);
    Result<void> finish_video(const StageInput& input, RowTally& rows);

    std::unique_ptr<Store> store_;
    CropFolder crops_;
};

}  // namespace dashcam
