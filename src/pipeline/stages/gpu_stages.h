#pragma once

#include <memory>

#include "inference/plate_detector.h"
#include "inference/text_reader.h"
#include "inference/vehicle_detector.h"
#include "pipeline/stages/stage.h"

namespace dashcam {

// VEHICLE_DETECT: frame -> boxes, for VEHICLE_TRACK.
class VehicleDetectStage final : public Stage {
  public:
    explicit VehicleDetectStage(std::unique_ptr<VehicleDetector> detector)
        : detector_(std::move(detector)) {}
    Result<void> run(const StageInput& input, StageOutput& output) override;

  private:
    std::unique_ptr<VehicleDetector> detector_;
};

// PLATE_DETECT: one vehicle in the frame -> the corners of its plate, for OCR; or an empty reading
// for PLATE_SMOOTH.
class PlateDetectStage final : public Stage {
  public:
    explicit PlateDetectStage(std::unique_ptr<PlateDetector> detector)
        : detector_(std::move(detector)) {}
    Result<void> run(const StageInput& input, StageOutput& output) override;

  private:
    std::unique_ptr<PlateDetector> detector_;
};

// OCR: the plate, rectified -> a posterior per character position, for PLATE_SMOOTH.
class OcrStage final : public Stage {
  public:
    explicit OcrStage(std::unique_ptr<TextReader> reader) : reader_(std::move(reader)) {}
    Result<void> run(const StageInput& input, StageOutput& output) override;

  private:
    std::unique_ptr<TextReader> reader_;
};

}  // namespace dashcam
