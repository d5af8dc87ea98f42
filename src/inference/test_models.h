#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

namespace dashcam {

// The data for development tests, not part of the project: DASHCAM_SHARED, or the folder beside the
// source tree.
inline std::filesystem::path shared_folder() {
    const char* given = std::getenv("DASHCAM_SHARED");
    return given != nullptr ? std::filesystem::path(given)
                            : std::filesystem::path(DASHCAM_SOURCE_DIR) / ".." / "shared";
}

// The first of a role's files that exists: the shipped one, or that of the recipe's first run;
// empty: neither.
inline std::string model_path(const std::string& shipped, const std::string& first_run) {
    const std::filesystem::path here =
        std::filesystem::path(DASHCAM_SOURCE_DIR) / "models" / shipped;
    if (std::filesystem::exists(here)) return here.string();
    const std::filesystem::path there = shared_folder() / "lab" / "weights" / first_run;
    return std::filesystem::exists(there) ? there.string() : std::string();
}

inline std::string vehicle_model() { return model_path("vehicle.toml", "vehicle_640x384.onnx"); }
inline std::string plate_model() { return model_path("plate.toml", "plate_256.onnx"); }
inline std::string text_model() { return model_path("text.toml", "read.onnx"); }

inline bool models_exist() {
    return !vehicle_model().empty() && !plate_model().empty() && !text_model().empty();
}

}  // namespace dashcam

// Ends the test, as skipped, where there are no networks to run.
#define SKIP_WITHOUT_MODELS()                                                              \
    if (!::dashcam::models_exist()) {                                                      \
        GTEST_SKIP() << "no networks: neither models/ nor ../shared/lab/weights is there"; \
    }
