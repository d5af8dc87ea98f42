#pragma once

#include <memory>
#include <string>

#include "inference/engine.h"

namespace dashcam {

// OpenVINO's runtime on the processor, or on another of its devices. One inference thread per model
// and no pinning: the pipeline gets its parallelism from worker processes, and the operating system
// places those.
class OpenVinoEngine final : public Engine {
  public:
    // `device` as OpenVINO names it: "CPU", "GPU", "NPU". An unknown one is an error that lists
    // those there are.
    static Result<std::unique_ptr<OpenVinoEngine>> create(const std::string& device = "CPU");
    ~OpenVinoEngine() override;

    Result<std::unique_ptr<Model>> load(const std::string& path,
                                        const ModelOptions& options) override;
    std::string device() const override;
    std::string_view target() const override;

  private:
    struct State;  // keeps OpenVINO's headers out of this one
    explicit OpenVinoEngine(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace dashcam
