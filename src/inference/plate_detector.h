#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "base/bounded_vector.h"
#include "base/detection.h"
#include "base/frame_view.h"
#include "base/result.h"
#include "inference/engine.h"

namespace dashcam {

// Plates kept of one vehicle's crop: its own, and those of neighbours that reach into the crop.
constexpr std::size_t kMaxPlatesPerVehicle = 4;
using PlateDetections = BoundedVector<PlateDetection, kMaxPlatesPerVehicle>;

// Finds number plates in the crop of one vehicle. Same frame and box, same detections. Not
// thread-safe.
class PlateDetector {
  public:
    // The crop is the vehicle's box with each side moved out by this share of its size (the plate
    // network's card).
    static constexpr double kCropGrowth = 0.1;
    // Smaller vehicles were left out in training: no plate on them can be read.
    static constexpr float kMinVehicleWidthPx = 40;
    static constexpr float kMinVehicleHeightPx = 24;

    struct Options {
        std::optional<float> min_score;  // without: the side file's score_threshold
        std::optional<float> nms_iou;    // without: the side file's
        ModelOptions model;
    };

    // `path`: an ONNX file or its side file (model_file.h), format dashcam-plate-detector-1.
    // Tensors of a sample:
    //   input   uint8 H x W x 3: B, G, R, letterboxed (letterbox.h, preprocess.h)
    //   boxes   float32 A x 4: x0 y0 x1 y1 in pixels of the input
    //   scores  float32 A: that a plate is there, 0 to 1
    //   corners float32 A x 8: x y of top left, top right, bottom right, bottom left of the plate
    static Result<std::unique_ptr<PlateDetector>> load(Engine& engine, const std::string& path,
                                                       const Options& options);

    virtual ~PlateDetector() = default;

    // Corners in pixels of the whole frame (they may lie a little outside of it), the best score
    // first, then by the box's x0, then y0. Empty for a vehicle below the least size and for a box
    // outside of the frame.
    virtual Result<PlateDetections> detect(const FrameView& frame, const Box& vehicle) = 0;
};

}  // namespace dashcam
