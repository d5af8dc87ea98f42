#include "inference/yolox.h"

#include <gtest/gtest.h>

#include <cmath>

#include "inference/test_frames.h"

namespace dashcam {
namespace {

TEST(Yolox, RowsOfAllGrids) {
    EXPECT_EQ(yolox_rows(416, 416), 3549U);
    EXPECT_EQ(yolox_rows(640, 384), 80U * 48 + 40 * 24 + 20 * 12);
    EXPECT_EQ(yolox_rows(416, 400), 0U);
    EXPECT_EQ(yolox_rows(0, 32), 0U);
}

// A 64 x 32 input has 8 x 4, 4 x 2 and 2 x 1 cells.
TEST(Yolox, DecodesCellsOfEachStride) {
    constexpr std::size_t kClasses = 3, kValues = 5 + kClasses;
    std::vector<float> output((32 + 8 + 2) * kValues, 0.0f);
    const auto set = [&](std::size_t row, std::initializer_list<float> values) {
        std::copy(values.begin(), values.end(), &output[row * kValues]);
    };
    // Stride 8, row 1, column 2: centre at (2.5, 1.25) cells, 4 x 1 cells.
    set(8 + 2, {0.5f, 0.25f, std::log(4.0f), 0.0f, 0.8f, 0.9f, 0.5f, 0.25f});
    // Stride 32, the second cell.
    set(32 + 8 + 1, {0.5f, 0.5f, 0.0f, std::log(0.5f), 1.0f, 0.1f, 0.2f, 0.3f});
    const YoloxBoxes found = decode_yolox(output, 64, 32, kClasses, {1, 2});
    ASSERT_EQ(found.scores.size(), 42U);
    const auto box = [&](std::size_t row) {
        const float* b = &found.boxes[4 * row];
        return Box{b[0], b[1], b[2], b[3]};
    };
    EXPECT_NEAR(box(10).x0, 20 - 16, 1e-4);
    EXPECT_NEAR(box(10).x1, 20 + 16, 1e-4);
    EXPECT_NEAR(box(10).y0, 10 - 4, 1e-4);
    EXPECT_NEAR(box(10).y1, 10 + 4, 1e-4);
    // The first class does not count.
    EXPECT_FLOAT_EQ(found.scores[10], 0.8f * 0.5f);
    EXPECT_FLOAT_EQ(found.classes[2 * 10], 0.5f);
    EXPECT_FLOAT_EQ(found.classes[2 * 10 + 1], 0.25f);
    EXPECT_NEAR(box(41).x0, 48 - 16, 1e-4);
    EXPECT_NEAR(box(41).y0, 16 - 8, 1e-4);
    EXPECT_FLOAT_EQ(found.scores[41], 0.3f);
    EXPECT_EQ(found.scores[0], 0);
}

TEST(Yolox, ThePictureLiesInTheLeftUpperCorner) {
    TestFrame frame(frame_format(128, 32));
    frame.fill(200, 128, 128);
    std::vector<float> input(3 * 64 * 64);
    Preprocessor preprocessor;
    const Letterbox letterbox = yolox_input(preprocessor, frame.view(), 64, 64, input);
    EXPECT_EQ(input[0], 200);
    EXPECT_EQ(input[15 * 64 + 63], 200);
    EXPECT_EQ(input[16 * 64], 114);  // below the picture
    EXPECT_EQ(input[2 * 64 * 64 + 63 * 64 + 63], 114);
    EXPECT_EQ(letterbox.to_frame(Box{0, 0, 64, 16}), (Box{0, 0, 128, 32}));
}

TEST(Yolox, PlanesAreBlueGreenRed) {
    TestFrame frame(frame_format(32, 32));
    frame.fill(76, 85, 255);  // red
    std::vector<float> input(3 * 32 * 32);
    Preprocessor preprocessor;
    yolox_input(preprocessor, frame.view(), 32, 32, input);
    EXPECT_LT(input[0], 10);
    EXPECT_LT(input[32 * 32], 10);
    EXPECT_GT(input[2 * 32 * 32], 245);
}

}  // namespace
}  // namespace dashcam
