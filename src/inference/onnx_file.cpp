#include "inference/onnx_file.h"

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <istream>
#include <optional>

namespace dashcam {
namespace {

// Protobuf's encoding: a field is a key, (number << 3 | wire type), and its value.
constexpr std::uint64_t kWireVarint = 0;
constexpr std::uint64_t kWireLength = 2;
// Of ModelProto: the graph's field, and a length that no field before it has.
constexpr std::uint64_t kGraphField = 7;
constexpr std::uint64_t kMaxFieldBytes = 1 << 20;

enum class OnnxFault : std::uint8_t { kNone, kNoGraph, kCutOff };

// Walks over the outermost fields; `left` are the bytes of the file that are not read yet.
class OuterFields {
  public:
    OuterFields(std::istream& in, std::uint64_t bytes) : in_(in), left_(bytes) {}

    OnnxFault check() {
        bool graph = false;
        while (left_ > 0) {
            const std::optional<std::uint64_t> key = varint();
            const std::optional<std::uint64_t> value = varint();
            // What does not look like ONNX before the graph is something else; behind it, it is
            // damage.
            const OnnxFault strange = graph ? OnnxFault::kCutOff : OnnxFault::kNoGraph;
            if (!key || !value || *key >> 3 == 0) return strange;
            const std::uint64_t field = *key >> 3, wire = *key & 7;
            if (wire == kWireVarint) continue;
            if (wire != kWireLength) return strange;
            if (field != kGraphField && !graph && *value > kMaxFieldBytes) return strange;
            graph = graph || field == kGraphField;
            if (*value > left_) return graph ? OnnxFault::kCutOff : OnnxFault::kNoGraph;
            left_ -= *value;
            in_.seekg(static_cast<std::streamoff>(*value), std::ios::cur);
        }
        return graph ? OnnxFault::kNone : OnnxFault::kNoGraph;
    }

  private:
    std::optional<std::uint64_t> varint() {
        std::uint64_t value = 0;
        for (int shift = 0; shift < 64 && left_ > 0; shift += 7) {
            const int byte = in_.get();
            if (!in_) return std::nullopt;
            --left_;
            value |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
            if ((byte & 0x80) == 0) return value;
        }
        return std::nullopt;
    }

    std::istream& in_;
    std::uint64_t left_;
};

}  // namespace

Result<void> check_onnx_file(const std::string& path) {
    std::error_code error;
    const auto status = std::filesystem::status(path, error);
    if (!std::filesystem::exists(status)) {
        return Error{"the model file " + path +
                     " does not exist: check the path in the configuration"};
    }
    if (!std::filesystem::is_regular_file(status)) {
        return Error{"the model file " + path +
                     " is no regular file: give the path of an ONNX file"};
    }
    std::ifstream file(path, std::ios::binary);
    if (file.peek() == std::ifstream::traits_type::eof()) {
        return Error{"the model file " + path + " is empty or cannot be read: fetch it again"};
    }
    switch (OuterFields(file, std::filesystem::file_size(path, error)).check()) {
        case OnnxFault::kNone:
            return {};
        case OnnxFault::kCutOff:
            return Error{"the model file " + path +
                         " is cut off or damaged: it ends before its contents do; fetch it again"};
        case OnnxFault::kNoGraph:
            break;
    }
    return Error{"the file " + path +
                 " is no ONNX model (no graph was found in it): check the path, or fetch the file "
                 "again"};
}

}  // namespace dashcam
