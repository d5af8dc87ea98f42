#pragma once

#include <cstdint>
#include <random>
#include <vector>

#include "base/frame_view.h"
#include "tracking/tracker_types.h"

namespace dashcam {

// A made-up road scene for tests: boxes of a pinhole camera, a far background that moves with the
// camera's turns, vehicles as plain rectangles, a detector with jitter, misses, weak scores on
// half-hidden vehicles and false finds. The same seed gives the same scene.
class SceneSimulator {
  public:
    struct Vehicle {
        double x = 0;        // metres to the right of the camera's path
        double z = 20;       // metres ahead
        double speed_x = 0;  // metres per second, against the camera
        double speed_z = 0;
        double sway = 0;  // metres per second: how much speed_z wanders
        double width = 1.8;
        double height = 1.5;
        VehicleClass vehicle_class = VehicleClass::kCar;
        std::uint8_t luma = 90;
        std::uint8_t cb = 128;
        std::uint8_t cr = 128;
        double starts_s = 0;  // joins the scene at this time
    };
    struct Settings {
        int width = 1280;
        int height = 720;
        double miss = 0.05;        // chance that a visible vehicle is not detected
        double jitter = 0.02;      // of a box's size, standard deviation
        double false_finds = 0.1;  // for each frame
        double shake_deg = 0;      // random pitch and yaw in each frame, standard deviation
        double yaw_deg_per_s = 0;  // the camera turns left and right with this speed
        bool pixels = true;
    };

    SceneSimulator(const Settings& settings, std::uint64_t seed);

    void add(const Vehicle& vehicle) { vehicles_.push_back(vehicle); }
    // Same lane ahead, oncoming and parked cars, joining over `duration_s`.
    void add_traffic(int count, double duration_s);
    // Moves everything by `dt_s` and takes the next picture.
    void advance(double dt_s);

    const FrameView& frame() const { return frame_; }
    const Detections& detections() const { return detections_; }
    // The vehicle of each detection, from 0; -1 for a false find.
    const std::vector<int>& truth() const { return truth_; }
    // How far the background moved in the last step, in pixels.
    double moved_x() const { return moved_x_; }
    double moved_y() const { return moved_y_; }

  private:
    double uniform(double low, double high);
    double normal(double deviation);
    void keep_distances(double dt_s);
    Box project(const Vehicle& vehicle) const;
    void detect();
    void detect_vehicle(std::size_t index, const std::vector<Box>& boxes);
    void add_false_find();
    void paint();
    void paint_vehicle(const Vehicle& vehicle, const Box& box);

    Settings settings_;
    std::mt19937_64 random_;
    std::vector<Vehicle> vehicles_;
    std::vector<std::uint8_t> background_;
    std::vector<std::uint8_t> pixels_;
    FrameView frame_;
    Detections detections_;
    std::vector<int> truth_;
    double time_s_ = 0;
    double pan_x_ = 0;  // pixels by which the picture is shifted now
    double pan_y_ = 0;
    double moved_x_ = 0;
    double moved_y_ = 0;
};

}  // namespace dashcam
