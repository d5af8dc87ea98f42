#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace dashcam {

enum class ElementType : std::uint8_t { kUint8, kFloat32 };

// Arithmetic inside the networks.
enum class Precision : std::uint8_t {
    kAuto,  // what suits the processor: preferred()
    kF32,
    kBf16,  // slower than f32 where the processor has no units for it
    kInt8,  // the network's int8 version, which has to be there: ModelFile
};

// "auto", "f32", "bf16" or "int8".
std::string_view to_string(Precision precision);
// The inverse; an error lists the names there are.
Result<Precision> precision_of(std::string_view name);

// What kAuto stands for on this processor, for a network with or without an int8 version. bf16 is
// taken with matrix units (AMX) only: vector units alone have run it at half and at twice the speed
// of f32. The processor's name for its units decides, not a measurement: rows may depend on it. int8
// is taken from AVX2 on: shipped files are made so that its products do not saturate there.
Precision preferred(bool has_int8);

// One input or output of a model, for ONE sample: the leading batch dimension is left out.
struct TensorDescription {
    std::string name;
    ElementType type = ElementType::kFloat32;
    std::vector<std::size_t> shape;

    // Product of the shape; 1 for an empty shape.
    std::size_t elements() const;
    // Size of one sample.
    std::size_t bytes() const;
    // "image uint8 384x640x3", for messages.
    std::string text() const;
    bool operator==(const TensorDescription&) const = default;
};

// What a model takes and gives. Models with one input and float32 outputs are all that this project
// needs.
struct ModelDescription {
    std::string file;
    TensorDescription input;
    std::vector<TensorDescription> outputs;
    std::string
        arithmetic;  // what the engine computes in: "f32", "bf16"; empty if it does not tell

    // The output of that name, or nullptr.
    const TensorDescription* output(const std::string& name) const;
    // Its place among the outputs. Precondition: there is one.
    std::size_t output_index(const std::string& name) const;
};

struct ModelOptions {
    Precision precision = Precision::kAuto;
    // Folder for compiled models, made if it is missing, so that a second start is fast. Empty: no
    // cache. Several processes may share it. One that cannot be written or read is not used.
    std::string cache_folder;
};

// A network ready to run. Not thread-safe: each worker loads its own.
class Model {
  public:
    virtual ~Model() = default;

    virtual const ModelDescription& description() const = 0;

    // Runs `batch` samples that lie one behind the other in `input` (batch x input.bytes() bytes).
    // outputs[k] becomes batch x outputs[k].elements() values in the same order, its memory is
    // reused.
    //
    // A sample's outputs do not depend on the other samples of the batch: implementations run the
    // samples one at a time, since a kernel chosen for another batch size adds in another order and
    // rounds otherwise. So rows stay byte-identical however tasks were grouped. (With one thread a
    // batch would gain nothing.)
    virtual Result<void> run(std::span<const std::uint8_t> input, std::size_t batch,
                             std::vector<std::vector<float>>& outputs) = 0;
};

// Loads models onto one device. Used from one thread.
class Engine {
  public:
    virtual ~Engine() = default;

    // An error names the file, the cause and what to do.
    virtual Result<std::unique_ptr<Model>> load(const std::string& path,
                                                const ModelOptions& options) = 0;
    // What the models run on, for the log and the database: "OpenVINO 2026.4.1, CPU: Intel(R)
    // Xeon(R)".
    virtual std::string device() const = 0;
    // The device's short name, as asked for: "CPU".
    virtual std::string_view target() const = 0;
};

}  // namespace dashcam
