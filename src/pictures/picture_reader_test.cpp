#include "pictures/picture_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <turbojpeg.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "inference/fake_networks.h"
#include "inference/fake_scene.h"
#include "pictures/annotate.h"
#include "stores/testing/store_places.h"

namespace dashcam {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

constexpr float kSurePlate = 0.5f;

// What the fake networks see, painted.
struct Painted {
    explicit Painted(const std::vector<FakeVehicle>& vehicles, FrameFormat format = {1280, 720})
        : scene{format, vehicles}, pixels(format.bytes()) {
        paint(scene, pixels);
    }
    FrameView view() const { return {pixels.data(), scene.format}; }

    FakeScene scene;
    std::vector<std::uint8_t> pixels;
};

PictureReader reader() {
    FakeNetworkLoader loader;
    auto networks = load_networks(loader);
    EXPECT_TRUE(networks.ok());
    return {std::move(networks).value(), kSurePlate};
}

std::string text_of(const PictureFind& find) { return find.summary.text.data(); }

TEST(PictureReader, FindsVehiclesWithTheirPlatesLargestPlateFirst) {
    const Painted picture({{100, 100, 300, 240, VehicleClass::kCar, 0.9f, "KV67WRT"},
                           {600, 60, 480, 400, VehicleClass::kBus, 0.8f, "GX749BD"},
                           {150, 450, 300, 200, VehicleClass::kTruck, 0.9f, ""}});
    const auto finds = reader().read(picture.view());
    ASSERT_TRUE(finds.ok()) << finds.error().message;
    ASSERT_EQ(finds->size(), 3u);
    EXPECT_EQ(text_of((*finds)[0]), "GX749BD");
    EXPECT_EQ(text_of((*finds)[1]), "KV67WRT");
    for (const std::size_t i : {0u, 1u}) {
        const PictureFind& find = (*finds)[i];
        ASSERT_TRUE(find.vehicle && find.plate);
        const FakeVehicle& painted = picture.scene.vehicles[1 - i];
        EXPECT_EQ(find.vehicle->vehicle_class, painted.vehicle_class);
        EXPECT_GT(iou(find.plate->corners.bounds(), painted.plate_box()), 0.8f);
        EXPECT_GT(find.summary.looks, 1u) << "one frame is looked at several times";
        EXPECT_GT(find.evidence.readings.size(), find.summary.looks) << "each in several cuts";
    }
    const PictureFind& bare = (*finds)[2];
    EXPECT_FALSE(bare.plate);
    ASSERT_TRUE(bare.vehicle);
    EXPECT_EQ(bare.vehicle->vehicle_class, VehicleClass::kTruck);
    EXPECT_EQ(bare.summary.unread, UnreadReason::kNoPlateFound);
}

TEST(PictureReader, SamePictureSameFinds) {
    const Painted picture({{100, 100, 300, 240, VehicleClass::kCar, 0.9f, "KV67WRT"},
                           {420, 110, 300, 240, VehicleClass::kCar, 0.9f, "GT284R"}});
    PictureReader one = reader(), other = reader();
    for (int i = 0; i < 2; ++i) {
        const auto a = one.read(picture.view()), b = other.read(picture.view());
        ASSERT_TRUE(a.ok() && b.ok());
        ASSERT_EQ(a->size(), 2u);
        ASSERT_EQ(b->size(), 2u);
        for (std::size_t k = 0; k < 2; ++k) {
            EXPECT_EQ(text_of((*a)[k]), text_of((*b)[k]));
            EXPECT_EQ((*a)[k].summary.confidence, (*b)[k].summary.confidence);
            EXPECT_EQ((*a)[k].plate->corners, (*b)[k].plate->corners);
        }
    }
}

TEST(PictureReader, NothingAndWeakVehiclesWithoutAPlateGiveNoFind) {
    EXPECT_THAT(*reader().read(Painted({}).view()), IsEmpty());
    const Painted weak({{100, 100, 300, 240, VehicleClass::kCar, kSureScore - 0.1f, ""}});
    EXPECT_THAT(*reader().read(weak.view()), IsEmpty());
    const Painted with_plate(
        {{100, 100, 300, 240, VehicleClass::kCar, kSureScore - 0.1f, "KV67WRT"}});
    const auto finds = reader().read(with_plate.view());
    ASSERT_EQ(finds->size(), 1u);
    EXPECT_EQ(text_of((*finds)[0]), "KV67WRT");
    // Smaller than any part that is searched.
    EXPECT_THAT(*reader().read(Painted({}, {16, 16}).view()), IsEmpty());
}

// Takes a place without a text for a plate, in crops of up to `widest` pixels.
class LampDetector final : public PlateDetector {
  public:
    explicit LampDetector(float widest) : widest_(widest) {}
    Result<PlateDetections> detect(const FrameView&, const Box& vehicle) override {
        PlateDetections out;
        if (vehicle.width() <= widest_) {
            PlateDetection lamp;
            lamp.corners.corners = {{{200, 200}, {260, 200}, {260, 214}, {200, 214}}};
            lamp.score = kSurePlate + 0.3f;
            out.push_back(lamp);
        }
        return out;
    }

  private:
    float widest_;
};

TEST(PictureReader, APlateWithoutATextIsOneThatLastsInEveryCloserLook) {
    const Painted picture({{100, 100, 300, 240, VehicleClass::kCar, 0.9f, ""}});
    // A place of 60 pixels is looked at in crops of 250, 167 and 119 pixels; parts of the vehicle
    // have 150.
    for (const auto& [widest, plates] : {std::pair(2000.0f, 1u), std::pair(240.0f, 0u)}) {
        FakeNetworkLoader loader;
        Networks networks = std::move(load_networks(loader)).value();
        networks.plate = std::make_unique<LampDetector>(widest);
        const auto finds = PictureReader(std::move(networks), kSurePlate).read(picture.view());
        ASSERT_TRUE(finds.ok());
        EXPECT_EQ(std::count_if(finds->begin(), finds->end(),
                                [](const PictureFind& find) { return find.plate.has_value(); }),
                  plates)
            << widest;
        EXPECT_EQ(finds->size(), 1u) << "the vehicle is there in any case";
    }
}

// Width, height and pixels (BGR) of a JPEG.
struct Decoded {
    int width = 0, height = 0;
    std::vector<std::uint8_t> pixels;
    std::array<int, 3> at(int x, int y) const {
        const auto i = 3 * (static_cast<std::size_t>(y) * static_cast<std::size_t>(width) +
                            static_cast<std::size_t>(x));
        return {pixels[i], pixels[i + 1], pixels[i + 2]};
    }
};
Decoded decoded(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    const std::string jpeg((std::istreambuf_iterator<char>(file)), {});
    const auto* bytes = reinterpret_cast<const unsigned char*>(jpeg.data());
    Decoded out;
    const std::unique_ptr<void, int (*)(tjhandle)> decoder(tjInitDecompress(), tjDestroy);
    int sampling = 0, space = 0;
    EXPECT_EQ(tjDecompressHeader3(decoder.get(), bytes, jpeg.size(), &out.width, &out.height,
                                  &sampling, &space),
              0);
    out.pixels.resize(static_cast<std::size_t>(out.width) * out.height * 3);
    EXPECT_EQ(tjDecompress2(decoder.get(), bytes, jpeg.size(), out.pixels.data(), out.width, 0,
                            out.height, TJPF_BGR, 0),
              0);
    return out;
}

TEST(WriteAnnotated, DrawsVehiclesPlatesAndTextsAndNothingElse) {
    const TemporaryFolder folder;
    const Painted picture({{300, 200, 300, 240, VehicleClass::kCar, 0.9f, "KV67WRT"}}, {1281, 721});
    const auto finds = reader().read(picture.view());
    ASSERT_EQ(finds->size(), 1u);
    const std::string plain = folder.path() + "/plain.jpg", drawn = folder.path() + "/drawn.jpg";
    ASSERT_TRUE(write_annotated(plain, picture.view(), {}).ok());
    ASSERT_TRUE(write_annotated(drawn, picture.view(), *finds).ok());
    const Decoded before = decoded(plain), after = decoded(drawn);
    ASSERT_EQ(after.width, 1281);
    ASSERT_EQ(after.height, 721);
    const auto change = [&](int x, int y) {
        int sum = 0;
        for (int c = 0; c < 3; ++c) sum += std::abs(before.at(x, y)[c] - after.at(x, y)[c]);
        return sum;
    };
    const Box plate = (*finds)[0].plate->corners.bounds();
    const auto middle = static_cast<int>(plate.centre().x);
    EXPECT_GT(change(450, 200), 60) << "the vehicle's upper edge";
    EXPECT_GT(change(300, 320), 60) << "its left edge";
    EXPECT_GT(change(middle, static_cast<int>(plate.y0)), 60) << "the plate's upper edge";
    EXPECT_LT(change(middle, static_cast<int>(plate.centre().y)), 60) << "nothing on the plate";
    int above = 0;
    for (int x = static_cast<int>(plate.x0); x < static_cast<int>(plate.x1); ++x) {
        for (int y = static_cast<int>(plate.y0) - 20; y < static_cast<int>(plate.y0) - 6; ++y)
            above += change(x, y) > 60 ? 1 : 0;
    }
    EXPECT_GT(above, 50) << "the text above the plate";
    for (const auto& [x, y] : {std::pair{20, 20}, {1260, 700}, {900, 320}, {330, 230}})
        EXPECT_LT(change(x, y), 20) << x << "," << y;
}

TEST(WriteAnnotated, WhatCannotBeWrittenIsSaid) {
    const Painted picture({}, {64, 48});
    const auto failed = write_annotated("/proc/nowhere/a.jpg", picture.view(), {});
    ASSERT_FALSE(failed.ok());
    EXPECT_THAT(failed.error().message, HasSubstr("/proc/nowhere/a.jpg"));
}

// A text at the picture's edge is moved into it.
TEST(WriteAnnotated, PlatesAtTheEdgeAreDrawnAsWell) {
    const TemporaryFolder folder;
    PictureFind find;
    find.plate = PlateDetection{};
    find.plate->corners.corners = {Point{60, 0}, {64, 0}, {64, 4}, {60, 4}};
    std::copy_n("KV67WRT", 8, find.summary.text.begin());
    find.summary.tier = PlateTier::kProbable;
    const Painted picture({}, {64, 48});
    ASSERT_TRUE(write_annotated(folder.path() + "/a.jpg", picture.view(), {find}).ok());
    const Decoded drawn = decoded(folder.path() + "/a.jpg");
    EXPECT_EQ(drawn.width, 64);
    EXPECT_NE(drawn.at(2, 8), drawn.at(2, 40)) << "the text begins at the left edge";
}

}  // namespace
}  // namespace dashcam
