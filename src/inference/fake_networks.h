#pragma once

#include "inference/networks.h"

namespace dashcam {

// Networks that read what fake_scene.h paints, straight from the pixels: no model files, thousands
// of frames a second, the same results everywhere. They keep the real ones' promises on order,
// clipping and sizes.
//
// * Vehicles: box, class and score of each painted vehicle; of a hidden one, the rectangle that is
// seen.
// * Plates: the corners of the painted plate within the vehicle's crop, score 0.95.
// * Text: of a plate rectified from its corners, grown by 0 to 3 % on each side. The cells' greys
// are taken as
//   probabilities of bits, so that a blurred or small plate gives an unsure posterior.
class FakeNetworkLoader final : public NetworkLoader {
  public:
    Result<std::unique_ptr<VehicleDetector>> load_vehicle_detector() override;
    Result<std::unique_ptr<PlateDetector>> load_plate_detector() override;
    Result<std::unique_ptr<TextReader>> load_text_reader() override;
    std::string device() const override;
};

}  // namespace dashcam
