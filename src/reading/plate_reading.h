#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "base/geometry.h"
#include "tracking/tracker_types.h"

namespace dashcam {

// Size of the rectified plate that the text network sees, in pixels.
constexpr int kPlateWidth = 192;
constexpr int kPlateHeight = 64;

// Slots of a plate's text: slot k holds the k-th character or blank.
constexpr std::size_t kPlateSlots = 10;
// Symbols of a slot: 0-9, A-Z, blank, in this order.
constexpr std::size_t kPlateSymbols = 37;
constexpr std::size_t kBlankSymbol = 36;

// Posterior of a slot over the symbols, in units of 1/65535. Integers, so that equal readings are
// equal bytes.
using SlotPosterior = std::array<std::uint16_t, kPlateSymbols>;

// Where a slot's character stands on the rectified plate: x, y, 0 to 255 from edge to edge.
using SlotPlace = std::array<std::uint8_t, 2>;

// What one look at a vehicle found: one plate as the text network read it in one frame, or nothing.
struct PlateReading {
    FrameStamp frame;
    std::uint8_t found = 0;  // 1 if a plate was found; else the rest is zero
    std::uint8_t cut = 0;    // 1 if an edge of the frame cuts the plate
    std::uint8_t whole = 0;  // 1 if it is known that no part is missing: somebody cut it out
    std::uint8_t padding = 0;
    float plate_score = 0;  // of the plate detector, 0 to 1
    Quad corners;           // in pixels of the full-resolution frame
    float width_px = 0;     // mean length of the upper and lower edge
    float height_px = 0;    // mean length of the left and right edge
    float sharpness = 0;    // see rectify.h; grows with focus, 0 for an even surface
    float contrast = 0;     // spread of the luma on the plate, 0 to 1
    std::array<SlotPosterior, kPlateSlots> posterior{};
    std::array<SlotPlace, kPlateSlots> place{};  // of each slot
    std::uint8_t padding2[8] =
        {};  // no bytes that the compiler adds: equal readings are equal bytes
    bool operator==(const PlateReading&) const = default;
};

static_assert(std::is_trivially_copyable_v<PlateReading>);
static_assert(sizeof(PlateReading) == 840);

}  // namespace dashcam
