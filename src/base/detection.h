#pragma once

#include <cstdint>
#include <string_view>

#include "base/geometry.h"

namespace dashcam {

// Order as in the networks' labels and the database.
enum class VehicleClass : std::uint8_t { kCar, kTruck, kBus, kMotorcycle };
constexpr int kVehicleClasses = 4;

// "car", "truck", "bus" or "motorcycle".
constexpr std::string_view to_string(VehicleClass vehicle_class) {
    switch (vehicle_class) {
        case VehicleClass::kCar:
            return "car";
        case VehicleClass::kTruck:
            return "truck";
        case VehicleClass::kBus:
            return "bus";
        case VehicleClass::kMotorcycle:
            return "motorcycle";
    }
    return "?";
}

// On the scale of Detection::score, which is the same for all networks (vehicle_detector.h): from
// here on a detection is taken for a vehicle and may start a track.
constexpr float kSureScore = 0.5f;

// One vehicle found in one frame.
struct Detection {
    Box box;
    float score = 0;  // 0 to 1
    VehicleClass vehicle_class = VehicleClass::kCar;
    std::uint8_t padding[3] = {};
    bool operator==(const Detection&) const = default;
};

// One plate found in one frame.
struct PlateDetection {
    Quad corners;
    float score = 0;  // 0 to 1
    bool operator==(const PlateDetection&) const = default;
};

}  // namespace dashcam
