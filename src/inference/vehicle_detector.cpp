#include "inference/vehicle_detector.h"

#include <algorithm>
#include <cstring>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "inference/box_decoding.h"
#include "inference/model_file.h"
#include "inference/preprocess.h"
#include "inference/yolox.h"

namespace dashcam {
namespace {

std::optional<VehicleClass> class_of(std::string_view label) {
    for (int i = 0; i < kVehicleClasses; ++i) {
        const auto vehicle_class = static_cast<VehicleClass>(i);
        if (label == to_string(vehicle_class)) return vehicle_class;
    }
    return std::nullopt;
}

// The vehicles among a network's labels, and their places.
struct Classes {
    std::vector<VehicleClass> classes;
    std::vector<std::size_t> columns;
};

Result<Classes> classes_of(const ModelFile& file) {
    Classes out;
    for (std::size_t i = 0; i < file.labels.size(); ++i) {
        const std::string& label = file.labels[i];
        const std::optional<VehicleClass> vehicle_class = class_of(label);
        if (!vehicle_class && file.format == ModelFormat::kYolox) continue;
        if (!vehicle_class) {
            return Error{"the model's side file " + file.source + " has the label '" + label +
                         "': only car, truck, bus and motorcycle are known"};
        }
        out.classes.push_back(*vehicle_class);
        out.columns.push_back(i);
    }
    if (out.classes.empty()) {
        return Error{"the model's side file " + file.source +
                     " has no label of a vehicle: car, truck, bus or motorcycle"};
    }
    return out;
}

Result<void> check_yolox(const ModelFile& file, const ModelDescription& model) {
    const auto width = static_cast<std::size_t>(file.input_width);
    const auto height = static_cast<std::size_t>(file.input_height);
    const std::size_t rows = yolox_rows(file.input_width, file.input_height);
    const std::size_t values = 5 + file.labels.size();
    if (rows == 0 || !has_input(model, ElementType::kFloat32, {3, height, width}) ||
        model.outputs.size() != 1 ||
        model.outputs[0].shape != std::vector<std::size_t>{rows, values}) {
        return wrong_tensors(file, model,
                             "sides that are multiples of 32, input float32 3x" +
                                 std::to_string(height) + "x" + std::to_string(width) +
                                 ", one output " + std::to_string(rows) + "x" +
                                 std::to_string(values));
    }
    return {};
}

Result<void> check_tensors(const ModelFile& file, const ModelDescription& model) {
    if (file.format == ModelFormat::kYolox) return check_yolox(file, model);
    const auto width = static_cast<std::size_t>(file.input_width);
    const auto height = static_cast<std::size_t>(file.input_height);
    const TensorDescription* scores = model.output("scores");
    const std::size_t rows = scores != nullptr && scores->shape.size() == 1 ? scores->shape[0] : 0;
    if (rows == 0 || !has_input(model, ElementType::kUint8, {height, width, 3}) ||
        !has_output(model, "boxes", {rows, 4}) ||
        !has_output(model, "classes", {rows, file.labels.size()})) {
        return wrong_tensors(file, model,
                             "input uint8 " + std::to_string(height) + "x" + std::to_string(width) +
                                 "x3, outputs boxes Ax4, scores A, classes Ax" +
                                 std::to_string(file.labels.size()));
    }
    return {};
}

// The network's scores on the scale of which kSureScore is the side file's threshold: linear below
// and above it.
class ScoreScale {
  public:
    explicit ScoreScale(float threshold)
        // A threshold of 0 or 1 would leave one side without a slope.
        : threshold_(std::clamp(threshold, 0.001f, 0.999f)) {}

    float of(float score) const {
        if (threshold_ == kSureScore) return score;
        return score < threshold_
                   ? score / threshold_ * kSureScore
                   : kSureScore + (score - threshold_) / (1 - threshold_) * (1 - kSureScore);
    }
    // The inverse.
    float raw(float score) const {
        if (threshold_ == kSureScore) return score;
        return score < kSureScore
                   ? score / kSureScore * threshold_
                   : threshold_ + (score - kSureScore) / (1 - kSureScore) * (1 - threshold_);
    }

  private:
    float threshold_;
};

class NetworkVehicleDetector final : public VehicleDetector {
  public:
    NetworkVehicleDetector(const ModelFile& file, Classes classes, std::unique_ptr<Model> model,
                           const Options& options)
        : width_(file.input_width),
          height_(file.input_height),
          scale_(file.score_threshold),
          min_raw_score_(scale_.raw(options.min_score)),
          nms_iou_(options.nms_iou.value_or(file.nms_iou)),
          format_(file.format),
          labels_(file.labels.size()),
          classes_(std::move(classes.classes)),
          columns_(std::move(classes.columns)),
          model_(std::move(model)),
          input_(model_->description().input.bytes()) {
        if (format_ == ModelFormat::kYolox) {
            planes_.resize(model_->description().input.elements());
            return;
        }
        boxes_ = model_->description().output_index("boxes");
        scores_ = model_->description().output_index("scores");
        class_scores_ = model_->description().output_index("classes");
    }

    Result<Detections> detect(const FrameView& frame) override {
        if (frame.format.width < 1 || frame.format.height < 1) {
            return Error{"a frame of " + std::to_string(frame.format.width) + "x" +
                         std::to_string(frame.format.height) + " pixels cannot be searched"};
        }
        const Letterbox letterbox = prepare(frame);
        TRY(model_->run(input_, 1, outputs_));
        if (format_ == ModelFormat::kYolox) {
            YoloxBoxes decoded = decode_yolox(outputs_[0], width_, height_, labels_, columns_);
            outputs_ = {std::move(decoded.boxes), std::move(decoded.scores),
                        std::move(decoded.classes)};
        }
        const std::vector<BoxCandidate> kept = without_parts(
            suppress_overlaps(select_boxes(outputs_[boxes_], outputs_[scores_], min_raw_score_),
                              nms_iou_, kMaxDetectionsPerFrame));
        return in_frame(kept, letterbox, frame.format);
    }

  private:
    Letterbox prepare(const FrameView& frame) {
        if (format_ == ModelFormat::kOwn) {
            return preprocessor_.run(frame, whole_frame(frame.format), width_, height_, input_);
        }
        const Letterbox letterbox = yolox_input(preprocessor_, frame, width_, height_, planes_);
        std::memcpy(input_.data(), planes_.data(), input_.size());
        return letterbox;
    }

    Detections in_frame(const std::vector<BoxCandidate>& kept, const Letterbox& letterbox,
                        const FrameFormat& format) const {
        std::vector<Detection> found;
        for (const BoxCandidate& candidate : kept) {
            Detection detection;
            detection.box = clipped(letterbox.to_frame(candidate.box), format.width, format.height);
            if (detection.box.width() < 1 || detection.box.height() < 1) continue;
            detection.score = scale_.of(std::min(candidate.score, 1.0f));
            detection.vehicle_class = class_at(candidate.row);
            found.push_back(detection);
        }
        // Clipping moves edges, so boxes of equal score may have changed places.
        std::stable_sort(found.begin(), found.end(), [](const Detection& a, const Detection& b) {
            return std::tuple(-a.score, a.box.x0, a.box.y0) <
                   std::tuple(-b.score, b.box.x0, b.box.y0);
        });
        Detections out;
        for (const Detection& detection : found) out.push_back(detection);
        return out;
    }

    VehicleClass class_at(std::size_t row) const {
        const auto first =
            outputs_[class_scores_].begin() + static_cast<std::ptrdiff_t>(row * classes_.size());
        const auto best =
            std::max_element(first, first + static_cast<std::ptrdiff_t>(classes_.size()));
        return classes_[static_cast<std::size_t>(best - first)];
    }

    int width_;
    int height_;
    ScoreScale scale_;
    float min_raw_score_;
    float nms_iou_;
    ModelFormat format_;
    std::size_t labels_;                 // all classes of the network
    std::vector<VehicleClass> classes_;  // of the classes that are vehicles
    std::vector<std::size_t> columns_;   // their places among the labels
    std::unique_ptr<Model> model_;
    std::size_t boxes_ = 0;  // places among the outputs; as decode_yolox() gives them
    std::size_t scores_ = 1;
    std::size_t class_scores_ = 2;
    Preprocessor preprocessor_;
    std::vector<std::uint8_t> input_;
    std::vector<float> planes_;  // input of a YOLOX network
    std::vector<std::vector<float>> outputs_;
};

}  // namespace

Result<std::unique_ptr<VehicleDetector>> VehicleDetector::load(Engine& engine,
                                                               const std::string& path,
                                                               const Options& options) {
    TRY_ASSIGN(const ModelFile file, read_model_file(path, NetworkRole::kVehicle));
    TRY_ASSIGN(Classes classes, classes_of(file));
    TRY_ASSIGN(std::unique_ptr<Model> model, load_model(engine, file, options.model));
    TRY(check_tensors(file, model->description()));
    return std::unique_ptr<VehicleDetector>(std::make_unique<NetworkVehicleDetector>(
        file, std::move(classes), std::move(model), options));
}

}  // namespace dashcam
