#include "main/run_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "inference/engine.h"
#include "stores/testing/store_places.h"

namespace dashcam {
namespace {

using testing::HasSubstr;
using testing::Not;
namespace fs = std::filesystem;

class RunPlanTest : public testing::Test {
  protected:
    void SetUp() override {
        if (!fs::exists(fs::path(DASHCAM_MODELS_DIR) / "vehicle.toml"))
            GTEST_SKIP() << "SKIPPED: models/ is not there";
        settings.out = folder.path() + "/out";
    }
    RunPlan plan() {
        auto made = make_run_plan(settings);
        EXPECT_TRUE(made.ok()) << (made.ok() ? "" : made.error().message);
        return made.ok() ? *made : RunPlan{};
    }
    // The shipped side file of the vehicle network with `from` replaced, beside its ONNX file.
    std::string changed_side_file(const std::string& from, const std::string& to) {
        std::ifstream in(fs::path(DASHCAM_MODELS_DIR) / "vehicle.toml");
        std::string text{std::istreambuf_iterator<char>(in), {}};
        const std::size_t at = text.find(from);
        EXPECT_NE(at, std::string::npos) << from;
        text.replace(at, from.size(), to);
        for (const auto& entry : fs::directory_iterator(DASHCAM_MODELS_DIR)) {
            if (entry.path().extension() != ".onnx") continue;
            std::error_code there;
            fs::create_symlink(entry.path(), fs::path(folder.path()) / entry.path().filename(),
                               there);
        }
        std::ofstream(folder.path() + "/vehicle.toml") << text;
        return folder.path() + "/vehicle.toml";
    }

    TemporaryFolder folder;
    Settings settings;
};

TEST_F(RunPlanTest, TheHashNamesTheArithmeticAndNotTheWordAuto) {
    settings.precision = "auto";
    const RunPlan automatic = plan();
    EXPECT_THAT(automatic.settings_text, Not(HasSubstr("auto")));
    settings.precision = std::string(to_string(preferred(true)));
    EXPECT_EQ(plan().settings_hash, automatic.settings_hash);
    settings.precision = settings.precision == "f32" ? "bf16" : "f32";
    EXPECT_NE(plan().settings_hash, automatic.settings_hash);
}

TEST_F(RunPlanTest, TheHashDependsOnWhatTheSideFileSays) {
    const std::string shipped = plan().settings_hash;
    settings.vehicle_model = changed_side_file("\"car\"", "\"car\"");
    EXPECT_EQ(plan().settings_hash, shipped) << "another place is no other model";
    settings.vehicle_model = changed_side_file("\"truck\"", "\"bus\"");
    const RunPlan renamed = plan();
    EXPECT_NE(renamed.settings_hash, shipped) << renamed.settings_text;
    EXPECT_THAT(renamed.settings_text, HasSubstr("format dashcam"));
}

}  // namespace
}  // namespace dashcam
