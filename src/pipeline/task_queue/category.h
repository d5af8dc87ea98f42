#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace dashcam {

// The kinds of work, in the order in which a frame passes them.
enum class Category : std::uint8_t {
    kVehicleDetect,
    kVehicleTrack,
    kPlateDetect,
    kOcr,
    kPlateSmooth,
    kSummary,
    kFinalWrite,
};
constexpr std::size_t kCategories = 7;

// Who does the work: processes that run the networks, or the others.
enum class Pool : std::uint8_t { kGpu, kCpu };
constexpr std::size_t kPools = 2;

constexpr std::array<Category, 3> kGpuCategories{Category::kVehicleDetect, Category::kPlateDetect,
                                                 Category::kOcr};
constexpr std::array<Category, 4> kCpuCategories{Category::kVehicleTrack, Category::kPlateSmooth,
                                                 Category::kSummary, Category::kFinalWrite};

constexpr std::size_t index(Category category) { return static_cast<std::size_t>(category); }
constexpr std::size_t index(Pool pool) { return static_cast<std::size_t>(pool); }

constexpr Pool pool_of(Category category) {
    switch (category) {
        case Category::kVehicleDetect:
        case Category::kPlateDetect:
        case Category::kOcr:
            return Pool::kGpu;
        default:
            return Pool::kCpu;
    }
}

constexpr std::string_view to_string(Category category) {
    constexpr std::array<std::string_view, kCategories> names{
        "VEHICLE_DETECT", "VEHICLE_TRACK", "PLATE_DETECT", "OCR",
        "PLATE_SMOOTH",   "SUMMARY",       "FINAL_WRITE"};
    return names[index(category)];
}

constexpr std::string_view to_string(Pool pool) { return pool == Pool::kGpu ? "gpu" : "cpu"; }

}  // namespace dashcam
