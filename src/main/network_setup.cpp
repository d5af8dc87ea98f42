#include "main/network_setup.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>

#include "inference/model_file.h"
#include "inference/openvino_engine.h"
#include "main/run_plan.h"

namespace dashcam {

Result<void> resolve_models(Settings& settings) {
    for (auto [role, path] : {std::pair{NetworkRole::kVehicle, &settings.vehicle_model},
                              std::pair{NetworkRole::kPlate, &settings.plate_model},
                              std::pair{NetworkRole::kText, &settings.text_model}}) {
        if (path->empty()) {
            TRY_ASSIGN(*path, shipped_model(std::string(to_string(role))));
        } else {
            *path = std::filesystem::absolute(*path).lexically_normal().string();
        }
    }
    return {};
}

namespace {

Result<std::unique_ptr<NetworkLoader>> make_loader(const Settings& settings,
                                                   std::optional<float> plate_min_score) {
    TRY_ASSIGN(auto engine, OpenVinoEngine::create(settings.device));
    NetworkSettings networks;
    networks.vehicle_path = settings.vehicle_model;
    networks.plate_path = settings.plate_model;
    networks.text_path = settings.text_model;
    networks.plate_min_score = plate_min_score;
    TRY_ASSIGN(networks.model.precision, precision_of(settings.precision));
    if (settings.model_cache != "off") networks.model.cache_folder = settings.model_cache;
    return std::unique_ptr<NetworkLoader>(
        std::make_unique<FileNetworkLoader>(std::move(engine), networks));
}

}  // namespace

Result<std::unique_ptr<NetworkLoader>> make_network_loader(const Settings& settings) {
    return make_loader(settings, std::nullopt);
}

Result<PictureReader> make_picture_reader(const Settings& settings) {
    TRY_ASSIGN(const ModelFile plate, read_model_file(settings.plate_model, NetworkRole::kPlate));
    const float weak = std::min(plate.score_threshold, PictureReader::kWeakPlate);
    TRY_ASSIGN(const auto loader, make_loader(settings, weak));
    TRY_ASSIGN(Networks networks, load_networks(*loader));
    return PictureReader(std::move(networks), plate.score_threshold);
}

}  // namespace dashcam
