#include "inference/fake_drive.h"

#include <algorithm>
#include <random>
#include <set>
#include <tuple>
#include <utility>

#include "base/check.h"

namespace dashcam {
namespace {

// The standard's distributions differ between libraries, its engines do not.
class Dice {
  public:
    explicit Dice(std::uint64_t seed) : engine_(seed) {}
    // From `low` to `high`, both included.
    std::uint32_t roll(std::uint32_t low, std::uint32_t high) {
        return low + static_cast<std::uint32_t>(engine_() % (high - low + 1));
    }

  private:
    std::mt19937_64 engine_;
};

// Frames of a passage and between two of a lane: long enough to be tracked, and to end as a track.
constexpr std::uint32_t kShortestPassage = 40, kLongestPassage = 120;
constexpr std::uint32_t kShortestGap = 45, kLongestGap = 90;

// Sizes of a vehicle in 1/100 of its lane, at its first and last frame.
constexpr std::uint32_t kFirstSize = 35, kLastSize = 85;

std::string random_plate(Dice& dice) {
    std::string plate;
    const std::uint32_t length = dice.roll(5, 8);
    // Without 0, 1, I and O: real plates draw them alike, so the reading settles them by formats.
    while (plate.size() < length) plate += "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"[dice.roll(0, 31)];
    return plate;
}

FakeVehicle place(const FakeDrive::Passage& passage, const FakeDrive::Options& options,
                  std::uint32_t frame) {
    // Whole numbers only: the same pixels everywhere.
    const auto length = static_cast<std::int32_t>(passage.last_frame - passage.first_frame);
    const auto at = static_cast<std::int32_t>(frame - passage.first_frame);
    const std::int32_t lane_width = options.format.width / options.lanes;
    const auto between = [&](std::int32_t first, std::int32_t last) {
        return first + (last - first) * at / std::max(length, 1);
    };
    FakeVehicle vehicle;
    vehicle.vehicle_class = passage.vehicle_class;
    vehicle.plate = passage.plate;
    vehicle.width = between(lane_width * static_cast<std::int32_t>(kFirstSize),
                            lane_width * static_cast<std::int32_t>(kLastSize)) /
                    100;
    vehicle.height = std::min(vehicle.width * 3 / 4, options.format.height * 3 / 4);
    vehicle.x0 = lane_width * passage.lane + (lane_width - vehicle.width) / 2;
    // The lower edge comes down the picture.
    vehicle.y0 =
        between(options.format.height * 60, options.format.height * 95) / 100 - vehicle.height;
    return vehicle;
}

}  // namespace

FakeDrive::FakeDrive(const Options& options) : options_(options) {
    CHECK(options.lanes > 0 && options.format.width > 0 && options.format.height > 0);
    Dice dice(options.seed);
    std::set<std::string> taken;
    for (int lane = 0; lane < options.lanes; ++lane) {
        std::uint32_t frame = dice.roll(0, kLongestGap / 2);
        while (frame < options.frames) {
            Passage passage;
            passage.first_frame = frame;
            frame += dice.roll(kShortestPassage, kLongestPassage);
            passage.last_frame = std::min(frame, options.frames) - 1;
            frame += dice.roll(kShortestGap, kLongestGap);
            passage.lane = lane;
            passage.vehicle_class = static_cast<VehicleClass>(dice.roll(0, kVehicleClasses - 1));
            do {
                passage.plate = random_plate(dice);
            } while (!taken.insert(passage.plate).second);
            if (dice.roll(1, 10) == 1) passage.plate.clear();
            passages_.push_back(std::move(passage));
        }
    }
    std::sort(passages_.begin(), passages_.end(), [](const Passage& a, const Passage& b) {
        return std::tie(a.first_frame, a.lane) < std::tie(b.first_frame, b.lane);
    });
}

FakeScene FakeDrive::scene(std::uint32_t frame) const {
    CHECK(frame < options_.frames);
    FakeScene scene;
    scene.format = options_.format;
    for (const Passage& passage : passages_) {
        if (passage.first_frame <= frame && frame <= passage.last_frame) {
            scene.vehicles.push_back(place(passage, options_, frame));
        }
    }
    return scene;
}

std::vector<std::uint8_t> FakeDrive::pixels(std::uint32_t frame) const {
    std::vector<std::uint8_t> out(options_.format.bytes());
    paint(scene(frame), out);
    return out;
}

}  // namespace dashcam
