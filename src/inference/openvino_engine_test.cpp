#include "inference/openvino_engine.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <random>

#include "inference/fake_drive.h"
#include "inference/model_file.h"
#include "inference/networks.h"
#include "inference/test_frames.h"
#include "inference/test_models.h"

namespace dashcam {
namespace {

class OpenVinoEngineTest : public testing::Test {
  protected:
    void SetUp() override {
        auto created = OpenVinoEngine::create();
        ASSERT_TRUE(created.ok()) << created.error().message;
        engine_ = std::move(created).value();
        folder_ = std::filesystem::temp_directory_path() /
                  ("dashcam_openvino_test_" + std::to_string(getpid()));
        std::filesystem::create_directories(folder_);
    }
    void TearDown() override { std::filesystem::remove_all(folder_); }

    std::string write(const std::string& name, const std::string& content) const {
        std::ofstream(folder_ / name, std::ios::binary) << content;
        return (folder_ / name).string();
    }

    void expect_refused(const std::string& path, const std::string& part) {
        const auto model = engine_->load(path, {});
        ASSERT_FALSE(model.ok());
        EXPECT_NE(model.error().message.find(path), std::string::npos) << model.error().message;
        EXPECT_NE(model.error().message.find(part), std::string::npos) << model.error().message;
    }

    std::unique_ptr<OpenVinoEngine> engine_;
    std::filesystem::path folder_;
};

std::string onnx_of(const std::string& path, NetworkRole role) {
    const auto file = read_model_file(path, role);
    EXPECT_TRUE(file.ok()) << file.error().message;
    return file->path;
}

std::vector<std::uint8_t> random_bytes(std::size_t count, std::mt19937_64& random) {
    std::vector<std::uint8_t> bytes(count);
    for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random());
    return bytes;
}

TEST_F(OpenVinoEngineTest, NamesTheDevice) {
    EXPECT_EQ(engine_->device().rfind("OpenVINO 20", 0), 0U) << engine_->device();
    EXPECT_NE(engine_->device().find("CPU"), std::string::npos);
}

TEST_F(OpenVinoEngineTest, NamesTheDevicesThereAre) {
    const auto created = OpenVinoEngine::create("TOASTER");
    ASSERT_FALSE(created.ok());
    EXPECT_NE(created.error().message.find("TOASTER"), std::string::npos);
    EXPECT_NE(created.error().message.find("CPU"), std::string::npos) << created.error().message;
}

TEST_F(OpenVinoEngineTest, ExplainsFilesThatAreNoModels) {
    expect_refused((folder_ / "missing.onnx").string(), "does not exist");
    expect_refused(folder_.string(), "no regular file");
    expect_refused(write("empty.onnx", ""), "empty");
    expect_refused(write("text.onnx", "this is a text"), "no ONNX model");
    expect_refused(write("begun.onnx", "\x08\x08\x12\x07pytorch"), "no ONNX model");
    // A field of wire type 7, a length beyond the file's end, a number without an end.
    expect_refused(write("wire.onnx", "\x08\x08\x17\x07"), "no ONNX model");
    expect_refused(write("long.onnx", "\x08\x08\x12\xFF\xFF\x7F"), "no ONNX model");
    expect_refused(write("endless.onnx", std::string(40, '\xFF')), "no ONNX model");
}

TEST_F(OpenVinoEngineTest, ExplainsACutOffModel) {
    SKIP_WITHOUT_MODELS();
    std::ifstream whole(onnx_of(text_model(), NetworkRole::kText), std::ios::binary);
    std::string begin(100000, '\0');
    whole.read(begin.data(), static_cast<std::streamsize>(begin.size()));
    expect_refused(write("cut.onnx", begin), "cut off or damaged");
}

TEST_F(OpenVinoEngineTest, DescribesOneSample) {
    SKIP_WITHOUT_MODELS();
    const auto model = engine_->load(onnx_of(vehicle_model(), NetworkRole::kVehicle), {});
    ASSERT_TRUE(model.ok()) << model.error().message;
    const ModelDescription& description = (*model)->description();
    EXPECT_EQ(description.input.type, ElementType::kUint8);
    EXPECT_EQ(description.input.shape, (std::vector<std::size_t>{256, 448, 3}));
    ASSERT_NE(description.output("boxes"), nullptr);
    EXPECT_EQ(description.output("boxes")->shape, (std::vector<std::size_t>{2352, 4}));
    EXPECT_EQ(description.output("nothing"), nullptr);
}

// Rows must not depend on how tasks were grouped: a batch gives, bit for bit, what its samples give
// alone.
TEST_F(OpenVinoEngineTest, BatchesChangeNoBit) {
    SKIP_WITHOUT_MODELS();
    std::mt19937_64 random(test_seed());
    for (const Precision precision : {Precision::kAuto, Precision::kF32}) {
        auto model = engine_->load(onnx_of(plate_model(), NetworkRole::kPlate), {precision, ""});
        ASSERT_TRUE(model.ok()) << model.error().message;
        const std::size_t bytes = (*model)->description().input.bytes();
        const std::vector<std::uint8_t> input = random_bytes(3 * bytes, random);
        std::vector<std::vector<float>> together, alone;
        ASSERT_TRUE((*model)->run(input, 3, together).ok());
        for (std::size_t i = 3; i-- > 0;) {
            ASSERT_TRUE((*model)->run(std::span(input).subspan(i * bytes, bytes), 1, alone).ok());
            for (std::size_t k = 0; k < alone.size(); ++k) {
                const auto begin =
                    together[k].begin() + static_cast<std::ptrdiff_t>(i * alone[k].size());
                EXPECT_TRUE(std::equal(alone[k].begin(), alone[k].end(), begin));
            }
        }
    }
}

// Without a cache, with an empty one, with a filled one, and with what a process killed while
// writing left behind.
TEST_F(OpenVinoEngineTest, TheCacheChangesNoBit) {
    SKIP_WITHOUT_MODELS();
    std::mt19937_64 random(test_seed());
    const std::string path = onnx_of(text_model(), NetworkRole::kText);
    const std::string cache = (folder_ / "cache").string();
    std::vector<float> grey(std::size_t{kPlateWidth} * kPlateHeight);
    for (float& value : grey) value = static_cast<float>(random() % 256) / 255.0f;
    const std::span input(reinterpret_cast<const std::uint8_t*>(grey.data()),
                          grey.size() * sizeof(float));
    const auto outputs_with = [&](const std::string& cache_folder) {
        std::vector<std::vector<float>> outputs;
        auto model = engine_->load(path, {Precision::kAuto, cache_folder});
        EXPECT_TRUE(model.ok()) << model.error().message;
        EXPECT_TRUE((*model)->run(input, 1, outputs).ok());
        return outputs;
    };
    const auto expected = outputs_with("");
    EXPECT_EQ(outputs_with(cache), expected);
    ASSERT_FALSE(std::filesystem::is_empty(cache));
    EXPECT_EQ(outputs_with(cache), expected);
    for (const auto& entry : std::filesystem::directory_iterator(cache)) {
        std::filesystem::permissions(entry.path(), std::filesystem::perms::owner_all);
        std::filesystem::resize_file(entry.path(), entry.file_size() / 2);
    }
    EXPECT_EQ(outputs_with(cache), expected);
}

TEST_F(OpenVinoEngineTest, ACacheThatCannotBeMadeIsDoneWithout) {
    SKIP_WITHOUT_MODELS();
    const std::string file = write("file", "no folder");
    const auto model = engine_->load(onnx_of(text_model(), NetworkRole::kText),
                                     {Precision::kAuto, file + "/cache"});
    EXPECT_TRUE(model.ok()) << model.error().message;
    EXPECT_TRUE(std::filesystem::is_regular_file(file));
}

TEST_F(OpenVinoEngineTest, RefusesAnotherRolesFile) {
    SKIP_WITHOUT_MODELS();
    std::filesystem::copy_file(onnx_of(plate_model(), NetworkRole::kPlate), folder_ / "plate.onnx");
    const auto vehicle = VehicleDetector::load(*engine_, (folder_ / "plate.onnx").string(), {});
    ASSERT_FALSE(vehicle.ok());
    EXPECT_NE(vehicle.error().message.find("plate.onnx does not fit the role vehicle"),
              std::string::npos)
        << vehicle.error().message;
}

// The three networks twice, each time freshly loaded, on a frame of noise and on painted ones.
TEST_F(OpenVinoEngineTest, TwoRunsGiveTheSameBytes) {
    SKIP_WITHOUT_MODELS();
    const auto run = [&](std::uint64_t seed) {
        std::mt19937_64 random(seed);
        NetworkSettings settings;
        settings.vehicle_path = vehicle_model();
        settings.plate_path = plate_model();
        settings.text_path = text_model();
        settings.vehicle_min_score = 0.01f;
        settings.plate_min_score = 0.01f;
        FileNetworkLoader loader(std::move(OpenVinoEngine::create()).value(), settings);
        auto nets = load_networks(loader);
        EXPECT_TRUE(nets.ok()) << nets.error().message;
        std::vector<Detections> vehicles;
        std::vector<PlateDetections> plates;
        std::vector<TextPosterior> texts;
        const FakeDrive drive({});
        for (const std::uint32_t frame : {40U, 90U, 150U}) {
            const std::vector<std::uint8_t> pixels = drive.pixels(frame);
            const FrameView view{pixels.data(), drive.options().format};
            vehicles.push_back(*nets->vehicle->detect(view));
            plates.push_back(*nets->plate->detect(view, {100, 100, 400, 400}));
            GreyPlate grey{};
            for (std::uint8_t& value : grey) value = static_cast<std::uint8_t>(random());
            texts.push_back(*nets->text->read(grey));
        }
        return std::tuple(std::move(vehicles), std::move(plates), std::move(texts));
    };
    const std::uint64_t seed = test_seed();
    const auto [vehicles, plates, texts] = run(seed);
    const auto [vehicles_again, plates_again, texts_again] = run(seed);
    for (std::size_t i = 0; i < vehicles.size(); ++i) {
        EXPECT_TRUE(std::equal(vehicles[i].begin(), vehicles[i].end(), vehicles_again[i].begin(),
                               vehicles_again[i].end()));
        EXPECT_TRUE(std::equal(plates[i].begin(), plates[i].end(), plates_again[i].begin(),
                               plates_again[i].end()));
    }
    EXPECT_TRUE(std::any_of(vehicles.begin(), vehicles.end(),
                            [](const Detections& d) { return !d.empty(); }));
    EXPECT_EQ(texts, texts_again);
}

// The settings' hash says what the rows were made with.
TEST_F(OpenVinoEngineTest, AutoIsWhatThePlanSays) {
    const auto file = read_model_file(plate_model(), NetworkRole::kPlate);
    ASSERT_TRUE(file.ok()) << file.error().message;
    const auto version = version_of(*file, Precision::kAuto, "CPU");
    ASSERT_TRUE(version.ok()) << version.error().message;
    auto model = load_model(*engine_, *file, {Precision::kAuto, ""});
    ASSERT_TRUE(model.ok()) << model.error().message;
    EXPECT_EQ((*model)->description().arithmetic, to_string(version->precision));
}

}  // namespace
}  // namespace dashcam
