#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "annotate/annotate.h"
#include "annotate/annotated_tracks.h"
#include "annotate/frame_painter.h"
#include "annotate/video_writer.h"
#include "stores/testing/store_places.h"
#include "video/decoder.h"

namespace dashcam {
namespace {

namespace fs = std::filesystem;

std::vector<std::uint8_t> grey_frame(const FrameFormat& format) {
    return std::vector<std::uint8_t>(format.bytes(), 128);
}

TEST(VideoWriter, FramesAndTimesCanBeReadAgain) {
    const TemporaryFolder folder;
    const FrameFormat format{.width = 320, .height = 180};
    const std::string path = folder.path() + "/a.mp4";
    auto writer = VideoWriter::create(path, folder.path() + "/nowhere.mp4", format, 30);
    ASSERT_TRUE(writer.ok()) << writer.error().message;
    auto pixels = grey_frame(format);
    for (int i = 0; i < 20; ++i) {
        // Frames of unequal length.
        ASSERT_TRUE(
            (*writer)->write({pixels.data(), format}, i * 33'333 + (i > 10 ? 50'000 : 0)).ok());
    }
    EXPECT_FALSE(fs::exists(path));
    ASSERT_TRUE((*writer)->finish().ok());
    EXPECT_EQ((*writer)->audio_codec(), "");
    const auto decoder = open_video(path, {});
    ASSERT_TRUE(decoder.ok()) << decoder.error().message;
    for (int i = 0; i < 20; ++i) {
        const auto next = (*decoder)->next();
        ASSERT_TRUE(next.ok() && next->status == DecodeStatus::kFrame) << i;
        EXPECT_NEAR(next->time_us, i * 33'333 + (i > 10 ? 50'000 : 0), 40);
    }
    EXPECT_EQ((*decoder)->next()->status, DecodeStatus::kEnd);
}

TEST(VideoWriter, UnfinishedOneLeavesNothing) {
    const TemporaryFolder folder;
    const FrameFormat format{.width = 321, .height = 181};
    auto pixels = grey_frame(format);
    {
        auto writer = VideoWriter::create(folder.path() + "/a.mp4", "", format, 0);
        ASSERT_TRUE(writer.ok()) << writer.error().message;
        ASSERT_TRUE((*writer)->write({pixels.data(), format}, 0).ok());
    }
    EXPECT_TRUE(fs::is_empty(folder.path()));
    EXPECT_FALSE(VideoWriter::create("/proc/nowhere/a.mp4", "", format, 25).ok());
}

TEST(FramePainter, DrawsTheBoxAndNothingFarFromIt) {
    const FrameFormat format{.width = 640, .height = 360};
    auto pixels = grey_frame(format);
    paint(pixels.data(), format,
          {{{100, 100, 200, 200}, 7, "7 car AB12CDE", "confirmed"},
           {{-50, -50, 5000, 20}, 8, "8", ""}});
    const auto luma = [&](int x, int y) {
        return pixels[static_cast<std::size_t>(y * format.luma_stride() + x)];
    };
    EXPECT_NE(luma(100, 150), 128);
    EXPECT_NE(luma(199, 150), 128);
    EXPECT_NE(luma(150, 199), 128);
    EXPECT_NE(luma(110, 95), 128);  // behind the text
    EXPECT_EQ(luma(150, 150), 128);
    EXPECT_EQ(luma(400, 300), 128);
}

TEST(AnnotatedTracks, FindRowsByNumberAndJoinedOnesByAReading) {
    VehicleRow car;
    car.track = 1;
    car.vehicle_class = "car";
    car.plate = "AB12CDE";
    car.tier = "confirmed";
    VehicleRow bus;
    bus.track = 2;
    bus.vehicle_class = "bus";
    bus.tier = "none";
    ReadingRow reading;
    reading.track = 1;
    reading.frame = 11;
    reading.corners = {{{{510, 110}, {530, 110}, {530, 116}, {510, 116}}}};
    AnnotatedTracks tracks({car, bus}, {{reading}, {}});

    TrackerState state;
    state.live = 2;
    state.tracks[0].number = 1;
    state.tracks[0].last.index = 10;
    state.tracks[1].number = 5;  // became one row with track 1
    state.tracks[1].last.index = 10;
    state.tracks[1].last_box = {500, 100, 600, 200};
    auto labels = tracks.labels(state, 10);
    ASSERT_EQ(labels.size(), 2u);
    EXPECT_EQ(labels[0].text, "1 car AB12CDE");
    EXPECT_EQ(labels[0].tier, "confirmed");
    EXPECT_EQ(labels[1].text, "5");
    EXPECT_EQ(labels[1].tier, "");

    state.tracks[1].last.index = 11;
    labels = tracks.labels(state, 11);
    ASSERT_EQ(labels.size(), 1u) << "a track that was not detected is not drawn";
    EXPECT_EQ(labels[0].text, "1 car AB12CDE");
    EXPECT_EQ(tracks.rows_not_met(), 1u);
}

TEST(Annotate, FileNamesAreBoundedAndTellClipsApart) {
    VideoRow video;
    video.path = "/card/" + std::string(250, 'x') + ".mp4";
    video.id = "0123456789abcdef0123456789abcdef";
    const fs::path file = annotated_file("/out", video);
    EXPECT_EQ(file.parent_path(), "/out/annotated");
    EXPECT_LE(file.filename().string().size() + 5, 255u);
    EXPECT_TRUE(file.string().ends_with("-01234567.mp4"));
}

}  // namespace
}  // namespace dashcam
