#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "inference/fake_scene.h"

namespace dashcam {

// A drive of fake scenes whose truth is known: vehicles come nearer in lanes, one after the other,
// without hiding each other. The same options give the same drive on every machine.
class FakeDrive {
  public:
    struct Options {
        std::uint64_t seed = 1;
        FrameFormat format{960,
                           540};  // from 360 pixels of width per lane on, every plate can be read
        std::uint32_t frames = 300;
        int lanes = 2;
    };

    // One vehicle from its first to its last frame.
    struct Passage {
        std::uint32_t first_frame = 0;
        std::uint32_t last_frame = 0;  // the last one that shows it
        int lane = 0;
        VehicleClass vehicle_class = VehicleClass::kCar;
        std::string plate;  // a tenth of the vehicles has none
    };

    explicit FakeDrive(const Options& options);

    const Options& options() const { return options_; }
    // The truth, ordered by first frame, then lane. Plates are different.
    const std::vector<Passage>& passages() const { return passages_; }
    // Precondition: frame < options().frames.
    FakeScene scene(std::uint32_t frame) const;
    // The painted scene.
    std::vector<std::uint8_t> pixels(std::uint32_t frame) const;

  private:
    Options options_;
    std::vector<Passage> passages_;
};

}  // namespace dashcam
