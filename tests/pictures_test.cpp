#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "cli/exit_codes.h"
#include "support/footage.h"
#include "support/program.h"

// Still pictures through the real program: one frame of the sample drive is read, and evaluated as
// a picture with a text and as a cut-out plate.

namespace dashcam {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

// At 4 s a car with this plate, 155 pixels wide, is in sight (samples/truth.json).
constexpr const char* kMoment_s = "4";
constexpr const char* kPlate = "KLT4735";

class Pictures : public testing::Test {
  protected:
    void SetUp() override {
        if (sample_drive().empty()) GTEST_SKIP() << "SKIPPED: the sample drive is not there";
        fs::create_directories(folder_.path() + "/photos/images");
        picture_ = make_clip(folder_.path() + "/photos/images/frame.png",
                             {"-ss", kMoment_s, "-i", sample_drive(), "-frames:v", "1"});
    }

    // Left, top, right, bottom of the plate that is read, in pixels.
    std::array<double, 4> plate_box() const {
        const ProgramEnd end = run_dashcam({"read", picture_, "--json"});
        EXPECT_EQ(end.code, kExitOk) << end.text();
        return json::parse(end.out)[0]["finds"][0]["plate_box"].get<std::array<double, 4>>();
    }

    json evaluation(const std::string& of) {
        const ProgramEnd end = run_dashcam({"evaluate", of, "--json"});
        EXPECT_EQ(end.code, kExitOk) << end.text();
        return json::parse(end.out, nullptr, false);
    }

    TemporaryFolder folder_;
    std::string picture_;
};

TEST_F(Pictures, AreReadAsTheFramesOfClips) {
    const ProgramEnd end = run_dashcam({"read", picture_, "--json"});
    ASSERT_EQ(end.code, kExitOk) << end.text();
    const json finds = json::parse(end.out)[0]["finds"];
    ASSERT_FALSE(finds.empty());
    EXPECT_EQ(finds[0]["plate"], kPlate);
    EXPECT_EQ(finds[0]["tier"], "confirmed");
    EXPECT_EQ(finds[0]["vehicle"]["class"], "car");
}

TEST_F(Pictures, AreEvaluated) {
    write_file(folder_.path() + "/photos/text.csv", std::string("frame,") + kPlate + "\n");
    const json report = evaluation(folder_.path() + "/photos");
    EXPECT_THAT(report.dump(), testing::HasSubstr(R"("verdict":"exact")"));
    EXPECT_THAT(report.dump(), testing::Not(testing::HasSubstr(R"("verdict":"missed")")));
}

// Many people draw boxes around the characters: too small to count as found, and still the place.
TEST_F(Pictures, TextIsComparedWhereTheLabelIsSmallerThanThePlate) {
    const auto [x0, y0, x1, y1] = plate_box();
    constexpr double kShare = 0.62;  // of each side: IoU 0.38
    fs::create_directories(folder_.path() + "/photos/labels");
    write_file(folder_.path() + "/photos/labels/frame.txt",
               "0 " + std::to_string((x0 + x1) / 2 / 1920) + " " +
                   std::to_string((y0 + y1) / 2 / 1080) + " " +
                   std::to_string(kShare * (x1 - x0) / 1920) + " " +
                   std::to_string(kShare * (y1 - y0) / 1080) + "\n");
    write_file(folder_.path() + "/photos/text.csv", std::string("frame,") + kPlate + "\n");
    const std::string report = evaluation(folder_.path() + "/photos").dump();
    EXPECT_THAT(report, testing::HasSubstr(R"("verdict":"exact")"));
    EXPECT_THAT(report, testing::Not(testing::HasSubstr(R"("verdict":"missed")")));
    const ProgramEnd table = run_dashcam({"evaluate", folder_.path() + "/photos"});
    EXPECT_THAT(table.out, testing::ContainsRegex("labelled boxes found +0 of 1 "));
}

// Cut tightly: such a crop looks like a piece of a plate, which nothing but its being a crop
// denies.
TEST_F(Pictures, CutOutPlatesAreWholePlates) {
    const std::array<double, 4> box = plate_box();
    const int x = static_cast<int>(box[0] + 2), y = static_cast<int>(box[1] + 2);
    const int w = static_cast<int>(box[2] - x - 2), h = static_cast<int>(box[3] - y - 2);
    fs::create_directories(folder_.path() + "/crops");
    for (const char* name : {"a.png", "b.png"}) {  // the second one after the first
        make_clip(folder_.path() + "/crops/" + name,
                  {"-i", picture_, "-vf",
                   "crop=" + std::to_string(w) + ":" + std::to_string(h) + ":" + std::to_string(x) +
                       ":" + std::to_string(y)});
    }
    write_file(folder_.path() + "/crops/text.csv",
               std::string("a,") + kPlate + "\nb," + kPlate + "\n");
    const json report = evaluation(folder_.path() + "/crops");
    EXPECT_THAT(report.dump(), testing::HasSubstr(R"("verdict":"exact")"));
    EXPECT_THAT(report.dump(), testing::Not(testing::HasSubstr(R"("verdict":"wrong")")));
}

TEST_F(Pictures, WhatIsNoPictureIsNamedAndTheRestIsRead) {
    const std::string broken = folder_.path() + "/broken.jpg";
    write_file(broken, "\xff\xd8\xff no more");
    const ProgramEnd end = run_dashcam({"read", broken, picture_, "--json"});
    EXPECT_EQ(end.code, kExitSomeFailed) << end.text();
    EXPECT_THAT(end.err, testing::HasSubstr("broken.jpg"));
    EXPECT_THAT(end.out, testing::HasSubstr(kPlate));
}

}  // namespace
}  // namespace dashcam
