#include "inference/openvino_engine.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <exception>
#include <filesystem>
#include <openvino/op/convert.hpp>
#include <openvino/op/relu.hpp>
#include <openvino/op/transpose.hpp>
#include <openvino/openvino.hpp>
#include <set>
#include <utility>

#include "base/check.h"
#include "inference/onnx_file.h"

namespace dashcam {
namespace {

// OpenVINO's messages run over many lines, the first ones being places in its own source.
std::string cause_of(const std::exception& exception) {
    const std::string text = exception.what();
    std::string cause;
    for (std::size_t begin = 0; begin < text.size();) {
        std::size_t end = text.find('\n', begin);
        if (end == std::string::npos) end = text.size();
        const std::string line = text.substr(begin, end - begin);
        begin = end + 1;
        const bool place = line.rfind("Exception from ", 0) == 0 || line.rfind("Check '", 0) == 0;
        if (line.empty() || place) continue;
        cause += cause.empty() ? line : " " + line;
        if (cause.size() > 300) return cause.substr(0, 300) + "...";
    }
    return cause.empty() ? text.substr(0, 300) : cause;
}

// A tensor of one sample: the batch dimension may be free or 1, all others must be fixed.
template <typename Port>
Result<TensorDescription> describe(const std::string& path, const Port& port) {
    TensorDescription out;
    out.name = port.get_any_name();
    const auto type = port.get_element_type();
    if (type == ov::element::u8) {
        out.type = ElementType::kUint8;
    } else if (type != ov::element::f32) {
        return Error{"the model file " + path + " has the tensor " + out.name + " of type " +
                     type.to_string() + ": only uint8 and float32 are supported, export it again"};
    }
    const ov::PartialShape& shape = port.get_partial_shape();
    bool fixed = shape.rank().is_static() && shape.rank().get_length() > 0;
    for (std::size_t i = 1; fixed && i < shape.size(); ++i) fixed = shape[i].is_static();
    if (!fixed || !(shape[0].is_dynamic() || shape[0].get_length() == 1)) {
        return Error{"the model file " + path + " has the tensor " + out.name + " of shape " +
                     shape.to_string() +
                     ": all dimensions but the leading batch must be fixed, export it again"};
    }
    for (std::size_t i = 1; i < shape.size(); ++i) {
        out.shape.push_back(static_cast<std::size_t>(shape[i].get_length()));
    }
    return out;
}

// The model for one sample at a time, and its description. Throws what OpenVINO throws.
Result<ModelDescription> fix_to_one_sample(const std::string& path, ov::Model& model) {
    ModelDescription out;
    out.file = path;
    if (model.inputs().size() != 1) {
        return Error{"the model file " + path + " has " + std::to_string(model.inputs().size()) +
                     " inputs instead of one: it is no network for this program"};
    }
    TRY_ASSIGN(out.input, describe(path, model.input()));
    std::vector<std::size_t> one_sample{1};
    one_sample.insert(one_sample.end(), out.input.shape.begin(), out.input.shape.end());
    // Outputs of a free batch have no shape before this.
    model.reshape(ov::PartialShape(ov::Shape(one_sample)));
    for (const auto& port : model.outputs()) {
        TRY_ASSIGN(TensorDescription tensor, describe(path, port));
        if (tensor.type != ElementType::kFloat32) {
            return Error{"the model file " + path + " gives " + tensor.text() +
                         ": outputs must be float32, export it again"};
        }
        out.outputs.push_back(std::move(tensor));
    }
    return out;
}

// Pixels that are transposed as bytes first are written three times on their way into the first
// convolution: transposed, widened, and put back in the order that it reads. Widened first, the
// transposition is only another way of naming the same memory. The engine would put it first
// again; the Relu, which changes no byte's value, keeps it from that. The same bits come out.
void widen_before_transposing(ov::Model& model) {
    const ov::Output<ov::Node> input = model.input();
    if (input.get_element_type() != ov::element::u8 || input.get_target_inputs().size() != 1)
        return;
    ov::Node* transpose = input.get_target_inputs().begin()->get_node();
    if (!ov::is_type<ov::op::v1::Transpose>(transpose)) return;
    const std::set<ov::Input<ov::Node>> readers = transpose->output(0).get_target_inputs();
    if (readers.size() != 1) return;
    ov::Node* widening = readers.begin()->get_node();
    if (!ov::is_type<ov::op::v0::Convert>(widening)) return;
    const auto widened =
        std::make_shared<ov::op::v0::Convert>(input, widening->get_output_element_type(0));
    const auto kept = std::make_shared<ov::op::v0::Relu>(widened);
    const auto ordered = std::make_shared<ov::op::v1::Transpose>(kept, transpose->input_value(1));
    for (ov::Input<ov::Node> reader : widening->output(0).get_target_inputs()) {
        reader.replace_source_output(ordered->output(0));
    }
    model.validate_nodes_and_infer_types();
}

// OpenVINO writes a compiled model in place: another process must not read it half written. Ends
// with the process. Where it cannot be taken, nothing is locked.
class CacheLock {
  public:
    explicit CacheLock(const std::string& folder) {
        std::error_code ignored;
        std::filesystem::create_directories(folder, ignored);
        file_ = open((folder + "/lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
        if (file_ >= 0) flock(file_, LOCK_EX);
    }
    CacheLock(const CacheLock&) = delete;
    CacheLock& operator=(const CacheLock&) = delete;
    ~CacheLock() {
        if (file_ >= 0) close(file_);
    }
    bool taken() const { return file_ >= 0; }

  private:
    int file_ = -1;
};

ov::AnyMap properties_of(const std::string& device, Precision precision) {
    ov::AnyMap map{ov::hint::performance_mode(ov::hint::PerformanceMode::LATENCY)};
    if (device == "CPU") {
        if (precision == Precision::kAuto) precision = preferred(false);
        map.insert(ov::inference_num_threads(1));
        map.insert(ov::num_streams(1));
        map.insert(ov::hint::enable_cpu_pinning(false));
    }
    // What an int8 network does in float is done exactly.
    if (precision == Precision::kF32 || precision == Precision::kInt8) {
        map.insert(ov::hint::inference_precision(ov::element::f32));
    } else if (precision == Precision::kBf16) {
        map.insert(ov::hint::inference_precision(ov::element::bf16));
    }
    return map;
}

class OpenVinoModel final : public Model {
  public:
    OpenVinoModel(ModelDescription description, ov::CompiledModel compiled)
        : description_(std::move(description)),
          compiled_(std::move(compiled)),
          request_(compiled_.create_infer_request()) {}

    const ModelDescription& description() const override { return description_; }

    Result<void> run(std::span<const std::uint8_t> input, std::size_t batch,
                     std::vector<std::vector<float>>& outputs) override {
        const std::size_t sample_bytes = description_.input.bytes();
        CHECK(input.size() == batch * sample_bytes);
        outputs.resize(description_.outputs.size());
        for (std::size_t k = 0; k < outputs.size(); ++k) {
            outputs[k].resize(batch * description_.outputs[k].elements());
        }
        try {
            for (std::size_t i = 0; i < batch; ++i) {
                std::memcpy(request_.get_input_tensor().data(), input.data() + i * sample_bytes,
                            sample_bytes);
                request_.infer();
                for (std::size_t k = 0; k < outputs.size(); ++k) {
                    const std::size_t elements = description_.outputs[k].elements();
                    const ov::Tensor tensor = request_.get_output_tensor(k);
                    CHECK(tensor.get_size() == elements);
                    std::memcpy(outputs[k].data() + i * elements, tensor.data(),
                                elements * sizeof(float));
                }
            }
        } catch (const std::exception& exception) {
            return Error{"the model " + description_.file +
                         " failed to run: " + cause_of(exception)};
        }
        return {};
    }

  private:
    ModelDescription description_;
    ov::CompiledModel compiled_;
    ov::InferRequest request_;
};

// A cache that cannot be used costs its time only: the model is compiled without it.
ov::CompiledModel compile(ov::Core& core, const std::shared_ptr<ov::Model>& model,
                          const std::string& device, const ov::AnyMap& properties,
                          const std::string& cache_folder) {
    if (!cache_folder.empty()) {
        const CacheLock lock(cache_folder);
        ov::AnyMap cached = properties;
        cached.insert(ov::cache_dir(cache_folder));
        try {
            if (lock.taken()) return core.compile_model(model, device, cached);
        } catch (const std::exception&) {
        }
    }
    return core.compile_model(model, device, properties);
}

// The sanitizers refuse libraries opened with RTLD_DEEPBIND, which oneTBB uses unless it is told of
// them.
void prepare_for_sanitizers() {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    setenv("TBB_ENABLE_SANITIZERS", "1", 1);
#endif
}

}  // namespace

struct OpenVinoEngine::State {
    ov::Core core;
    std::string device;
    std::string description;
};

OpenVinoEngine::OpenVinoEngine(std::unique_ptr<State> state) : state_(std::move(state)) {}
OpenVinoEngine::~OpenVinoEngine() = default;

Result<std::unique_ptr<OpenVinoEngine>> OpenVinoEngine::create(const std::string& device) {
    prepare_for_sanitizers();
    try {
        auto state = std::make_unique<State>();
        state->device = device;
        // The full build string carries a hash and a branch: the version before the first dash is
        // enough.
        const std::string build = ov::get_openvino_version().buildNumber;
        state->description = "OpenVINO " + build.substr(0, build.find('-')) + ", " + device + ": " +
                             state->core.get_property(device, ov::device::full_name);
        return std::unique_ptr<OpenVinoEngine>(new OpenVinoEngine(std::move(state)));
    } catch (const std::exception& exception) {
        std::string known;
        try {
            for (const std::string& name : ov::Core().get_available_devices()) known += " " + name;
        } catch (const std::exception&) {
            known = " none";
        }
        return Error{"OpenVINO has no device " + device + " here (" + cause_of(exception) +
                     "): choose one of those it sees:" + known};
    }
}

std::string OpenVinoEngine::device() const { return state_->description; }

std::string_view OpenVinoEngine::target() const { return state_->device; }

Result<std::unique_ptr<Model>> OpenVinoEngine::load(const std::string& path,
                                                    const ModelOptions& options) {
    TRY(check_onnx_file(path));
    std::shared_ptr<ov::Model> model;
    try {
        model = state_->core.read_model(path);
    } catch (const std::exception& exception) {
        return Error{"the file " + path + " is no ONNX model that OpenVINO can read (" +
                     cause_of(exception) + "): check the path, or fetch the file again"};
    }
    try {
        TRY_ASSIGN(ModelDescription description, fix_to_one_sample(path, *model));
        widen_before_transposing(*model);
        ov::AnyMap properties = properties_of(state_->device, options.precision);
        ov::CompiledModel compiled =
            compile(state_->core, model, state_->device, properties, options.cache_folder);
        description.arithmetic =
            options.precision == Precision::kInt8
                ? to_string(options.precision)
                : compiled.get_property(ov::hint::inference_precision).get_type_name();
        return std::unique_ptr<Model>(
            std::make_unique<OpenVinoModel>(std::move(description), std::move(compiled)));
    } catch (const std::exception& exception) {
        return Error{"OpenVINO could not prepare the model " + path + " for " + state_->device +
                     " (" + cause_of(exception) + "): try the precision f32"};
    }
}

}  // namespace dashcam
