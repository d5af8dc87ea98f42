#include "pipeline/stages/plate_choice.h"

#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "pipeline/stages/gpu_stages.h"
#include "pipeline/stages/messages.h"

namespace dashcam {
namespace {

PlateDetection plate_at(float x0, float y0, float x1, float y1, float score = 0.8f) {
    PlateDetection plate;
    plate.corners.corners = {Point{x0, y0}, Point{x1, y0}, Point{x1, y1}, Point{x0, y1}};
    plate.score = score;
    return plate;
}

TEST(PlateChoice, PlatesWideForTheirVehicleMayBePieces) {
    const Box vehicle{0, 0, 640, 420};
    EXPECT_FALSE(may_be_piece(plate_at(250, 300, 400, 340), vehicle));
    EXPECT_TRUE(may_be_piece(plate_at(130, 320, 358, 420), vehicle));
}

TEST(PlateChoice, TheWholeIsBetterThanItsPiece) {
    const PlateDetection piece = plate_at(136, 320, 358, 420);
    const PlateDetection whole = plate_at(120, 322, 600, 424);
    EXPECT_EQ(better_of(piece, whole), whole);
    EXPECT_EQ(better_of(whole, piece), whole);
    // The same plate once more is coarser, and another plate is another plate.
    EXPECT_EQ(better_of(piece, plate_at(130, 318, 362, 422)), piece);
    EXPECT_EQ(better_of(piece, plate_at(100, 100, 600, 180)), piece);
}

TEST(PlateChoice, KnowsPlatesThatTheFrameCuts) {
    EXPECT_FALSE(is_cut(plate_at(-1, 300, 199, 340).corners, 640, 480));
    EXPECT_TRUE(is_cut(plate_at(-20, 300, 180, 340).corners, 640, 480));
    EXPECT_TRUE(is_cut(plate_at(500, 300, 660, 340).corners, 640, 480));
    EXPECT_TRUE(is_cut(plate_at(300, 450, 500, 490).corners, 640, 480));
}

// Finds one thing in the frame itself, and another in any picture made of it.
class PieceDetector final : public PlateDetector {
  public:
    PieceDetector(const FrameView& frame, const PlateDetections& in_frame,
                  const PlateDetections& in_picture)
        : frame_(frame), in_frame_(in_frame), in_picture_(in_picture) {}
    Result<PlateDetections> detect(const FrameView& frame, const Box&) override {
        return frame.pixels == frame_.pixels ? in_frame_ : in_picture_;
    }

  private:
    FrameView frame_;
    PlateDetections in_frame_;
    PlateDetections in_picture_;
};

PlateDetections only(const PlateDetection& plate) {
    PlateDetections plates;
    plates.push_back(plate);
    return plates;
}

// The plate that the stage hands on for a vehicle that nearly fills a frame of 640 x 480.
std::vector<TaskSpec> look_at(const PlateDetections& in_frame, const PlateDetections& in_picture) {
    FrameView frame;
    frame.format.width = 640;
    frame.format.height = 480;
    const std::vector<std::uint8_t> pixels(frame.format.bytes(), 128);
    frame.pixels = pixels.data();
    PlateDetectMessage message;
    message.look.track = 7;
    message.look.vehicle = {8, 48, 600, 440};
    TaskSlot task{};
    task.payload = Payload::of(message);
    const VideoDescription video;
    PlateDetectStage stage(std::make_unique<PieceDetector>(frame, in_frame, in_picture));
    StageOutput output;
    EXPECT_TRUE(
        stage
            .run({.task = task, .frame = frame, .state = {}, .next_state = {}, .video = video},
                 output)
            .ok());
    return {output.outputs.begin(), output.outputs.end()};
}

TEST(PlateDetectStage, LooksAgainWhereItMayHaveFoundAPiece) {
    // The picture is half the size.
    const std::vector<TaskSpec> tasks =
        look_at(only(plate_at(136, 320, 358, 420)), only(plate_at(200, 275, 440, 325)));
    ASSERT_EQ(tasks.size(), 1u);
    ASSERT_EQ(tasks[0].category, Category::kOcr);
    const Box found = tasks[0].payload.as<OcrMessage>().plate.corners.bounds();
    EXPECT_FLOAT_EQ(found.width(), 480);
    EXPECT_FLOAT_EQ(found.height(), 100);
    EXPECT_FLOAT_EQ(found.x0, 80);
    EXPECT_FLOAT_EQ(found.y0, 326);
}

TEST(PlateDetectStage, KeepsWhatItFoundWhereTheSecondLookFindsNothing) {
    const PlateDetection piece = plate_at(136, 320, 358, 420);
    const std::vector<TaskSpec> tasks = look_at(only(piece), {});
    ASSERT_EQ(tasks.size(), 1u);
    EXPECT_EQ(tasks[0].payload.as<OcrMessage>().plate, piece);
}

TEST(PlateDetectStage, FindsThePlateOfAVehicleThatFillsTheFrame) {
    const std::vector<TaskSpec> tasks = look_at({}, only(plate_at(200, 275, 440, 325)));
    ASSERT_EQ(tasks.size(), 1u);
    EXPECT_EQ(tasks[0].category, Category::kOcr);
    EXPECT_EQ(look_at({}, {})[0].category, Category::kPlateSmooth);
}

}  // namespace
}  // namespace dashcam
