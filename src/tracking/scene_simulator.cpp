#include "tracking/scene_simulator.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace dashcam {
namespace {

constexpr double kCameraHeight_m = 1.3;
constexpr double kNearest_m = 3.0;
constexpr double kFarthest_m = 90.0;
constexpr double kLane_m = 1.5;  // vehicles closer than this sideways share a lane
constexpr double kGap_m = 7.0;
constexpr double kPi = 3.14159265358979;
constexpr int kMargin_px = 700;  // background beyond the picture on each side
constexpr double kTurnPeriod_s = 6.0;

double focal_px(int width) { return 0.8 * width; }

// Smoothed noise with structure of several sizes, like trees and houses.
std::vector<std::uint8_t> make_background(int width, int height, std::mt19937_64& random) {
    std::vector<double> sum(static_cast<std::size_t>(width) * height, 110.0);
    for (const int cell : {96, 40, 16}) {
        const int columns = width / cell + 2;
        std::vector<double> grid(static_cast<std::size_t>(columns) * (height / cell + 2));
        for (double& g : grid) g = std::uniform_real_distribution<double>(-32, 32)(random);
        for (int y = 0; y < height; ++y) {
            for (int x = 0; x < width; ++x) {
                const double* g = grid.data() + (y / cell) * columns + x / cell;
                const double fx = static_cast<double>(x % cell) / cell;
                const double fy = static_cast<double>(y % cell) / cell;
                sum[static_cast<std::size_t>(y) * width + x] +=
                    (g[0] * (1 - fx) + g[1] * fx) * (1 - fy) +
                    (g[columns] * (1 - fx) + g[columns + 1] * fx) * fy;
            }
        }
    }
    std::vector<std::uint8_t> background(sum.size());
    std::transform(sum.begin(), sum.end(), background.begin(),
                   [](double v) { return static_cast<std::uint8_t>(std::clamp(v, 16.0, 235.0)); });
    return background;
}

double covered(const Box& box, const Box& by) {
    const Box common{std::max(box.x0, by.x0), std::max(box.y0, by.y0), std::min(box.x1, by.x1),
                     std::min(box.y1, by.y1)};
    return common.area() / std::max(box.area(), 1.0f);
}

}  // namespace

SceneSimulator::SceneSimulator(const Settings& settings, std::uint64_t seed)
    : settings_(settings), random_(seed) {
    frame_.format.width = settings.width;
    frame_.format.height = settings.height;
    if (!settings.pixels) return;
    background_ =
        make_background(settings.width + 2 * kMargin_px, settings.height + 2 * kMargin_px, random_);
    pixels_.assign(frame_.format.bytes(), 128);
    frame_.pixels = pixels_.data();
}

double SceneSimulator::uniform(double low, double high) {
    return std::uniform_real_distribution<double>(low, high)(random_);
}

double SceneSimulator::normal(double deviation) {
    return std::normal_distribution<double>(0, 1)(random_) * deviation;
}

void SceneSimulator::add_traffic(int count, double duration_s) {
    for (int i = 0; i < count; ++i) {
        Vehicle v;
        v.starts_s = i < count / 4 ? 0 : uniform(0, duration_s);
        const double kind = uniform(0, 1);
        if (kind < 0.4) {  // ahead, slowly nearing or leaving
            v.x = uniform(0, 1) < 0.6 ? 0 : 3.5;
            v.z = uniform(8, 60);
            v.speed_z = uniform(-3, 3);
            v.sway = 1;
        } else if (kind < 0.75) {  // oncoming
            v.x = -3.5;
            v.z = kFarthest_m - 1;
            v.speed_z = uniform(-28, -18);
        } else {  // parked
            v.x = 6.5;
            v.z = uniform(40, kFarthest_m - 1);
            v.speed_z = -11;
        }
        if (uniform(0, 1) < 0.2) {
            v.vehicle_class = VehicleClass::kTruck;
            v.width = 2.5;
            v.height = 3.2;
        }
        v.luma = static_cast<std::uint8_t>(uniform(30, 220));
        v.cb = static_cast<std::uint8_t>(uniform(105, 150));
        v.cr = static_cast<std::uint8_t>(uniform(105, 150));
        vehicles_.push_back(v);
    }
}

// Vehicles of a lane stay in line: the farther one is pushed on, and who would join too close
// waits.
void SceneSimulator::keep_distances(double dt_s) {
    std::vector<Vehicle*> order;
    for (Vehicle& v : vehicles_) order.push_back(&v);
    std::stable_sort(order.begin(), order.end(), [](auto* a, auto* b) { return a->z < b->z; });
    for (std::size_t i = 0; i < order.size(); ++i) {
        for (std::size_t j = i + 1; j < order.size(); ++j) {
            Vehicle& near = *order[i];
            Vehicle& far = *order[j];
            if (std::abs(near.x - far.x) > kLane_m || far.z - near.z > kGap_m) continue;
            if (far.starts_s > time_s_) {
                far.starts_s += dt_s;
            } else if (near.starts_s > time_s_) {
                near.starts_s += dt_s;
            } else if (near.speed_x == 0 && far.speed_x == 0) {
                far.z = near.z + kGap_m;
                far.speed_z = std::max(far.speed_z, near.speed_z);
            }
        }
    }
}

void SceneSimulator::advance(double dt_s) {
    for (Vehicle& v : vehicles_) {
        if (v.starts_s > time_s_) continue;
        v.speed_z += normal(v.sway * std::sqrt(dt_s)) - 0.2 * v.sway * v.speed_z * dt_s;
        v.x += v.speed_x * dt_s;
        v.z += v.speed_z * dt_s;
    }
    time_s_ += dt_s;
    keep_distances(dt_s);
    const double px_per_deg = focal_px(settings_.width) * kPi / 180;
    // Back and forth, so that the background lasts.
    const double swing = std::abs(std::remainder(time_s_, kTurnPeriod_s)) - kTurnPeriod_s / 4;
    const double x = (settings_.yaw_deg_per_s * swing + normal(settings_.shake_deg)) * px_per_deg;
    const double y = normal(settings_.shake_deg) * px_per_deg;
    const double limit = kMargin_px - 1;
    const double new_x = std::round(std::clamp(x, -limit, limit));
    const double new_y = std::round(std::clamp(y, -limit, limit));
    moved_x_ = new_x - pan_x_;
    moved_y_ = new_y - pan_y_;
    pan_x_ = new_x;
    pan_y_ = new_y;
    // Far vehicles first, so that near ones are painted over them.
    if (settings_.pixels) paint();
    detect();
}

Box SceneSimulator::project(const Vehicle& v) const {
    const double f = focal_px(settings_.width) / v.z;
    const double x = settings_.width / 2.0 + pan_x_ + f * v.x;
    const double bottom = settings_.height / 2.0 + pan_y_ + f * kCameraHeight_m;
    return {static_cast<float>(x - f * v.width / 2), static_cast<float>(bottom - f * v.height),
            static_cast<float>(x + f * v.width / 2), static_cast<float>(bottom)};
}

void SceneSimulator::detect() {
    detections_.clear();
    truth_.clear();
    std::vector<Box> boxes;
    for (const Vehicle& v : vehicles_) boxes.push_back(project(v));
    for (std::size_t i = 0; i < vehicles_.size(); ++i) detect_vehicle(i, boxes);
    if (uniform(0, 1) < settings_.false_finds) add_false_find();
}

void SceneSimulator::detect_vehicle(std::size_t index, const std::vector<Box>& boxes) {
    const Vehicle& v = vehicles_[index];
    if (v.starts_s > time_s_ || v.z < kNearest_m || v.z > kFarthest_m || detections_.full()) return;
    const Box& box = boxes[index];
    const Box inside = clipped(box, settings_.width, settings_.height);
    if (inside.area() < 0.3f * box.area() || inside.width() < 12) return;
    double hidden = 0;
    for (std::size_t other = 0; other < vehicles_.size(); ++other) {
        const Vehicle& o = vehicles_[other];
        if (o.starts_s > time_s_ || o.z >= v.z || o.z < kNearest_m / 2) continue;
        hidden = std::max(hidden, covered(inside, boxes[other]));
    }
    if (hidden > 0.65 || uniform(0, 1) < settings_.miss) return;
    double score = 0.8 + normal(0.07) - (inside.width() < 30 ? 0.15 : 0.0);
    if (hidden > 0.3) score = uniform(0.3, 0.6);
    Detection d;
    const auto off = [&](float size) {
        return static_cast<float>(normal(settings_.jitter)) * size;
    };
    d.box = clipped({box.x0 + off(box.width()), box.y0 + off(box.height()),
                     box.x1 + off(box.width()), box.y1 + off(box.height())},
                    settings_.width, settings_.height);
    d.score = static_cast<float>(std::clamp(score, 0.05, 0.99));
    d.vehicle_class = uniform(0, 1) < 0.05 ? VehicleClass::kTruck : v.vehicle_class;
    detections_.push_back(d);
    truth_.push_back(static_cast<int>(index));
}

void SceneSimulator::add_false_find() {
    if (detections_.full()) return;
    const auto size = static_cast<float>(uniform(20, 120));
    const auto x = static_cast<float>(uniform(0, settings_.width - 120));
    const auto y = static_cast<float>(uniform(0, settings_.height - 120));
    Detection d;
    d.box = {x, y, x + size, y + size};
    d.score = static_cast<float>(uniform(0.3, 0.6));
    detections_.push_back(d);
    truth_.push_back(-1);
}

void SceneSimulator::paint() {
    const int stride = frame_.format.luma_stride();
    const int from_x = kMargin_px - static_cast<int>(pan_x_);
    const int from_y = kMargin_px - static_cast<int>(pan_y_);
    const int background_width = settings_.width + 2 * kMargin_px;
    for (int y = 0; y < settings_.height; ++y) {
        std::memcpy(
            pixels_.data() + static_cast<std::size_t>(y) * stride,
            background_.data() + static_cast<std::size_t>(from_y + y) * background_width + from_x,
            settings_.width);
    }
    const auto chroma = static_cast<std::size_t>(stride) * settings_.height;
    std::fill(pixels_.begin() + static_cast<std::ptrdiff_t>(chroma), pixels_.end(),
              std::uint8_t{128});
    std::vector<const Vehicle*> order;
    for (const Vehicle& v : vehicles_) {
        if (v.starts_s <= time_s_ && v.z >= kNearest_m) order.push_back(&v);
    }
    std::stable_sort(order.begin(), order.end(), [](auto* a, auto* b) { return a->z > b->z; });
    for (const Vehicle* v : order) paint_vehicle(*v, project(*v));
}

void SceneSimulator::paint_vehicle(const Vehicle& v, const Box& box) {
    const Box inside = clipped(box, settings_.width, settings_.height);
    const auto fill = [&](std::size_t plane, int stride, int scale, std::uint8_t value) {
        for (int y = static_cast<int>(inside.y0) / scale; y < static_cast<int>(inside.y1) / scale;
             ++y) {
            for (int x = static_cast<int>(inside.x0) / scale;
                 x < static_cast<int>(inside.x1) / scale; ++x) {
                pixels_[plane + static_cast<std::size_t>(y) * stride + x] = value;
            }
        }
    };
    const FrameFormat& format = frame_.format;
    fill(0, format.luma_stride(), 1, v.luma);
    fill(static_cast<std::size_t>(frame_.cb() - frame_.pixels), format.chroma_stride(), 2, v.cb);
    fill(static_cast<std::size_t>(frame_.cr() - frame_.pixels), format.chroma_stride(), 2, v.cr);
}

}  // namespace dashcam
