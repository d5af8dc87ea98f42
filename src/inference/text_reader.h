#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "base/result.h"
#include "inference/engine.h"
#include "reading/plate_reading.h"

namespace dashcam {

// A rectified plate's luma at full range, row by row.
using GreyPlate = std::array<std::uint8_t, std::size_t{kPlateWidth} * kPlateHeight>;

// What the text network says about one plate, as PlateReading keeps it.
struct TextPosterior {
    std::array<SlotPosterior, kPlateSlots> posterior{};            // each slot adds up to 65535
    std::array<std::array<std::uint8_t, 2>, kPlateSlots> place{};  // x, y: 0..255 of the plate
    bool operator==(const TextPosterior&) const = default;
};

// The characters of a plate. Same pixels, same posterior. Not thread-safe.
class TextReader {
  public:
    // `path`: an ONNX file or its side file (model_file.h), format dashcam-text-1. Tensors of a
    // sample:
    //   input     float32 1 x 64 x 192: grey, 0 to 1
    //   posterior float32 10 x 37: see kPlateSymbols
    //   place     float32 10 x 2: x, y of each slot's character, 0 to 1
    static Result<std::unique_ptr<TextReader>> load(Engine& engine, const std::string& path,
                                                    const ModelOptions& options);

    virtual ~TextReader() = default;

    virtual Result<TextPosterior> read(const GreyPlate& plate) = 0;
};

// Probabilities (not negative, any sum above zero) to units of 1/65535 that add up to exactly
// 65535: rounded down, and what is missing goes to the largest remainders, the lower symbol first
// (Hamilton's method). Values that are no probabilities count as zero; if all are, the slot is
// blank.
SlotPosterior quantised(std::span<const float, kPlateSymbols> probabilities);

}  // namespace dashcam
