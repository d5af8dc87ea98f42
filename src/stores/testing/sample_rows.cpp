#include "stores/testing/sample_rows.h"

#include <bit>
#include <cmath>
#include <cstdio>
#include <cstdlib>

namespace dashcam {
namespace {

double any_double(Random& random) {
    while (true) {
        const double value = std::bit_cast<double>(random());
        if (std::isfinite(value) && value != 0) return value;
    }
}

float any_float(Random& random) {
    while (true) {
        const float value = std::bit_cast<float>(static_cast<std::uint32_t>(random()));
        if (std::isfinite(value) && value != 0) return value;
    }
}

std::uint32_t any_uint(Random& random) { return static_cast<std::uint32_t>(random()); }
std::int64_t any_int64(Random& random) { return static_cast<std::int64_t>(random()); }
double probability(Random& random) { return std::uniform_real_distribution<double>(0, 1)(random); }

std::string any_bytes(Random& random) {
    std::string bytes(random() % 24, '\0');
    for (char& c : bytes) c = static_cast<char>(random());
    return bytes;
}

Box any_box(Random& random) {
    return {any_float(random), any_float(random), any_float(random), any_float(random)};
}

std::string any_plate(Random& random) {
    static constexpr char kSymbols[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789?";
    std::string text(random() % 9, ' ');
    for (char& c : text) c = kSymbols[random() % 37];
    return text;
}

SlotPosterior any_slot(Random& random) {
    SlotPosterior slot{};
    for (int i = 0; i < 5; ++i) {
        slot[random() % kPlateSymbols] = static_cast<std::uint16_t>(random());
    }
    return slot;
}

}  // namespace

std::uint32_t test_seed() {
    static const std::uint32_t seed = [] {
        const char* wanted = std::getenv("DASHCAM_TEST_SEED");
        const auto value =
            wanted ? static_cast<std::uint32_t>(std::strtoul(wanted, nullptr, 10)) : 1u;
        std::printf("DASHCAM_TEST_SEED=%u\n", value);
        return value;
    }();
    return seed;
}

std::string sample_id(std::uint32_t number) {
    char text[33];
    std::snprintf(text, sizeof text, "%032x", number);
    return text;
}

VideoRow sample_video(Random& random, const std::string& id) {
    VideoRow row;
    row.id = id;
    row.path = "/card/" + any_bytes(random) + ".mp4";
    row.bytes = any_int64(random);
    row.modified_us = any_int64(random);
    row.duration_us = any_int64(random);
    row.frames = any_uint(random);
    row.width = 1920;
    row.height = 1080;
    row.codec = "h264";
    row.frame_rate = any_double(random);
    row.recorded_at = "2024-05-06T07:08:09+02:00";
    row.status = VideoStatus::kFinished;
    row.reason = any_bytes(random);
    row.settings = "settings 1";
    return row;
}

VehicleRow sample_vehicle(Random& random, const std::string& video, std::uint32_t track) {
    VehicleRow row;
    row.video = video;
    row.track = track;
    row.vehicle_class = "car";
    row.class_confidence = probability(random);
    row.first_us = any_int64(random);
    row.last_us = any_int64(random);
    row.first_box = any_box(random);
    row.last_box = any_box(random);
    row.largest_box = any_box(random);
    row.hits = any_uint(random);
    row.plate = any_plate(random);
    row.tier = "probable";
    row.unread_reason = any_bytes(random);
    row.region = "D";
    row.confidence = any_double(random);
    row.region_confidence = any_double(random);
    for (std::size_t i = 0; i < row.plate.size(); ++i) {
        CharacterPosterior& character = row.characters.emplace_back();
        character.confidence = probability(random);
        for (int k = 0; k < 3; ++k) {
            character.symbols["0123456789ABCDEFGHIJ"[random() % 20]] = probability(random);
        }
    }
    for (int i = 0; i < 3; ++i) {
        row.alternatives.push_back({any_plate(random), any_double(random)});
    }
    row.looks = any_uint(random);
    row.readings = any_uint(random);
    row.best_frame = any_int64(random);
    row.best_shot = "shots/" + any_bytes(random) + ".jpg";
    row.plate_shot = "";
    row.settings = "settings 1";
    return row;
}

std::vector<ReadingRow> sample_readings(Random& random, const VehicleRow& vehicle,
                                        std::uint32_t count) {
    std::vector<ReadingRow> rows(count);
    for (std::uint32_t i = 0; i < count; ++i) {
        ReadingRow& row = rows[i];
        row.video = vehicle.video;
        row.track = vehicle.track;
        row.frame = 10 * i + 1;
        row.time_us = any_int64(random);
        for (Point& corner : row.corners.corners) corner = {any_float(random), any_float(random)};
        row.plate_score = probability(random);
        row.width_px = any_double(random);
        row.height_px = any_double(random);
        row.sharpness = any_double(random);
        row.contrast = any_double(random);
        row.text = any_plate(random);
        row.confidence = probability(random);
        for (std::size_t slot = 0; slot < kPlateSlots; ++slot)
            row.slots.push_back(any_slot(random));
        row.cut = random() % 2 == 0;
        for (std::size_t slot = 0; slot < kPlateSlots; ++slot) {
            row.places.push_back(
                {static_cast<std::uint8_t>(random()), static_cast<std::uint8_t>(random())});
        }
        row.piece = any_int64(random);
    }
    return rows;
}

}  // namespace dashcam
