#include "inference/fake_scene.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"

namespace dashcam {
namespace {

constexpr std::uint8_t kNeutralChroma = 128;

// One plane to paint on.
struct Plane {
    std::uint8_t* pixels;
    int stride;
    int width;
    int height;

    void fill(int x0, int y0, int x1, int y1, std::uint8_t value) const {
        x0 = std::clamp(x0, 0, width);
        x1 = std::clamp(x1, x0, width);
        for (int y = std::max(y0, 0); y < std::min(y1, height); ++y) {
            std::uint8_t* row = pixels + static_cast<std::ptrdiff_t>(y) * stride;
            std::fill(row + x0, row + x1, value);
        }
    }
};

void paint_plate(const Plane& luma, const FakeVehicle& vehicle) {
    const Box box = vehicle.plate_box();
    const int x0 = static_cast<int>(box.x0), y0 = static_cast<int>(box.y0);
    const int x1 = static_cast<int>(box.x1), y1 = static_cast<int>(box.y1);
    luma.fill(x0, y0, x1, y1, kFakePlateLuma);
    CHECK(vehicle.plate.size() <= kPlateSlots);
    const double share = 1 - 2 * kFakePlateMargin;
    const auto edge = [share](int low, int high, int cell, int cells) {
        return low + static_cast<int>(
                         std::lround((high - low) * (kFakePlateMargin + share * cell / cells)));
    };
    constexpr int kColumns = static_cast<int>(kPlateSlots);
    for (int column = 0; column < static_cast<int>(vehicle.plate.size()); ++column) {
        const std::uint32_t code =
            fake_code(fake_symbol(vehicle.plate[static_cast<std::size_t>(column)]));
        for (int row = 0; row < kFakeCodeBits; ++row) {
            if ((code >> row & 1) == 0) continue;
            luma.fill(edge(x0, x1, column, kColumns), edge(y0, y1, row, kFakeCodeBits),
                      edge(x0, x1, column + 1, kColumns), edge(y0, y1, row + 1, kFakeCodeBits),
                      kFakeDarkLuma);
        }
    }
}

void paint_vehicle(const Plane& luma, const Plane& cb, const FakeVehicle& v) {
    const int x1 = v.x0 + v.width, y1 = v.y0 + v.height;
    luma.fill(v.x0, v.y0, x1, y1, kFakeDarkLuma);
    luma.fill(v.x0 + kFakeBorderPx, v.y0 + kFakeBorderPx, x1 - kFakeBorderPx, y1 - kFakeBorderPx,
              static_cast<std::uint8_t>(kFakeBodyLuma +
                                        kFakeBodyLumaStep * static_cast<int>(v.vehicle_class)));
    const auto score = kFakeScoreCb + std::lround(std::clamp(v.score, 0.0f, 1.0f) *
                                                  static_cast<float>(kFakeScoreCbRange));
    cb.fill(v.x0 / 2, v.y0 / 2, (x1 + 1) / 2, (y1 + 1) / 2, static_cast<std::uint8_t>(score));
    if (!v.plate.empty()) paint_plate(luma, v);
}

}  // namespace

Box FakeVehicle::box() const {
    return {static_cast<float>(x0), static_cast<float>(y0), static_cast<float>(x0 + width),
            static_cast<float>(y0 + height)};
}

Box FakeVehicle::plate_box() const {
    const int plate_width = width / 2, plate_height = plate_width / 3;
    const int left = x0 + (width - plate_width) / 2, top = y0 + height * 6 / 10;
    return {static_cast<float>(left), static_cast<float>(top),
            static_cast<float>(left + plate_width), static_cast<float>(top + plate_height)};
}

std::uint32_t fake_code(std::size_t symbol) {
    CHECK(symbol < kPlateSymbols);
    return static_cast<std::uint32_t>((symbol + 1) % kPlateSymbols);
}

std::size_t fake_symbol(char character) {
    if (character >= '0' && character <= '9') return static_cast<std::size_t>(character - '0');
    CHECK(character >= 'A' && character <= 'Z');
    return static_cast<std::size_t>(character - 'A') + 10;
}

void paint(const FakeScene& scene, std::span<std::uint8_t> pixels) {
    const FrameFormat& format = scene.format;
    CHECK(pixels.size() == format.bytes());
    const auto luma_bytes =
        static_cast<std::size_t>(format.luma_stride()) * static_cast<std::size_t>(format.height);
    const Plane luma{pixels.data(), format.luma_stride(), format.width, format.height};
    const Plane cb{pixels.data() + luma_bytes, format.chroma_stride(), format.chroma_width(),
                   format.chroma_height()};
    // The rows' padding too, so that equal scenes are equal bytes.
    std::fill_n(pixels.begin(), luma_bytes, kFakeBackgroundLuma);
    std::fill(pixels.begin() + static_cast<std::ptrdiff_t>(luma_bytes), pixels.end(),
              kNeutralChroma);
    for (const FakeVehicle& vehicle : scene.vehicles) paint_vehicle(luma, cb, vehicle);
}

}  // namespace dashcam
