#include "inference/text_reader.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>
#include <utility>
#include <vector>

#include "inference/model_file.h"

namespace dashcam {
namespace {

constexpr std::int32_t kWhole = 65535;

Result<void> check_tensors(const ModelFile& file, const ModelDescription& model) {
    const std::vector<std::size_t> image{1, kPlateHeight, kPlateWidth};
    if (file.input_width != kPlateWidth || file.input_height != kPlateHeight ||
        !has_input(model, ElementType::kFloat32, image) ||
        !has_output(model, "posterior", {kPlateSlots, kPlateSymbols}) ||
        !has_output(model, "place", {kPlateSlots, 2})) {
        return wrong_tensors(file, model,
                             "input float32 1x64x192, outputs posterior 10x37, place 10x2");
    }
    return {};
}

std::uint8_t place_of(float share) {
    if (!(share > 0)) return 0;  // also for a NaN
    return static_cast<std::uint8_t>(std::lround(std::min(share, 1.0f) * 255));
}

class NetworkTextReader final : public TextReader {
  public:
    explicit NetworkTextReader(std::unique_ptr<Model> model)
        : model_(std::move(model)),
          posterior_(model_->description().output_index("posterior")),
          place_(model_->description().output_index("place")),
          input_(model_->description().input.bytes()) {}

    Result<TextPosterior> read(const GreyPlate& plate) override {
        for (std::size_t i = 0; i < plate.size(); ++i) {
            const float grey = static_cast<float>(plate[i]) / 255.0f;
            std::memcpy(&input_[i * sizeof(float)], &grey, sizeof(float));
        }
        TRY(model_->run(input_, 1, outputs_));
        TextPosterior out;
        for (std::size_t slot = 0; slot < kPlateSlots; ++slot) {
            const float* row = &outputs_[posterior_][slot * kPlateSymbols];
            out.posterior[slot] =
                quantised(std::span<const float, kPlateSymbols>(row, kPlateSymbols));
            const float* xy = &outputs_[place_][slot * 2];
            out.place[slot] = {place_of(xy[0]), place_of(xy[1])};
        }
        return out;
    }

  private:
    std::unique_ptr<Model> model_;
    std::size_t posterior_;  // places among the outputs
    std::size_t place_;
    std::vector<std::uint8_t> input_;
    std::vector<std::vector<float>> outputs_;
};

}  // namespace

SlotPosterior quantised(std::span<const float, kPlateSymbols> probabilities) {
    SlotPosterior out{};
    std::array<double, kPlateSymbols> exact{};
    double sum = 0;
    for (std::size_t i = 0; i < kPlateSymbols; ++i) {
        const float p = probabilities[i];
        exact[i] = std::isfinite(p) && p > 0 ? static_cast<double>(p) : 0.0;
        sum += exact[i];
    }
    if (!(sum > 0)) {
        out[kBlankSymbol] = kWhole;
        return out;
    }
    std::int32_t missing = kWhole;
    for (std::size_t i = 0; i < kPlateSymbols; ++i) {
        exact[i] = exact[i] / sum * kWhole;
        out[i] = static_cast<std::uint16_t>(std::min(std::floor(exact[i]), double{kWhole}));
        missing -= out[i];
    }
    std::array<std::size_t, kPlateSymbols> order{};
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return exact[a] - out[a] > exact[b] - out[b];
    });
    // Each remainder is below one, so fewer than kPlateSymbols are missing.
    for (std::size_t k = 0; missing > 0; ++k, --missing) ++out[order[k % kPlateSymbols]];
    return out;
}

Result<std::unique_ptr<TextReader>> TextReader::load(Engine& engine, const std::string& path,
                                                     const ModelOptions& options) {
    TRY_ASSIGN(const ModelFile file, read_model_file(path, NetworkRole::kText));
    TRY_ASSIGN(std::unique_ptr<Model> model, load_model(engine, file, options));
    TRY(check_tensors(file, model->description()));
    return std::unique_ptr<TextReader>(std::make_unique<NetworkTextReader>(std::move(model)));
}

}  // namespace dashcam
