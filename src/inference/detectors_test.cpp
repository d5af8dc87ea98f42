#include <gtest/gtest.h>

#include <limits>

#include "inference/fake_engine.h"
#include "inference/plate_detector.h"
#include "inference/processor.h"
#include "inference/test_frames.h"
#include "inference/vehicle_detector.h"

namespace dashcam {
namespace {

// One row of a detector's output: a box in the input's pixels and its score.
struct Row {
    Box box;
    float score;
    int label = 0;
};

constexpr std::size_t kRows = 200;

ModelDescription vehicle_description() {
    return {"",
            {"image", ElementType::kUint8, {384, 640, 3}},
            {{"boxes", ElementType::kFloat32, {kRows, 4}},
             {"scores", ElementType::kFloat32, {kRows}},
             {"classes", ElementType::kFloat32, {kRows, 4}}}};
}

ModelDescription plate_description() {
    return {"",
            {"image", ElementType::kUint8, {256, 256, 3}},
            {{"boxes", ElementType::kFloat32, {kRows, 4}},
             {"scores", ElementType::kFloat32, {kRows}},
             {"corners", ElementType::kFloat32, {kRows, 8}}}};
}

void write_rows(const std::vector<Row>& rows, std::vector<std::vector<float>>& outputs) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const Box& b = rows[i].box;
        const float box[4] = {b.x0, b.y0, b.x1, b.y1};
        std::copy(box, box + 4, &outputs[0][4 * i]);
        outputs[1][i] = rows[i].score;
        if (outputs[2].size() == kRows * 4) {
            outputs[2][4 * i + static_cast<std::size_t>(rows[i].label)] = 0.7f;
        } else {
            const float corners[8] = {b.x0, b.y0, b.x1, b.y0 + 1, b.x1, b.y1, b.x0, b.y1 - 1};
            std::copy(corners, corners + 8, &outputs[2][8 * i]);
        }
    }
}

// What a vehicle network that gives `rows` makes of a frame of that size.
Detections vehicles_of(const std::vector<Row>& rows, int width, int height) {
    FakeEngine engine;
    engine.add("vehicle.onnx", vehicle_description(),
               [&rows](auto, auto& outputs) { write_rows(rows, outputs); });
    auto detector = VehicleDetector::load(engine, "vehicle.onnx", {});
    EXPECT_TRUE(detector.ok()) << detector.error().message;
    const TestFrame frame(frame_format(width, height));
    auto found = (*detector)->detect(frame.view());
    EXPECT_TRUE(found.ok());
    return *found;
}

TEST(Precision, NamesGoThereAndBack) {
    for (const Precision precision : {Precision::kAuto, Precision::kF32, Precision::kBf16,
                                      Precision::kInt8}) {
        const auto found = precision_of(to_string(precision));
        ASSERT_TRUE(found.ok());
        EXPECT_EQ(*found, precision);
    }
    EXPECT_FALSE(precision_of("fp16").ok());
}

TEST(Processor, HasWhatTheCompilerFindsToo) {
    EXPECT_EQ(processor_has("avx2"), __builtin_cpu_supports("avx2") != 0);
    EXPECT_EQ(processor_has("avx512f"), __builtin_cpu_supports("avx512f") != 0);
    EXPECT_FALSE(processor_has("no_such_unit"));
    EXPECT_FALSE(processor_has(""));
}

TEST(VehicleDetector, MapsBoxesToTheFrameAndTakesTheBestClass) {
    const Detections found = vehicles_of({{{100, 112, 200, 212}, 0.8f, 2}}, 1920, 1080);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].box, (Box{300, 300, 600, 600}));
    EXPECT_FLOAT_EQ(found[0].score, 0.8f);
    EXPECT_EQ(found[0].vehicle_class, VehicleClass::kBus);
}

TEST(VehicleDetector, ClipsToTheFrameAndDropsWhatIsLeftOfNothing) {
    const Detections found =
        vehicles_of({{{-50, 0, 50, 100}, 0.9f},         // over the left upper edge
                     {{600, 300, 700, 500}, 0.8f},      // over the right lower edge
                     {{300, 0, 400, 11}, 0.7f},         // in the grey above the picture
                     {{639.9f, 100, 700, 200}, 0.6f}},  // a third of a pixel wide
                    1920, 1080);
    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(found[0].box, (Box{0, 0, 150, 264}));
    EXPECT_EQ(found[1].box, (Box{1800, 864, 1920, 1080}));
}

TEST(VehicleDetector, SuppressesOverAllClasses) {
    const Detections found =
        vehicles_of({{{100, 100, 200, 200}, 0.5f, 0}, {{104, 100, 204, 200}, 0.6f, 1}}, 640, 360);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].vehicle_class, VehicleClass::kTruck);
}

TEST(VehicleDetector, KeepsTheBestOfACrowd) {
    std::vector<Row> rows;
    for (int i = 0; i < 150; ++i) {
        const auto x = static_cast<float>(i % 20 * 30), y = static_cast<float>(20 + i / 20 * 40);
        rows.push_back({{x, y, x + 20, y + 30}, 0.3f + 0.004f * static_cast<float>(i)});
    }
    const Detections found = vehicles_of(rows, 640, 360);
    ASSERT_EQ(found.size(), kMaxDetectionsPerFrame);
    EXPECT_FLOAT_EQ(found[0].score, 0.3f + 0.004f * 149);
    for (std::size_t i = 1; i < found.size(); ++i) EXPECT_LT(found[i].score, found[i - 1].score);
}

TEST(VehicleDetector, KeepsLowScoresForTheTracker) {
    EXPECT_EQ(vehicles_of({{{0, 20, 50, 50}, 0.21f}, {{100, 20, 150, 50}, 0.19f}}, 640, 360).size(),
              1U);
}

TEST(VehicleDetector, OrdersEqualScoresByPlace) {
    const Detections found = vehicles_of({{{300, 20, 350, 50}, 0.5f},
                                          {{100, 80, 150, 110}, 0.5f},
                                          {{-20, 200, 50, 230}, 0.5f},
                                          {{-30, 300, 50, 330}, 0.5f},
                                          {{100, 20, 150, 50}, 0.5f}},
                                         640, 384);
    ASSERT_EQ(found.size(), 5U);
    for (std::size_t i = 1; i < found.size(); ++i) {
        EXPECT_LT(std::tuple(found[i - 1].box.x0, found[i - 1].box.y0),
                  std::tuple(found[i].box.x0, found[i].box.y0));
    }
}

TEST(VehicleDetector, RefusesAFrameWithoutPixels) {
    FakeEngine engine;
    engine.add("vehicle.onnx", vehicle_description(), [](auto, auto&) {});
    auto detector = VehicleDetector::load(engine, "vehicle.onnx", {});
    ASSERT_TRUE(detector.ok());
    EXPECT_FALSE((*detector)->detect(FrameView{}).ok());
}

TEST(VehicleDetector, RefusesAnotherRolesNetwork) {
    FakeEngine engine;
    engine.add("plate.onnx", plate_description(), [](auto, auto&) {});
    const auto detector = VehicleDetector::load(engine, "plate.onnx", {});
    ASSERT_FALSE(detector.ok());
    for (const char* part : {"plate.onnx", "role vehicle", "classes", "256x256x3"}) {
        EXPECT_NE(detector.error().message.find(part), std::string::npos)
            << detector.error().message;
    }
}

// A plate network that gives `rows`, on a frame of 1000x800.
PlateDetections plates_of(const std::vector<Row>& rows, const Box& vehicle) {
    FakeEngine engine;
    engine.add("plate.onnx", plate_description(),
               [&rows](auto, auto& outputs) { write_rows(rows, outputs); });
    auto detector = PlateDetector::load(engine, "plate.onnx", {});
    EXPECT_TRUE(detector.ok()) << detector.error().message;
    const TestFrame frame(frame_format(1000, 800));
    auto found = (*detector)->detect(frame.view(), vehicle);
    EXPECT_TRUE(found.ok());
    return *found;
}

TEST(PlateDetector, MapsCornersToTheFrame) {
    // The crop of this vehicle is 120x120 at (190, 290), scaled by 256 / 120.
    const PlateDetections found = plates_of({{{64, 128, 128, 160}, 0.9f}}, {200, 300, 300, 400});
    ASSERT_EQ(found.size(), 1U);
    EXPECT_FLOAT_EQ(found[0].score, 0.9f);
    EXPECT_NEAR(found[0].corners.corners[0].x, 220, 1e-3);
    EXPECT_NEAR(found[0].corners.corners[0].y, 350, 1e-3);
    EXPECT_NEAR(found[0].corners.corners[2].x, 250, 1e-3);
    EXPECT_NEAR(found[0].corners.corners[2].y, 365, 1e-3);
    EXPECT_NEAR(found[0].corners.corners[1].y, 350 + 120.0 / 256, 1e-3);
}

TEST(PlateDetector, GivesAtMostSoManyBestFirst) {
    std::vector<Row> rows;
    for (int i = 0; i < 8; ++i) {
        const auto y = static_cast<float>(30 * i);
        rows.push_back({{10, y, 60, y + 20}, 0.65f + 0.03f * static_cast<float>(i)});
    }
    const PlateDetections found = plates_of(rows, {200, 300, 300, 400});
    ASSERT_EQ(found.size(), kMaxPlatesPerVehicle);
    for (std::size_t i = 1; i < found.size(); ++i) EXPECT_LT(found[i].score, found[i - 1].score);
}

TEST(PlateDetector, TakesTheShippedThreshold) {
    EXPECT_EQ(plates_of({{{10, 10, 60, 30}, 0.59f}}, {200, 300, 300, 400}).size(), 0U);
}

TEST(PlateDetector, FindsNothingInVehiclesTooSmallOrElsewhere) {
    const std::vector<Row> rows = {{{10, 10, 60, 30}, 0.9f}};
    EXPECT_EQ(plates_of(rows, {200, 300, 240, 324}).size(), 1U);
    EXPECT_TRUE(plates_of(rows, {200, 300, 239, 400}).empty());
    EXPECT_TRUE(plates_of(rows, {200, 300, 300, 323}).empty());
    EXPECT_TRUE(plates_of(rows, {2000, 300, 2100, 400}).empty());
    EXPECT_TRUE(plates_of(rows, {300, 300, 200, 200}).empty());
    const float nan = std::numeric_limits<float>::quiet_NaN();
    EXPECT_TRUE(plates_of(rows, {nan, nan, nan, nan}).empty());
}

TEST(PlateDetector, WorksAtTheFramesEdge) {
    // The crop is cut at the corner: 910..1000 x 710..800.
    const PlateDetections found = plates_of({{{128, 128, 192, 160}, 0.9f}}, {920, 720, 1020, 820});
    ASSERT_EQ(found.size(), 1U);
    EXPECT_NEAR(found[0].corners.corners[0].x, 910 + 128 * 90.0 / 256, 1e-3);
}

}  // namespace
}  // namespace dashcam
