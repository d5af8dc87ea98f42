#pragma once

#include <memory>
#include <optional>
#include <string>

#include "inference/engine.h"
#include "inference/plate_detector.h"
#include "inference/text_reader.h"
#include "inference/vehicle_detector.h"

namespace dashcam {

// Gives a worker its networks, one at a time, as it turns to another kind of task. Each call loads
// a new one. Used from one thread; outlives what it loaded.
class NetworkLoader {
  public:
    virtual ~NetworkLoader() = default;

    virtual Result<std::unique_ptr<VehicleDetector>> load_vehicle_detector() = 0;
    virtual Result<std::unique_ptr<PlateDetector>> load_plate_detector() = 0;
    virtual Result<std::unique_ptr<TextReader>> load_text_reader() = 0;
    // What the networks run on, for the log.
    virtual std::string device() const = 0;
};

// One of each.
struct Networks {
    std::unique_ptr<VehicleDetector> vehicle;
    std::unique_ptr<PlateDetector> plate;
    std::unique_ptr<TextReader> text;
};

// All three, also as a check at start that the files are there and fit their roles.
Result<Networks> load_networks(NetworkLoader& loader);

// Where the networks are and how to run them.
struct NetworkSettings {
    std::string vehicle_path;  // ONNX files or their side files
    std::string plate_path;
    std::string text_path;
    float vehicle_min_score = VehicleDetector::kDefaultMinScore;
    std::optional<float> plate_min_score;  // without: the side file's
    ModelOptions model;
};

// Networks from files, on an engine.
class FileNetworkLoader final : public NetworkLoader {
  public:
    FileNetworkLoader(std::unique_ptr<Engine> engine, NetworkSettings settings);

    Result<std::unique_ptr<VehicleDetector>> load_vehicle_detector() override;
    Result<std::unique_ptr<PlateDetector>> load_plate_detector() override;
    Result<std::unique_ptr<TextReader>> load_text_reader() override;
    std::string device() const override;

  private:
    std::unique_ptr<Engine> engine_;
    NetworkSettings settings_;
};

}  // namespace dashcam
