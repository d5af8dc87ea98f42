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
// Of ModelProto: the graph's field, and a length that no other field before it has.
constexpr std::uint64_t kGraphField = 7;
constexpr std::uint64_t kMaxFieldBytes = 1 << 20;

std::optional<std::uint64_t> read_varint(std::istream& in) {
    std::uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
        const int byte = in.get();
        if (!in) return std::nullopt;
        value |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
        if ((byte & 0x80) == 0) return value;
    }
    return std::nullopt;
}

bool has_graph(std::istream& in) {
    while (const std::optional<std::uint64_t> key = read_varint(in)) {
        const std::uint64_t field = *key >> 3, wire = *key & 7;
        const std::optional<std::uint64_t> value = read_varint(in);
        if (field == 0 || !value) return false;
        if (wire == kWireVarint) continue;
        if (wire != kWireLength) return false;
        if (field == kGraphField) return true;
        if (*value > kMaxFieldBytes) return false;
        in.ignore(static_cast<std::streamsize>(*value));
    }
    return false;
}

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
    if (!has_graph(file)) {
        return Error{"the file " + path +
                     " is no ONNX model (no graph was found in it): check the path, or fetch the "
                     "file again"};
    }
    return {};
}

}  // namespace dashcam
