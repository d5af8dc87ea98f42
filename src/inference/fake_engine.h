#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "inference/engine.h"

namespace dashcam {

// Models that are functions, for tests of what surrounds a network.
class FakeEngine final : public Engine {
  public:
    // Fills the outputs of one sample, which have their sizes already and are zero.
    using Function = std::function<void(std::span<const std::uint8_t> sample,
                                        std::vector<std::vector<float>>& outputs)>;

    // load() of this path gives a model that runs `function`. description.file is set to the path.
    void add(const std::string& path, ModelDescription description, Function function);

    Result<std::unique_ptr<Model>> load(const std::string& path,
                                        const ModelOptions& options) override;
    std::string device() const override;
    std::string_view target() const override { return "fake"; }

  private:
    struct Entry {
        ModelDescription description;
        Function function;
    };
    std::map<std::string, Entry> models_;
};

}  // namespace dashcam
