#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "inference/engine.h"

namespace dashcam {

// What a network's tensors mean.
enum class ModelFormat : std::uint8_t { kOwn, kYolox };

enum class NetworkRole : std::uint8_t { kVehicle, kPlate, kText };

// "vehicle", "plate" or "text".
std::string_view to_string(NetworkRole role);

// What a network's side file says about it. A side file is TOML:
//   role, file (beside the side file), format, input_width, input_height, sha256 (optional), and
//   dashcam-detector-1:        labels (names of VehicleClass, in the order of the output),
//   score_threshold, nms_iou dashcam-plate-detector-1:  score_threshold, nms_iou dashcam-text-1:
//   slots, alphabet, blank_index
// int8_file and int8_sha256 (both optional) name a version of the same network for Precision::kInt8.
// A vehicle network may also be of format yolox-1 (yolox.h), with the keys of dashcam-detector-1;
// labels that are no vehicles are left out there.
// The formats' tensors are described in vehicle_detector.h, plate_detector.h and text_reader.h.
struct ModelFile {
    NetworkRole role = NetworkRole::kVehicle;
    ModelFormat format = ModelFormat::kOwn;
    std::string path;    // of the ONNX file
    std::string source;  // file to name in messages: the side file, or the ONNX file without one
    int input_width = 0;
    int input_height = 0;
    std::vector<std::string> labels;
    float score_threshold = 0;
    float nms_iou = 0;
    std::string sha256;  // lower-case hexadecimal, or empty: not checked
    std::string int8_path;  // of the int8 version; empty: there is none
    std::string int8_sha256;
};

// The version of a network that a precision asks for.
struct ModelVersion {
    std::string path;
    std::string sha256;  // or empty: not checked
    Precision precision = Precision::kAuto;
};

// On `device` of this machine; kAuto is what preferred() says on "CPU", and left to the driver on
// other devices. Error: kInt8, and there is no such version.
Result<ModelVersion> version_of(const ModelFile& file, Precision precision,
                                std::string_view device);

// Reads the side file at `path`. If `path` ends in .onnx, the side file is the one beside it with
// the ending .toml; without one, the values of the shipped network of that role are taken, and the
// ONNX file must fit them. An error names the file and the key.
Result<ModelFile> read_model_file(const std::string& path, NetworkRole role);

// Loads the network's version for options.precision and checks its checksum. That its tensors fit
// is for the caller to check.
Result<std::unique_ptr<Model>> load_model(Engine& engine, const ModelFile& file,
                                          const ModelOptions& options);

// The error for a network whose tensors are not what its role needs; `needed` says what would be
// right.
Error wrong_tensors(const ModelFile& file, const ModelDescription& found,
                    const std::string& needed);

// Whether the model's input, or its output `name`, is exactly that.
bool has_input(const ModelDescription& model, ElementType type,
               const std::vector<std::size_t>& shape);
bool has_output(const ModelDescription& model, const std::string& name,
                const std::vector<std::size_t>& shape);

}  // namespace dashcam
