#include "pipeline/stages/plate_look.h"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "inference/fake_networks.h"
#include "inference/fake_scene.h"

namespace dashcam {
namespace {

Quad corners_of(const Box& box) {
    return {{Point{box.x0, box.y0}, {box.x1, box.y0}, {box.x1, box.y1}, {box.x0, box.y1}}};
}

TEST(PlateLook, APictureIsReadInANarrowerAndAWiderCutToo) {
    const FakeScene scene{{1280, 720}, {{100, 100, 600, 480, VehicleClass::kCar, 0.9f, "KV67WRT"}}};
    std::vector<std::uint8_t> pixels(scene.format.bytes());
    paint(scene, pixels);
    FakeNetworkLoader loader;
    const auto text = std::move(loader.load_text_reader()).value();
    PlateDetection plate;
    plate.corners = corners_of(scene.vehicles[0].plate_box());
    plate.score = 0.8f;
    FrameStamp stamp;
    stamp.index = 6;
    const auto cuts = read_plate_in_cuts(*text, {pixels.data(), scene.format}, plate, stamp);
    ASSERT_TRUE(cuts.ok()) << cuts.error().message;
    const auto& [plain, narrow, wide] = *cuts;
    EXPECT_LT(narrow.width_px, plain.width_px);
    EXPECT_GT(wide.width_px, plain.width_px);
    std::uint32_t index = 6;
    for (const PlateReading& reading : *cuts) {
        EXPECT_EQ(reading.found, 1);
        EXPECT_EQ(reading.frame.index, index++);
        EXPECT_EQ(reading.corners, plate.corners) << "what was found, not what was cut out";
        EXPECT_EQ(reading.cut, plain.cut);
    }
}

TEST(PlateLook, CornersThatEncloseNothingGiveNoReadingInAnyCut) {
    const FakeScene scene{{640, 360}, {}};
    std::vector<std::uint8_t> pixels(scene.format.bytes());
    FakeNetworkLoader loader;
    const auto text = std::move(loader.load_text_reader()).value();
    PlateDetection plate;
    plate.corners = corners_of({100, 100, 100, 100});
    const auto cuts = read_plate_in_cuts(*text, {pixels.data(), scene.format}, plate, {});
    ASSERT_TRUE(cuts.ok());
    for (const PlateReading& reading : *cuts) EXPECT_EQ(reading.found, 0);
}

}  // namespace
}  // namespace dashcam
