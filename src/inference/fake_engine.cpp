#include "inference/fake_engine.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace dashcam {
namespace {

class FakeModel final : public Model {
  public:
    FakeModel(ModelDescription description, FakeEngine::Function function)
        : description_(std::move(description)), function_(std::move(function)) {}

    const ModelDescription& description() const override { return description_; }

    Result<void> run(std::span<const std::uint8_t> input, std::size_t batch,
                     std::vector<std::vector<float>>& outputs) override {
        const std::size_t bytes = description_.input.bytes();
        CHECK(input.size() == batch * bytes);
        const std::size_t count = description_.outputs.size();
        outputs.assign(count, {});
        for (std::size_t i = 0; i < batch; ++i) {
            std::vector<std::vector<float>> sample(count);
            for (std::size_t k = 0; k < count; ++k) {
                sample[k].resize(description_.outputs[k].elements());
            }
            function_(input.subspan(i * bytes, bytes), sample);
            for (std::size_t k = 0; k < count; ++k) {
                CHECK(sample[k].size() == description_.outputs[k].elements());
                outputs[k].insert(outputs[k].end(), sample[k].begin(), sample[k].end());
            }
        }
        return {};
    }

  private:
    ModelDescription description_;
    FakeEngine::Function function_;
};

}  // namespace

void FakeEngine::add(const std::string& path, ModelDescription description, Function function) {
    description.file = path;
    models_[path] = {std::move(description), std::move(function)};
}

Result<std::unique_ptr<Model>> FakeEngine::load(const std::string& path, const ModelOptions&) {
    const auto found = models_.find(path);
    if (found == models_.end()) return Error{"the model file " + path + " does not exist"};
    return std::unique_ptr<Model>(
        std::make_unique<FakeModel>(found->second.description, found->second.function));
}

std::string FakeEngine::device() const { return "fake engine"; }

}  // namespace dashcam
