#include "inference/fake_networks.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <tuple>
#include <vector>

#include "inference/fake_scene.h"
#include "inference/letterbox.h"

namespace dashcam {
namespace {

// Smaller finds are remains of hidden vehicles, or a picture that was not painted by fake_scene.h.
constexpr int kLeastVehiclePx = 12;
constexpr int kLeastPlatePx = 6;
// Steps of the searches: any vehicle or plate of at least the sizes above is met.
constexpr int kVehicleStep = 4;
constexpr int kPlateStep = 2;
constexpr float kPlateScore = 0.95f;

std::uint8_t luma_at(const FrameView& frame, int x, int y) {
    return frame.luma()[static_cast<std::ptrdiff_t>(y) * frame.format.luma_stride() + x];
}

// The rectangle of pixels for which `inside` holds, from one of its pixels in its uppermost rows:
// left and up to its corner, then along its upper and its left edge.
template <typename Inside>
PixelRect rectangle_from(int x, int y, const PixelRect& limits, const Inside& inside) {
    while (x > limits.x0 && inside(x - 1, y)) --x;
    while (y > limits.y0 && inside(x, y - 1)) --y;
    PixelRect out{x, y, x + 1, y + 1};
    while (out.x1 < limits.x1 && inside(out.x1, y)) ++out.x1;
    while (out.y1 < limits.y1 && inside(x, out.y1)) ++out.y1;
    return out;
}

bool contains(const PixelRect& rect, int x, int y) {
    return x >= rect.x0 && x < rect.x1 && y >= rect.y0 && y < rect.y1;
}

// All rectangles of pixels for which `inside` holds, in the order of their upper edges.
template <typename Inside>
std::vector<PixelRect> rectangles(const PixelRect& limits, int step, int least,
                                  const Inside& inside) {
    std::vector<PixelRect> seen, out;
    for (int y = limits.y0; y < limits.y1; y += step) {
        for (int x = limits.x0; x < limits.x1; x += step) {
            if (!inside(x, y)) continue;
            const auto known = std::find_if(seen.begin(), seen.end(), [&](const PixelRect& rect) {
                return contains(rect, x, y);
            });
            if (known != seen.end()) {
                x = std::max(x, known->x1 - step);
                continue;
            }
            const PixelRect rect = rectangle_from(x, y, limits, inside);
            seen.push_back(rect);
            if (rect.width() >= least && rect.height() >= least) out.push_back(rect);
        }
    }
    return out;
}

class FakeVehicleDetector final : public VehicleDetector {
  public:
    Result<Detections> detect(const FrameView& frame) override {
        if (frame.format.width < 1 || frame.format.height < 1) {
            return Error{"a frame without pixels cannot be searched"};
        }
        std::vector<Detection> found;
        for (int i = 0; i < kVehicleClasses; ++i) add(frame, static_cast<VehicleClass>(i), found);
        std::stable_sort(found.begin(), found.end(), [](const Detection& a, const Detection& b) {
            return std::tuple(-a.score, a.box.x0, a.box.y0) <
                   std::tuple(-b.score, b.box.x0, b.box.y0);
        });
        found.resize(std::min(found.size(), kMaxDetectionsPerFrame));
        Detections out;
        for (const Detection& detection : found) out.push_back(detection);
        return out;
    }

  private:
    static void add(const FrameView& frame, VehicleClass vehicle_class,
                    std::vector<Detection>& found) {
        const FrameFormat& format = frame.format;
        const int body = kFakeBodyLuma + kFakeBodyLumaStep * static_cast<int>(vehicle_class);
        const auto inside = [&frame, body](int x, int y) {
            return std::abs(luma_at(frame, x, y) - body) <= kFakeLumaTolerance;
        };
        const PixelRect limits{0, 0, format.width, format.height};
        for (const PixelRect& rect : rectangles(limits, kVehicleStep, kLeastVehiclePx, inside)) {
            constexpr auto kBorder = static_cast<float>(kFakeBorderPx);
            Detection detection;
            detection.box = clipped(
                {static_cast<float>(rect.x0) - kBorder, static_cast<float>(rect.y0) - kBorder,
                 static_cast<float>(rect.x1) + kBorder, static_cast<float>(rect.y1) + kBorder},
                format.width, format.height);
            const int cx = (rect.x0 + rect.x1) / 4, cy = (rect.y0 + rect.y1) / 4;
            const int cb =
                frame.cb()[static_cast<std::ptrdiff_t>(cy) * format.chroma_stride() + cx];
            detection.score = std::clamp(
                static_cast<float>(cb - kFakeScoreCb) / static_cast<float>(kFakeScoreCbRange), 0.0f,
                1.0f);
            detection.vehicle_class = vehicle_class;
            if (detection.score >= kDefaultMinScore) found.push_back(detection);
        }
    }
};

class FakePlateDetector final : public PlateDetector {
  public:
    Result<PlateDetections> detect(const FrameView& frame, const Box& vehicle) override {
        PlateDetections out;
        const bool large =
            vehicle.width() >= kMinVehicleWidthPx && vehicle.height() >= kMinVehicleHeightPx;
        if (!large) return out;
        const PixelRect crop = grown(vehicle, kCropGrowth, frame.format.width, frame.format.height);
        const auto inside = [&frame](int x, int y) {
            return luma_at(frame, x, y) >= kFakePlateLuma - kFakeLumaTolerance;
        };
        for (const PixelRect& rect : rectangles(crop, kPlateStep, kLeastPlatePx, inside)) {
            if (out.full()) break;
            const auto x0 = static_cast<float>(rect.x0), y0 = static_cast<float>(rect.y0);
            const auto x1 = static_cast<float>(rect.x1), y1 = static_cast<float>(rect.y1);
            PlateDetection plate;
            plate.corners.corners = {Point{x0, y0}, Point{x1, y0}, Point{x1, y1}, Point{x0, y1}};
            plate.score = kPlateScore;
            out.push_back(plate);
        }
        std::stable_sort(out.begin(), out.end(),
                         [](const PlateDetection& a, const PlateDetection& b) {
                             return a.corners.corners[0].x < b.corners.corners[0].x;
                         });
        return out;
    }
};

class FakeTextReader final : public TextReader {
  public:
    Result<TextPosterior> read(const GreyPlate& plate) override {
        TextPosterior out;
        for (std::size_t slot = 0; slot < kPlateSlots; ++slot) {
            const double x = in_plate((static_cast<double>(slot) + 0.5) / kPlateSlots);
            std::array<float, kFakeCodeBits> dark{};
            for (std::size_t row = 0; row < kFakeCodeBits; ++row) {
                const double y = in_plate((static_cast<double>(row) + 0.5) / kFakeCodeBits);
                dark[row] = darkness(plate, x, y);
            }
            out.posterior[slot] = posterior_of(dark);
            out.place[slot] = {static_cast<std::uint8_t>(std::lround(x * 255)), 128};
        }
        return out;
    }

  private:
    // From the grid's axis, 0 to 1, to the rectified plate's, for a growth in the middle of those
    // allowed.
    static double in_plate(double share) {
        constexpr double kGrowth = 0.015;
        const double of_plate = kFakePlateMargin + (1 - 2 * kFakePlateMargin) * share;
        return (of_plate + kGrowth) / (1 + 2 * kGrowth);
    }

    // Probability that the cell at this share of the plate's width and height is dark.
    static float darkness(const GreyPlate& plate, double x, double y) {
        const int cx = static_cast<int>(x * kPlateWidth), cy = static_cast<int>(y * kPlateHeight);
        int sum = 0;
        for (int dy = -1; dy <= 1; ++dy) {
            for (int dx = -1; dx <= 1; ++dx) {
                sum += plate[static_cast<std::size_t>((cy + dy) * kPlateWidth + cx + dx)];
            }
        }
        constexpr auto kRange = static_cast<float>(9 * (kFakePlateLuma - kFakeDarkLuma));
        return std::clamp(static_cast<float>(9 * kFakePlateLuma - sum) / kRange, 0.01f, 0.99f);
    }

    static SlotPosterior posterior_of(const std::array<float, kFakeCodeBits>& dark) {
        std::array<float, kPlateSymbols> probabilities{};
        for (std::size_t symbol = 0; symbol < kPlateSymbols; ++symbol) {
            const std::uint32_t code = fake_code(symbol);
            probabilities[symbol] = 1;
            for (std::size_t row = 0; row < kFakeCodeBits; ++row) {
                probabilities[symbol] *= (code >> row & 1) != 0 ? dark[row] : 1 - dark[row];
            }
        }
        return quantised(probabilities);
    }
};

}  // namespace

Result<std::unique_ptr<VehicleDetector>> FakeNetworkLoader::load_vehicle_detector() {
    return std::unique_ptr<VehicleDetector>(std::make_unique<FakeVehicleDetector>());
}

Result<std::unique_ptr<PlateDetector>> FakeNetworkLoader::load_plate_detector() {
    return std::unique_ptr<PlateDetector>(std::make_unique<FakePlateDetector>());
}

Result<std::unique_ptr<TextReader>> FakeNetworkLoader::load_text_reader() {
    return std::unique_ptr<TextReader>(std::make_unique<FakeTextReader>());
}

std::string FakeNetworkLoader::device() const { return "fake networks"; }

}  // namespace dashcam
