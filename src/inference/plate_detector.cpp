#include "inference/plate_detector.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "inference/box_decoding.h"
#include "inference/model_file.h"
#include "inference/preprocess.h"

namespace dashcam {
namespace {

Result<void> check_tensors(const ModelFile& file, const ModelDescription& model) {
    const auto width = static_cast<std::size_t>(file.input_width);
    const auto height = static_cast<std::size_t>(file.input_height);
    const TensorDescription* scores = model.output("scores");
    const std::size_t rows = scores != nullptr && scores->shape.size() == 1 ? scores->shape[0] : 0;
    if (rows == 0 || !has_input(model, ElementType::kUint8, {height, width, 3}) ||
        !has_output(model, "boxes", {rows, 4}) || !has_output(model, "corners", {rows, 8})) {
        return wrong_tensors(file, model,
                             "input uint8 " + std::to_string(height) + "x" + std::to_string(width) +
                                 "x3, outputs boxes Ax4, scores A, corners Ax8");
    }
    return {};
}

class NetworkPlateDetector final : public PlateDetector {
  public:
    NetworkPlateDetector(const ModelFile& file, std::unique_ptr<Model> model,
                         const Options& options)
        : width_(file.input_width),
          height_(file.input_height),
          min_score_(options.min_score.value_or(file.score_threshold)),
          nms_iou_(options.nms_iou.value_or(file.nms_iou)),
          model_(std::move(model)),
          boxes_(model_->description().output_index("boxes")),
          scores_(model_->description().output_index("scores")),
          corners_(model_->description().output_index("corners")),
          input_(model_->description().input.bytes()) {}

    Result<PlateDetections> detect(const FrameView& frame, const Box& vehicle) override {
        PlateDetections out;
        const PixelRect crop = grown(vehicle, kCropGrowth, frame.format.width, frame.format.height);
        // A box with a NaN in it compares as too small.
        const bool large =
            vehicle.width() >= kMinVehicleWidthPx && vehicle.height() >= kMinVehicleHeightPx;
        if (!large || crop.width() < 1 || crop.height() < 1) return out;
        const Letterbox letterbox = preprocessor_.run(frame, crop, width_, height_, input_);
        TRY(model_->run(input_, 1, outputs_));
        const std::vector<BoxCandidate> kept =
            suppress_overlaps(select_boxes(outputs_[boxes_], outputs_[scores_], min_score_),
                              nms_iou_, kMaxPlatesPerVehicle);
        for (const BoxCandidate& candidate : kept) {
            const float* xy = &outputs_[corners_][std::size_t{8} * candidate.row];
            if (!std::all_of(xy, xy + 8, [](float v) { return std::isfinite(v); })) continue;
            PlateDetection plate;
            plate.score = std::min(candidate.score, 1.0f);
            for (std::size_t k = 0; k < 4; ++k) {
                plate.corners.corners[k] = letterbox.to_frame(xy[2 * k], xy[2 * k + 1]);
            }
            out.push_back(plate);
        }
        return out;
    }

  private:
    int width_;
    int height_;
    float min_score_;
    float nms_iou_;
    std::unique_ptr<Model> model_;
    std::size_t boxes_;  // places among the outputs
    std::size_t scores_;
    std::size_t corners_;
    Preprocessor preprocessor_;
    std::vector<std::uint8_t> input_;
    std::vector<std::vector<float>> outputs_;
};

}  // namespace

Result<std::unique_ptr<PlateDetector>> PlateDetector::load(Engine& engine, const std::string& path,
                                                           const Options& options) {
    TRY_ASSIGN(const ModelFile file, read_model_file(path, NetworkRole::kPlate));
    TRY_ASSIGN(std::unique_ptr<Model> model, load_model(engine, file, options.model));
    TRY(check_tensors(file, model->description()));
    return std::unique_ptr<PlateDetector>(
        std::make_unique<NetworkPlateDetector>(file, std::move(model), options));
}

}  // namespace dashcam
