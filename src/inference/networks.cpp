#include "inference/networks.h"

#include <utility>

namespace dashcam {

Result<Networks> load_networks(NetworkLoader& loader) {
    Networks networks;
    TRY_ASSIGN(networks.vehicle, loader.load_vehicle_detector());
    TRY_ASSIGN(networks.plate, loader.load_plate_detector());
    TRY_ASSIGN(networks.text, loader.load_text_reader());
    return networks;
}

FileNetworkLoader::FileNetworkLoader(std::unique_ptr<Engine> engine, NetworkSettings settings)
    : engine_(std::move(engine)), settings_(std::move(settings)) {}

Result<std::unique_ptr<VehicleDetector>> FileNetworkLoader::load_vehicle_detector() {
    VehicleDetector::Options options;
    options.min_score = settings_.vehicle_min_score;
    options.model = settings_.model;
    return VehicleDetector::load(*engine_, settings_.vehicle_path, options);
}

Result<std::unique_ptr<PlateDetector>> FileNetworkLoader::load_plate_detector() {
    PlateDetector::Options options;
    options.min_score = settings_.plate_min_score;
    options.model = settings_.model;
    return PlateDetector::load(*engine_, settings_.plate_path, options);
}

Result<std::unique_ptr<TextReader>> FileNetworkLoader::load_text_reader() {
    return TextReader::load(*engine_, settings_.text_path, settings_.model);
}

std::string FileNetworkLoader::device() const { return engine_->device(); }

}  // namespace dashcam
