#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/frame_view.h"
#include "base/result.h"
#include "inference/engine.h"
#include "tracking/tracker_types.h"

namespace dashcam {

// Finds vehicles in a whole frame. Same frame, same detections. Not thread-safe.
class VehicleDetector {
  public:
    // What the tracker may still hold on to, well below what may start a track (kSureScore).
    static constexpr float kDefaultMinScore = 0.2f;

    struct Options {
        float min_score = kDefaultMinScore;
        std::optional<float> nms_iou;  // without: the side file's
        ModelOptions model;
    };

    // `path`: an ONNX file or its side file (model_file.h), format dashcam-detector-1. Tensors of a
    // sample:
    //   input  uint8 H x W x 3: B, G, R, letterboxed (letterbox.h, preprocess.h)
    //   boxes  float32 A x 4: x0 y0 x1 y1 in pixels of the input
    //   scores float32 A: that a vehicle is there, 0 to 1
    //   classes float32 A x C: of each label, comparable within a row
    static Result<std::unique_ptr<VehicleDetector>> load(Engine& engine, const std::string& path,
                                                         const Options& options);

    virtual ~VehicleDetector() = default;

    // Scores are the network's, stretched so that the side file's score_threshold becomes
    // kSureScore. Boxes in pixels of the frame, clipped to it, at least one pixel wide and high;
    // the best score first, then by x0, then y0. Suppression is over all classes together. A frame
    // of no pixels is an error.
    virtual Result<Detections> detect(const FrameView& frame) = 0;
};

}  // namespace dashcam
