#include "inference/engine.h"

#include "base/check.h"

namespace dashcam {

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
