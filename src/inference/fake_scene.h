#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/detection.h"
#include "base/frame_view.h"
#include "reading/plate_reading.h"

namespace dashcam {

// Frames painted so that the fake networks (fake_networks.h) can find in the pixels what was put
// there. A vehicle is a bright rectangle within a dark border, its luma tells its class and its Cb
// its score; the plate is a lighter rectangle whose text is a grid of dark cells, one column for
// each character, one row for each bit.

// Luma of what is painted: within the legal range of limited-range video, and far enough apart for
// a codec's losses.
constexpr std::uint8_t kFakeBackgroundLuma = 64;
constexpr std::uint8_t kFakeDarkLuma = 24;  // borders and the plates' cells
constexpr std::uint8_t kFakePlateLuma = 235;
constexpr std::uint8_t kFakeBodyLuma = 152;     // of VehicleClass 0
constexpr std::uint8_t kFakeBodyLumaStep = 18;  // between classes
constexpr std::uint8_t kFakeLumaTolerance = 8;

constexpr int kFakeBorderPx = 2;  // part of the vehicle's box
// A score s is painted as Cb kFakeScoreCb + s * kFakeScoreCbRange.
constexpr int kFakeScoreCb = 28;
constexpr int kFakeScoreCbRange = 200;

// The cells' grid: kPlateSlots columns, this many rows, within this margin of the plate's width and
// height.
constexpr int kFakeCodeBits = 6;
constexpr double kFakePlateMargin = 0.1;

struct FakeVehicle {
    std::int32_t x0 = 0;  // pixels; may lie partly outside of the frame
    std::int32_t y0 = 0;
    std::int32_t width = 0;  // a plate can be read from about 120 pixels on
    std::int32_t height = 0;
    VehicleClass vehicle_class = VehicleClass::kCar;
    float score = 0.9f;  // 0 to 1, in steps of 1/200
    std::string plate;   // at most kPlateSlots of 0-9 and A-Z; empty: no plate

    Box box() const;
    // Where its plate is: half as wide as the vehicle, a third as high as wide, in the lower
    // middle.
    Box plate_box() const;
};

struct FakeScene {
    FrameFormat format;
    std::vector<FakeVehicle> vehicles;  // the later ones hide the earlier ones
};

// Precondition: pixels.size() == scene.format.bytes().
void paint(const FakeScene& scene, std::span<std::uint8_t> pixels);

// The cells of a character's column: bit r is row r. Blank has none.
std::uint32_t fake_code(std::size_t symbol);
// The symbol (see kPlateSymbols) of one of 0-9 and A-Z. Precondition: it is one.
std::size_t fake_symbol(char character);

}  // namespace dashcam
