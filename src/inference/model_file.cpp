#include "inference/model_file.h"

#include <toml++/toml.h>
#include <filesystem>
#include <optional>
#include <utility>

#include "inference/sha256.h"
#include "reading/plate_reading.h"
#include "reading/reading_quality.h"

namespace dashcam {
namespace {

// Larger inputs than this are a slip in the file, not a network for a frame.
constexpr int kMaxInputPixels = 8192;

// Of vehicle networks, beside the own one.
constexpr std::string_view kYoloxFormat = "yolox-1";

std::string_view format_of(NetworkRole role) {
    switch (role) {
        case NetworkRole::kVehicle:
            return "dashcam-detector-1";
        case NetworkRole::kPlate:
            return "dashcam-plate-detector-1";
        case NetworkRole::kText:
            return "dashcam-text-1";
    }
    return "?";
}

// The shipped networks' values.
ModelFile defaults_of(NetworkRole role) {
    ModelFile file;
    file.role = role;
    switch (role) {
        case NetworkRole::kVehicle:
            file.input_width = 640;
            file.input_height = 384;
            file.labels = {"car", "truck", "bus", "motorcycle"};
            file.score_threshold = 0.5f;
            file.nms_iou = 0.55f;
            break;
        case NetworkRole::kPlate:
            file.input_width = 256;
            file.input_height = 256;
            file.score_threshold = 0.6f;
            file.nms_iou = 0.5f;
            break;
        case NetworkRole::kText:
            file.input_width = kPlateWidth;
            file.input_height = kPlateHeight;
            break;
    }
    return file;
}

Error bad_key(const std::string& path, std::string_view key, const std::string& why) {
    return Error{"the model's side file " + path + " has a wrong value for '" + std::string(key) +
                 "': " + why};
}

Result<std::string> text_of(const toml::table& table, const std::string& path,
                            std::string_view key) {
    const std::optional<std::string> value = table[key].value<std::string>();
    if (!value || value->empty()) return bad_key(path, key, "it must be a text");
    return *value;
}

Result<void> expect_text(const toml::table& table, const std::string& path, std::string_view key,
                         std::string_view expected) {
    TRY_ASSIGN(const std::string value, text_of(table, path, key));
    if (value != expected) {
        return bad_key(
            path, key,
            "it is \"" + value + "\", this program needs \"" + std::string(expected) + "\"");
    }
    return {};
}

Result<int> number_of(const toml::table& table, const std::string& path, std::string_view key,
                      int low, int high) {
    const std::optional<std::int64_t> value = table[key].value_exact<std::int64_t>();
    if (!value || *value < low || *value > high) {
        return bad_key(path, key,
                       "it must be a whole number from " + std::to_string(low) + " to " +
                           std::to_string(high));
    }
    return static_cast<int>(*value);
}

// Of a range from 0 to 1.
Result<float> share_of(const toml::table& table, const std::string& path, std::string_view key) {
    const std::optional<double> value = table[key].value<double>();
    if (!value || !(*value >= 0 && *value <= 1))
        return bad_key(path, key, "it must be from 0 to 1");
    return static_cast<float>(*value);
}

Result<std::vector<std::string>> labels_of(const toml::table& table, const std::string& path) {
    std::vector<std::string> labels;
    const toml::array* array = table["labels"].as_array();
    if (array == nullptr || array->empty())
        return bad_key(path, "labels", "it must be a list of names");
    for (const toml::node& node : *array) {
        const std::optional<std::string> label = node.value<std::string>();
        if (!label) return bad_key(path, "labels", "it must be a list of names");
        labels.push_back(*label);
    }
    return labels;
}

Result<void> check_text_keys(const toml::table& table, const std::string& path) {
    TRY(number_of(table, path, "slots", kPlateSlots, kPlateSlots));
    TRY(expect_text(table, path, "alphabet", kPlateAlphabet));
    TRY(number_of(table, path, "blank_index", kBlankSymbol, kBlankSymbol));
    return {};
}

Result<ModelFile> from_table(const toml::table& table, const std::string& path, NetworkRole role) {
    ModelFile out;
    out.role = role;
    out.source = path;
    TRY(expect_text(table, path, "role", to_string(role)));
    TRY_ASSIGN(const std::string format, text_of(table, path, "format"));
    if (role == NetworkRole::kVehicle && format == kYoloxFormat) {
        out.format = ModelFormat::kYolox;
    } else {
        TRY(expect_text(table, path, "format", format_of(role)));
    }
    TRY_ASSIGN(const std::string file, text_of(table, path, "file"));
    out.path = (std::filesystem::path(path).parent_path() / file).string();
    TRY_ASSIGN(out.input_width, number_of(table, path, "input_width", 1, kMaxInputPixels));
    TRY_ASSIGN(out.input_height, number_of(table, path, "input_height", 1, kMaxInputPixels));
    if (role == NetworkRole::kText) {
        TRY(check_text_keys(table, path));
    } else {
        TRY_ASSIGN(out.score_threshold, share_of(table, path, "score_threshold"));
        TRY_ASSIGN(out.nms_iou, share_of(table, path, "nms_iou"));
    }
    if (role == NetworkRole::kVehicle) {
        TRY_ASSIGN(out.labels, labels_of(table, path));
    }
    if (table.contains("sha256")) {
        TRY_ASSIGN(out.sha256, text_of(table, path, "sha256"));
    }
    if (table.contains("int8_file")) {
        TRY_ASSIGN(const std::string int8, text_of(table, path, "int8_file"));
        out.int8_path = (std::filesystem::path(path).parent_path() / int8).string();
    }
    if (table.contains("int8_sha256")) {
        TRY_ASSIGN(out.int8_sha256, text_of(table, path, "int8_sha256"));
    }
    return out;
}

Result<ModelFile> read_side_file(const std::string& path, NetworkRole role) {
    if (!std::filesystem::exists(path)) {
        return Error{"the model's side file " + path +
                     " does not exist: check the path in the configuration"};
    }
    try {
        return from_table(toml::parse_file(path), path, role);
    } catch (const toml::parse_error& error) {
        return Error{"the model's side file " + path + " is no TOML: line " +
                     std::to_string(error.source().begin.line) + ": " +
                     std::string(error.description())};
    } catch (const std::exception& exception) {
        return Error{"the model's side file " + path + " cannot be read: " + exception.what()};
    }
}

}  // namespace

std::string_view to_string(NetworkRole role) {
    switch (role) {
        case NetworkRole::kVehicle:
            return "vehicle";
        case NetworkRole::kPlate:
            return "plate";
        case NetworkRole::kText:
            return "text";
    }
    return "?";
}

Result<ModelFile> read_model_file(const std::string& path, NetworkRole role) {
    const std::filesystem::path given(path);
    if (given.extension() == ".toml") return read_side_file(path, role);
    if (given.extension() != ".onnx") {
        return Error{"the model file " + path +
                     " ends neither in .onnx nor in .toml: give an ONNX file or its side file"};
    }
    std::filesystem::path side = given;
    side.replace_extension(".toml");
    std::error_code error;
    if (std::filesystem::exists(side, error)) {
        TRY_ASSIGN(ModelFile file, read_side_file(side.string(), role));
        // A copied side file may still name the file that it was copied from: the path given
        // counts, and an int8 version is that other file's.
        std::error_code ignored;
        if (!std::filesystem::equivalent(file.path, path, ignored)) {
            file.int8_path.clear();
            file.int8_sha256.clear();
        }
        file.path = path;
        return file;
    }
    ModelFile file = defaults_of(role);
    file.path = path;
    file.source = path;
    return file;
}

Result<ModelVersion> version_of(const ModelFile& file, Precision precision,
                                std::string_view device) {
    const bool has_int8 = !file.int8_path.empty();
    if (precision == Precision::kAuto && device == "CPU") precision = preferred(has_int8);
    if (precision != Precision::kInt8) return ModelVersion{file.path, file.sha256, precision};
    if (!has_int8) {
        return Error{"the model file " + file.path + " has no int8 version, since " + file.source +
                     " names no int8_file: choose another precision, or make one with "
                     "training/quantise.py"};
    }
    return ModelVersion{file.int8_path, file.int8_sha256, precision};
}

Result<std::unique_ptr<Model>> load_model(Engine& engine, const ModelFile& file,
                                          const ModelOptions& options) {
    TRY_ASSIGN(const ModelVersion version, version_of(file, options.precision, engine.target()));
    // The engine reports a missing file in better words than a checksum could.
    if (!version.sha256.empty() && std::filesystem::is_regular_file(version.path)) {
        TRY_ASSIGN(const std::string found, sha256_of_file(version.path));
        if (found != version.sha256) {
            return Error{
                "the model file " + version.path + " is not the one that " + file.source +
                " describes: its SHA-256 is " + found + " instead of " + version.sha256 +
                ". Fetch both again, or correct the checksum if the network was exchanged on "
                "purpose"};
        }
    }
    ModelOptions chosen = options;
    chosen.precision = version.precision;
    return engine.load(version.path, chosen);
}

Error wrong_tensors(const ModelFile& file, const ModelDescription& found,
                    const std::string& needed) {
    std::string has = "input " + found.input.text();
    for (const TensorDescription& output : found.outputs) has += ", output " + output.text();
    return Error{"the model file " + file.path + " does not fit the role " +
                 std::string(to_string(file.role)) + " as " + file.source +
                 " describes it: it needs " + needed + ", but has " + has +
                 ". Check that the file belongs to this role"};
}

bool has_input(const ModelDescription& model, ElementType type,
               const std::vector<std::size_t>& shape) {
    return model.input.type == type && model.input.shape == shape;
}

bool has_output(const ModelDescription& model, const std::string& name,
                const std::vector<std::size_t>& shape) {
    const TensorDescription* output = model.output(name);
    return output != nullptr && output->shape == shape;
}

}  // namespace dashcam
