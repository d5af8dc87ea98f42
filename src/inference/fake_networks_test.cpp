#include "inference/fake_networks.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "inference/fake_drive.h"
#include "inference/test_frames.h"

namespace dashcam {
namespace {

FakeScene scene_of(std::vector<FakeVehicle> vehicles, int width = 640, int height = 360) {
    FakeScene scene;
    scene.format = frame_format(width, height);
    scene.vehicles = std::move(vehicles);
    return scene;
}

TestFrame painted(const FakeScene& scene) {
    TestFrame frame(scene.format);
    paint(scene, frame.pixels);
    return frame;
}

// A car without a plate.
FakeVehicle plain(int x0, int y0, int width, int height) {
    return {x0, y0, width, height, VehicleClass::kCar, 0.9f, ""};
}

Networks networks() {
    FakeNetworkLoader loader;
    auto loaded = load_networks(loader);
    EXPECT_TRUE(loaded.ok());
    return std::move(loaded).value();
}

// The upright quad of the frame, grown by `growth` on each side, to a grey plate: nearest pixels.
GreyPlate rectified(const FrameView& frame, const Quad& corners, double growth) {
    const Box b = corners.bounds();
    GreyPlate out{};
    for (int y = 0; y < kPlateHeight; ++y) {
        for (int x = 0; x < kPlateWidth; ++x) {
            const double u = (x + 0.5) / kPlateWidth * (1 + 2 * growth) - growth;
            const double v = (y + 0.5) / kPlateHeight * (1 + 2 * growth) - growth;
            const int sx =
                std::clamp(static_cast<int>(b.x0 + u * b.width()), 0, frame.format.width - 1);
            const int sy =
                std::clamp(static_cast<int>(b.y0 + v * b.height()), 0, frame.format.height - 1);
            out[static_cast<std::size_t>(y * kPlateWidth + x)] =
                frame.luma()[sy * frame.format.luma_stride() + sx];
        }
    }
    return out;
}

std::string text_of(const TextPosterior& posterior) {
    std::string text;
    for (const SlotPosterior& slot : posterior.posterior) {
        const auto best = std::max_element(slot.begin(), slot.end()) - slot.begin();
        if (best < 36) text += "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[best];
    }
    return text;
}

TEST(FakeVehicles, AreFoundWhereTheyWerePainted) {
    const FakeScene scene = scene_of({{30, 40, 200, 150, VehicleClass::kBus, 0.75f, "B123XYZ"},
                                      {331, 101, 155, 121, VehicleClass::kCar, 0.9f, ""},
                                      {500, 250, 60, 50, VehicleClass::kMotorcycle, 0.3f, ""}});
    const TestFrame frame = painted(scene);
    const auto found = networks().vehicle->detect(frame.view());
    ASSERT_TRUE(found.ok());
    ASSERT_EQ(found->size(), 3U);
    const std::array<std::size_t, 3> by_score = {1, 0, 2};
    for (std::size_t i = 0; i < 3; ++i) {
        const FakeVehicle& truth = scene.vehicles[by_score[i]];
        EXPECT_EQ((*found)[i].box, truth.box());
        EXPECT_EQ((*found)[i].vehicle_class, truth.vehicle_class);
        EXPECT_NEAR((*found)[i].score, truth.score, 0.003);
    }
}

TEST(FakeVehicles, AreClippedAtTheFramesEdge) {
    const TestFrame frame =
        painted(scene_of({plain(-50, 200, 120, 300), plain(600, -20, 100, 90)}));
    const auto found = networks().vehicle->detect(frame.view());
    ASSERT_TRUE(found.ok());
    ASSERT_EQ(found->size(), 2U);
    EXPECT_EQ((*found)[0].box, (Box{0, 200, 70, 360}));
    EXPECT_EQ((*found)[1].box, (Box{600, 0, 640, 70}));
}

TEST(FakeVehicles, AreNoneInAnEmptyOrTinyFrame) {
    EXPECT_TRUE(networks().vehicle->detect(painted(scene_of({})).view())->empty());
    EXPECT_TRUE(networks().vehicle->detect(painted(scene_of({}, 1, 1)).view())->empty());
    EXPECT_FALSE(networks().vehicle->detect(FrameView{}).ok());
}

TEST(FakePlates, AreReadAtEveryGrowthThatACallerMayUse) {
    const FakeScene scene = scene_of({{30, 40, 200, 150, VehicleClass::kCar, 0.9f, "B123XYZ"},
                                      {301, 41, 121, 99, VehicleClass::kCar, 0.9f, "0123456789"},
                                      {441, 141, 181, 133, VehicleClass::kCar, 0.9f, "AEIOUZ"}});
    const TestFrame frame = painted(scene);
    const Networks nets = networks();
    for (const FakeVehicle& vehicle : scene.vehicles) {
        const auto plates = nets.plate->detect(frame.view(), vehicle.box());
        ASSERT_TRUE(plates.ok());
        ASSERT_EQ(plates->size(), 1U);
        EXPECT_EQ((*plates)[0].corners.bounds(), vehicle.plate_box());
        for (const double growth : {0.0, 0.015, 0.03}) {
            const auto read =
                nets.text->read(rectified(frame.view(), (*plates)[0].corners, growth));
            ASSERT_TRUE(read.ok());
            EXPECT_EQ(text_of(*read), vehicle.plate) << "growth " << growth;
        }
    }
}

TEST(FakePlates, AreNotFoundWhereThereAreNone) {
    const FakeScene scene = scene_of({{30, 40, 200, 150, VehicleClass::kCar, 0.9f, ""}});
    const TestFrame frame = painted(scene);
    EXPECT_TRUE(networks().plate->detect(frame.view(), scene.vehicles[0].box())->empty());
    EXPECT_TRUE(networks().plate->detect(frame.view(), {2000, 0, 2100, 100})->empty());
}

TEST(FakePlates, GreyCellsGiveAnUnsurePosterior) {
    GreyPlate grey{};
    grey.fill((kFakePlateLuma + kFakeDarkLuma) / 2);
    const auto read = networks().text->read(grey);
    ASSERT_TRUE(read.ok());
    for (const SlotPosterior& slot : read->posterior) {
        EXPECT_LT(*std::max_element(slot.begin(), slot.end()), 65535 / 10);
    }
}

TEST(FakeDrive, IsTheSameForTheSameSeedAndAnotherForAnother) {
    FakeDrive::Options options;
    const FakeDrive first(options), again(options);
    options.seed = 2;
    const FakeDrive other(options);
    EXPECT_EQ(first.pixels(123), again.pixels(123));
    EXPECT_NE(first.pixels(123), other.pixels(123));
}

TEST(FakeDrive, IsFoundAndReadAsItsTruthSays) {
    FakeDrive::Options options;
    options.seed = test_seed();
    options.frames = 400;
    const FakeDrive drive(options);
    const Networks nets = networks();
    std::set<std::string> read;
    for (std::uint32_t i = 0; i < options.frames; ++i) {
        const FakeScene scene = drive.scene(i);
        const TestFrame frame = painted(scene);
        const auto found = nets.vehicle->detect(frame.view());
        ASSERT_TRUE(found.ok());
        ASSERT_EQ(found->size(), scene.vehicles.size()) << "frame " << i;
        for (const Detection& detection : *found) {
            const auto plates = nets.plate->detect(frame.view(), detection.box);
            ASSERT_TRUE(plates.ok());
            for (const PlateDetection& plate : *plates) {
                read.insert(
                    text_of(*nets.text->read(rectified(frame.view(), plate.corners, 0.03))));
            }
        }
    }
    std::set<std::string> truth;
    for (const FakeDrive::Passage& passage : drive.passages()) {
        if (!passage.plate.empty()) truth.insert(passage.plate);
    }
    EXPECT_GT(truth.size(), 2U);
    EXPECT_EQ(read, truth);
}

}  // namespace
}  // namespace dashcam
