#include "inference/model_file.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "inference/fake_engine.h"
#include "inference/onnx_file.h"
#include "inference/sha256.h"
#include "inference/vehicle_detector.h"

namespace dashcam {
namespace {

const char* const kVehicleToml =
    "role = \"vehicle\"\nfile = \"v.onnx\"\nformat = \"dashcam-detector-1\"\ninput_width = 416\n"
    "input_height = 256\nlabels = [\"bus\", \"car\"]\nscore_threshold = 0.3\nnms_iou = 0.45\n";

class ModelFileTest : public testing::Test {
  protected:
    void SetUp() override {
        folder_ = std::filesystem::temp_directory_path() /
                  ("dashcam_model_file_test_" + std::to_string(getpid()));
        std::filesystem::create_directories(folder_);
    }
    void TearDown() override { std::filesystem::remove_all(folder_); }

    std::string write(const std::string& name, const std::string& content) const {
        std::ofstream(folder_ / name, std::ios::binary) << content;
        return (folder_ / name).string();
    }

    // Expects an error that names the file and `part`.
    static void expect_error(const Result<ModelFile>& result, const std::string& path,
                             const std::string& part) {
        ASSERT_FALSE(result.ok()) << "expected: " << part;
        EXPECT_NE(result.error().message.find(path), std::string::npos) << result.error().message;
        EXPECT_NE(result.error().message.find(part), std::string::npos) << result.error().message;
    }

    std::filesystem::path folder_;
};

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    text.replace(text.find(from), from.size(), to);
    return text;
}

TEST_F(ModelFileTest, ReadsASideFile) {
    const auto file = read_model_file(write("v.toml", kVehicleToml), NetworkRole::kVehicle);
    ASSERT_TRUE(file.ok()) << file.error().message;
    EXPECT_EQ(file->path, (folder_ / "v.onnx").string());
    EXPECT_EQ(file->input_width, 416);
    EXPECT_EQ(file->input_height, 256);
    EXPECT_EQ(file->labels, (std::vector<std::string>{"bus", "car"}));
    EXPECT_FLOAT_EQ(file->score_threshold, 0.3f);
    EXPECT_FLOAT_EQ(file->nms_iou, 0.45f);
}

TEST_F(ModelFileTest, FindsTheSideFileOfAnOnnxFile) {
    write("v.toml", kVehicleToml);
    const auto file = read_model_file((folder_ / "v.onnx").string(), NetworkRole::kVehicle);
    ASSERT_TRUE(file.ok());
    EXPECT_EQ(file->input_width, 416);
}

TEST_F(ModelFileTest, WithoutASideFileTakesTheShippedNetworksValues) {
    const auto file = read_model_file((folder_ / "alone.onnx").string(), NetworkRole::kPlate);
    ASSERT_TRUE(file.ok());
    EXPECT_EQ(file->input_width, 256);
    EXPECT_FLOAT_EQ(file->score_threshold, 0.6f);
}

TEST_F(ModelFileTest, NamesTheFileAndTheKeyThatIsWrong) {
    const std::pair<std::string, std::pair<std::string, std::string>> cases[] = {
        {"'role'", {"\"vehicle\"", "\"plate\""}},
        {"'format'", {"detector-1", "detector-9"}},
        {"'input_width'", {"416", "\"wide\""}},
        {"'input_height'", {"256", "0"}},
        {"'labels'", {"[\"bus\", \"car\"]", "\"car\""}},
        {"'score_threshold'", {"0.3", "1.5"}},
        {"'nms_iou'", {"nms_iou", "nms"}},
        {"'file'", {"file = \"v.onnx\"", ""}},
        {"no TOML: line 1", {"role = ", "role = = "}},
    };
    for (const auto& [part, change] : cases) {
        const std::string path =
            write("v.toml", replaced(kVehicleToml, change.first, change.second));
        expect_error(read_model_file(path, NetworkRole::kVehicle), path, part);
    }
}

TEST_F(ModelFileTest, RefusesATextNetworkOfAnotherAlphabet) {
    const std::string toml =
        "role = \"text\"\nfile = \"t.onnx\"\nformat = \"dashcam-text-1\"\ninput_width = "
        "192\ninput_height = 64\n"
        "slots = 10\nalphabet = \"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ\"\nblank_index = 36\n";
    ASSERT_TRUE(read_model_file(write("t.toml", toml), NetworkRole::kText).ok());
    const std::string path = write("t.toml", replaced(toml, "XYZ", "XYZ-"));
    expect_error(read_model_file(path, NetworkRole::kText), path, "'alphabet'");
    expect_error(
        read_model_file(write("t.toml", replaced(toml, "= 10", "= 12")), NetworkRole::kText), path,
        "'slots'");
}

TEST_F(ModelFileTest, NamesAMissingSideFileAndAnUnknownEnding) {
    const std::string missing = (folder_ / "missing.toml").string();
    expect_error(read_model_file(missing, NetworkRole::kText), missing, "does not exist");
    expect_error(read_model_file("model.pt", NetworkRole::kText), "model.pt", ".onnx");
}

TEST_F(ModelFileTest, RefusesAnUnknownLabel) {
    const std::string path = write("v.toml", replaced(kVehicleToml, "\"bus\"", "\"tram\""));
    FakeEngine engine;
    const auto detector = VehicleDetector::load(engine, path, {});
    ASSERT_FALSE(detector.ok());
    EXPECT_NE(detector.error().message.find("'tram'"), std::string::npos);
}

TEST_F(ModelFileTest, TellsAFileThatIsNotTheDescribedOne) {
    const std::string model = write("v.onnx", "abc");
    EXPECT_EQ(*sha256_of_file(model),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    FakeEngine engine;
    engine.add(model, {}, [](auto, auto&) {});
    ModelFile file;
    file.path = model;
    file.source = "v.toml";
    file.sha256 = *sha256_of_file(model);
    EXPECT_TRUE(load_model(engine, file, {}).ok());
    write("v.onnx", "abd");
    const auto loaded = load_model(engine, file, {});
    ASSERT_FALSE(loaded.ok());
    EXPECT_NE(loaded.error().message.find("v.toml"), std::string::npos);
}

TEST_F(ModelFileTest, TakesTheInt8VersionWhereItIsAskedFor) {
    const std::string toml = replaced(kVehicleToml, "role =",
                                      "int8_file = \"v8.onnx\"\nint8_sha256 = \"ab\"\nrole =");
    auto file = read_model_file(write("v.toml", toml), NetworkRole::kVehicle);
    ASSERT_TRUE(file.ok()) << file.error().message;
    const auto int8 = version_of(*file, Precision::kInt8, "CPU");
    ASSERT_TRUE(int8.ok());
    EXPECT_EQ(int8->path, (folder_ / "v8.onnx").string());
    EXPECT_EQ(int8->sha256, "ab");
    EXPECT_EQ(version_of(*file, Precision::kF32, "CPU")->path, file->path);
    // Another device's driver chooses; here, the processor's name decides.
    EXPECT_EQ(version_of(*file, Precision::kAuto, "GPU")->precision, Precision::kAuto);
    EXPECT_EQ(version_of(*file, Precision::kAuto, "CPU")->precision, preferred(true));
    // A network named by itself has the int8 version only if it is the side file's.
    file = read_model_file(write("v.onnx", "abc"), NetworkRole::kVehicle);
    ASSERT_TRUE(file.ok()) << file.error().message;
    EXPECT_FALSE(file->int8_path.empty());
    write("w.toml", toml);
    file = read_model_file(write("w.onnx", "abd"), NetworkRole::kVehicle);
    ASSERT_TRUE(file.ok()) << file.error().message;
    EXPECT_TRUE(file->int8_path.empty());
}

TEST_F(ModelFileTest, SaysThatThereIsNoInt8Version) {
    const auto file = read_model_file(write("v.toml", kVehicleToml), NetworkRole::kVehicle);
    ASSERT_TRUE(file.ok()) << file.error().message;
    const auto int8 = version_of(*file, Precision::kInt8, "CPU");
    ASSERT_FALSE(int8.ok());
    EXPECT_NE(int8.error().message.find("v.toml"), std::string::npos);
    EXPECT_NE(int8.error().message.find("int8_file"), std::string::npos);
    FakeEngine engine;
    EXPECT_FALSE(load_model(engine, *file, {Precision::kInt8, ""}).ok());
    EXPECT_NE(preferred(false), Precision::kInt8);
}

// A ModelProto by hand: ir_version 8, a graph of 300 bytes, an opset_import of 4.
std::string model_proto() {
    return std::string("\x08\x08\x3a\xac\x02", 5) + std::string(300, 'g') +
           std::string("\x42\x04\x0a\x00\x10\x11", 6);
}

TEST_F(ModelFileTest, KnowsAWholeOnnxFileFromOneThatIsCutOff) {
    const std::string whole = model_proto();
    EXPECT_TRUE(check_onnx_file(write("whole.onnx", whole)).ok());
    // Where a field ends, what follows cannot be missed: after ir_version there is no graph yet.
    for (std::size_t bytes = 1; bytes < whole.size(); ++bytes) {
        const auto result = check_onnx_file(write("cut.onnx", whole.substr(0, bytes)));
        if (bytes == whole.size() - 6) continue;
        ASSERT_FALSE(result.ok()) << bytes;
        const char* expected = bytes >= 2 + 3 ? "cut off" : "no ONNX model";
        EXPECT_NE(result.error().message.find(expected), std::string::npos)
            << bytes << ": " << result.error().message;
    }
    EXPECT_FALSE(check_onnx_file(write("more.onnx", whole + '\0')).ok());
    EXPECT_FALSE(check_onnx_file(write("text.onnx", "a shopping list: milk, bread")).ok());
    // A length far beyond any file.
    EXPECT_FALSE(check_onnx_file(write("huge.onnx", "\x3a\xff\xff\xff\xff\xff\xff\xff\x7f")).ok());
}

TEST_F(ModelFileTest, ChecksumsLongAndMissingFiles) {
    // FIPS 180 test value: a million times 'a'.
    EXPECT_EQ(*sha256_of_file(write("long", std::string(1000000, 'a'))),
              "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    EXPECT_FALSE(sha256_of_file((folder_ / "missing").string()).ok());
}

}  // namespace
}  // namespace dashcam
