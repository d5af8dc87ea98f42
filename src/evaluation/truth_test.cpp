#include "evaluation/truth.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace dashcam {
namespace {

namespace fs = std::filesystem;

class TruthTest : public testing::Test {
  protected:
    void SetUp() override {
        std::string pattern = (fs::temp_directory_path() / "truth-test-XXXXXX").string();
        ASSERT_NE(mkdtemp(pattern.data()), nullptr);
        folder_ = pattern;
    }
    void TearDown() override { fs::remove_all(folder_); }

    void write(const std::string& name, const std::string& text) {
        fs::create_directories((folder_ / name).parent_path());
        std::ofstream(folder_ / name) << text;
    }

    fs::path folder_;
};

TEST(NormalisedPlate, KeepsCapitalsAndDigits) {
    EXPECT_EQ(normalised_plate("ab-12 CDE"), "AB12CDE");
    EXPECT_EQ(normalised_plate("\xe4\xba\xac"
                               "A1"),
              "A1");
}

TEST_F(TruthTest, PicturesWithLabelsAndTexts) {
    write("images/a.jpg", "");
    write("images/b.png", "");
    write("images/unlabelled.jpg", "");
    write("labels/a.txt", "0 0.5 0.5 0.2 0.1\n");
    write("labels/b.txt", "0 0.5 0.5 0.2 0.1\n0 0.1 0.1 0.1 0.1\n");
    write("text.csv", "a,ab 123\n");
    const Result<Truth> truth = read_truth(folder_.string());
    ASSERT_TRUE(truth.ok()) << truth.error().message;
    EXPECT_EQ(truth->kind, TruthKind::kPictures);
    ASSERT_EQ(truth->pictures.size(), 2U);
    ASSERT_EQ(truth->pictures[0].plates.size(), 1U);
    EXPECT_EQ(truth->pictures[0].plates[0].text, "AB123");
    EXPECT_FLOAT_EQ(truth->pictures[0].plates[0].box->x0, 0.4f);
    EXPECT_TRUE(truth->pictures[0].plates[0].box_is_share);
    ASSERT_EQ(truth->pictures[1].plates.size(), 2U);
    EXPECT_EQ(truth->pictures[1].plates[1].text, "");
}

TEST_F(TruthTest, NamedColumnsWithBoxesAndLegibility) {
    write("images/a.jpg", "");
    write("labels/a.txt", "");
    write("text.csv",
          "image,xmin,ymin,xmax,ymax,text,legibility\na,1,2,30,12,B1,2\na,5,6,9,8,B2,1\n");
    const Result<Truth> truth = read_truth(folder_.string());
    ASSERT_TRUE(truth.ok()) << truth.error().message;
    const auto& plates = truth->pictures.at(0).plates;
    ASSERT_EQ(plates.size(), 2U);
    EXPECT_EQ(*plates[0].box, (Box{1, 2, 30, 12}));
    EXPECT_FALSE(plates[0].box_is_share);
    EXPECT_TRUE(plates[0].is_readable);
    EXPECT_FALSE(plates[1].is_readable);
}

TEST_F(TruthTest, CropsWithLinesOrGroups) {
    write("a.jpg", "");
    write("b.jpg", "");
    write("text.csv", "a,AB1,2\nb.jpg,AB2,ny\nmissing,AB3\n");
    const Result<Truth> truth = read_truth(folder_.string());
    ASSERT_TRUE(truth.ok()) << truth.error().message;
    EXPECT_EQ(truth->kind, TruthKind::kCrops);
    ASSERT_EQ(truth->pictures.size(), 2U);
    EXPECT_EQ(truth->pictures[0].plates[0].lines, 2);
    EXPECT_EQ(truth->pictures[1].plates[0].group, "ny");
}

TEST_F(TruthTest, Clips) {
    write(
        "truth.json",
        R"({"x.mp4": {"plates": [{"text": "AB 1", "t": [0, 1]}, {"text": "B2", "clear_frames": []}]}})");
    const Result<Truth> truth = read_truth(folder_.string());
    ASSERT_TRUE(truth.ok()) << truth.error().message;
    EXPECT_EQ(truth->kind, TruthKind::kClips);
    ASSERT_EQ(truth->clips.at(0).plates.size(), 2U);
    EXPECT_EQ(truth->clips[0].plates[0].text, "AB1");
    EXPECT_FALSE(truth->clips[0].plates[1].is_readable);
}

TEST_F(TruthTest, ErrorsNameTheFileAndTheLine) {
    EXPECT_NE(read_truth(folder_.string()).error().message.find("has no truth"), std::string::npos);
    write("text.csv", "a,AB1\nnonsense\n");
    EXPECT_NE(read_truth(folder_.string()).error().message.find("line 2"), std::string::npos);
    write("truth.json", "{");
    EXPECT_NE(read_truth(folder_.string()).error().message.find("truth.json"), std::string::npos);
}

}  // namespace
}  // namespace dashcam
