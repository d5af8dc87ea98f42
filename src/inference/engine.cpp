#include "inference/engine.h"

#include "base/check.h"
#include "inference/processor.h"

namespace dashcam {

std::string_view to_string(Precision precision) {
    switch (precision) {
        case Precision::kAuto:
            return "auto";
        case Precision::kF32:
            return "f32";
        case Precision::kBf16:
            return "bf16";
        case Precision::kInt8:
            return "int8";
    }
    return "?";
}

Result<Precision> precision_of(std::string_view name) {
    for (const Precision precision :
         {Precision::kAuto, Precision::kF32, Precision::kBf16, Precision::kInt8}) {
        if (name == to_string(precision)) return precision;
    }
    return Error{"there is no precision '" + std::string(name) + "': choose auto, f32, bf16 or int8"};
}

Precision preferred(bool has_int8) {
    if (processor_has("amx_bf16")) return Precision::kBf16;
    return has_int8 && processor_has("avx2") ? Precision::kInt8 : Precision::kF32;
}

std::size_t TensorDescription::elements() const {
    std::size_t product = 1;
    for (const std::size_t extent : shape) product *= extent;
    return product;
}

std::size_t TensorDescription::bytes() const {
    return elements() * (type == ElementType::kUint8 ? 1 : sizeof(float));
}

std::string TensorDescription::text() const {
    std::string out = name + (type == ElementType::kUint8 ? " uint8 " : " float32 ");
    for (std::size_t i = 0; i < shape.size(); ++i) {
        if (i > 0) out += 'x';
        out += std::to_string(shape[i]);
    }
    return out;
}

const TensorDescription* ModelDescription::output(const std::string& name) const {
    for (const TensorDescription& tensor : outputs) {
        if (tensor.name == name) return &tensor;
    }
    return nullptr;
}

std::size_t ModelDescription::output_index(const std::string& name) const {
    const TensorDescription* found = output(name);
    CHECK(found != nullptr);
    return static_cast<std::size_t>(found - outputs.data());
}

}  // namespace dashcam
