#include "settings/settings.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace dashcam {
namespace {

std::string write_file(const std::string& content) {
    const std::string path = ::testing::TempDir() + "/settings_test.toml";
    std::ofstream(path) << content;
    return path;
}

TEST(Settings, DefaultsAreThoseOfTheUsersDocument) {
    const Settings settings = SettingsBuilder().build().value();
    EXPECT_EQ(settings.num_gpu_workers, 2u);
    EXPECT_EQ(settings.num_cpu_workers, 4u);
    EXPECT_EQ(settings.num_video_readers, 2u);
    EXPECT_EQ(settings.max_gpu_backlog, 8u);
    EXPECT_EQ(settings.max_cpu_backlog, 16u);
    EXPECT_EQ(settings.queue_soft_limit, 64u);
    EXPECT_EQ(settings.queue_hard_limit, 128u);
}

TEST(Settings, FlagBeatsEnvironmentBeatsFileBeatsDefault) {
    SettingsBuilder builder;
    ASSERT_TRUE(
        builder.set("num_gpu_workers", "5", SettingSource::kFlag, "--num-gpu-workers").ok());
    setenv("NUM_GPU_WORKERS", "4", 1);
    setenv("NUM_CPU_WORKERS", "7", 1);
    ASSERT_TRUE(builder.read_environment().ok());
    unsetenv("NUM_GPU_WORKERS");
    unsetenv("NUM_CPU_WORKERS");
    ASSERT_TRUE(builder
                    .read_file(write_file(
                        "num_gpu_workers = 3\nnum_cpu_workers = 2\nqueue_soft_limit = 32\n"))
                    .ok());
    const Settings settings = builder.build().value();
    EXPECT_EQ(settings.num_gpu_workers, 5u);
    EXPECT_EQ(settings.num_cpu_workers, 7u);
    EXPECT_EQ(settings.queue_soft_limit, 32u);
    EXPECT_EQ(settings.num_video_readers, 2u);
    const std::string text = builder.describe();
    EXPECT_NE(text.find("# --num-gpu-workers"), std::string::npos) << text;
    EXPECT_NE(text.find("# environment variable NUM_CPU_WORKERS"), std::string::npos);
    EXPECT_NE(text.find("# 'queue_soft_limit' in "), std::string::npos);
    EXPECT_NE(text.find("num_video_readers = 2"), std::string::npos);
}

TEST(Settings, WrongValueIsRefusedWithNameValueAndWhatIsAllowed) {
    for (const char* value : {"0", "17", "-1", "two", "2.5", "", " 2", "99999999999"}) {
        SettingsBuilder builder;
        const auto result =
            builder.set("num_gpu_workers", value, SettingSource::kFlag, "--num-gpu-workers");
        ASSERT_FALSE(result.ok()) << value;
        const std::string& message = result.error().message;
        EXPECT_NE(message.find("--num-gpu-workers = '" + std::string(value) + "'"),
                  std::string::npos)
            << message;
        EXPECT_NE(message.find("1 to 16"), std::string::npos) << message;
    }
    SettingsBuilder builder;
    const auto result = builder.set("precision", "f16", SettingSource::kFlag, "--precision");
    ASSERT_FALSE(result.ok());
    EXPECT_NE(result.error().message.find("auto, f32, bf16"), std::string::npos);
}

TEST(Settings, BadFilesNameFileKeyAndLine) {
    SettingsBuilder builder;
    EXPECT_NE(builder.read_file(write_file("a = \n")).error().message.find("line 1"),
              std::string::npos);
    EXPECT_NE(builder.read_file(write_file("num_gpu_worker = 1\n"))
                  .error()
                  .message.find("'num_gpu_worker'"),
              std::string::npos);
    EXPECT_NE(
        builder.read_file(write_file("num_gpu_workers = 1.5\n")).error().message.find("neither"),
        std::string::npos);
    EXPECT_NE(builder.read_file("/nonexistent/x.toml").error().message.find("/nonexistent/x.toml"),
              std::string::npos);
}

TEST(Settings, SoftLimitAboveHardLimitIsRefused) {
    SettingsBuilder builder;
    ASSERT_TRUE(builder.set("queue_soft_limit", "200", SettingSource::kFlag, "x").ok());
    ASSERT_FALSE(builder.build().ok());
    EXPECT_NE(builder.build().error().message.find("QUEUE_HARD_LIMIT"), std::string::npos);
}

TEST(Settings, SurviveTheWayToAWorkerProcess) {
    SettingsBuilder builder;
    const std::string odd = "out \xff=\n\"x";
    ASSERT_TRUE(builder.set("out", odd, SettingSource::kFlag, "--out").ok());
    ASSERT_TRUE(builder.set("gpu_batch", "3", SettingSource::kFlag, "--gpu-batch").ok());
    const Settings settings = builder.build().value();
    const Settings copy = deserialised(serialised(settings)).value();
    EXPECT_EQ(copy.out, odd);
    EXPECT_EQ(copy.gpu_batch, 3u);
    EXPECT_EQ(copy.db, "");
    EXPECT_FALSE(deserialised("nonsense").ok());
}

TEST(Settings, PasswordsAreNotShown) {
    SettingsBuilder builder;
    ASSERT_TRUE(
        builder.set("db", "postgresql://me:secret@host/d", SettingSource::kFlag, "--db").ok());
    EXPECT_EQ(builder.describe().find("secret"), std::string::npos);
}

}  // namespace
}  // namespace dashcam
