#include "video/fake_decoder.h"

#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

namespace dashcam {
namespace {

TEST(FakeDecoder, FramesTellTheirIndexAndTime) {
    const auto decoder =
        make_fake_decoder({.frames = 5, .width = 33, .height = 17, .frame_rate = 29.97});
    std::vector<std::uint8_t> pixels(decoder->info().format.bytes());
    for (std::int64_t i = 0; i < 5; ++i) {
        const auto next = decoder->next();
        ASSERT_TRUE(next.ok());
        EXPECT_EQ(next->status, DecodeStatus::kFrame);
        EXPECT_NEAR(static_cast<double>(next->time_us), static_cast<double>(i) * 1e6 / 29.97, 1);
        decoder->copy_to(pixels.data());
        EXPECT_EQ(fake_index({pixels.data(), decoder->info().format}), i);
    }
    EXPECT_EQ(decoder->next()->status, DecodeStatus::kEnd);
    EXPECT_EQ(decoder->next()->status, DecodeStatus::kEnd);
    ++pixels.back();
    EXPECT_FALSE(fake_index({pixels.data(), decoder->info().format}).has_value());
}

TEST(FakeDecoder, EndsAsItIsTold) {
    for (const FakeEnding ending :
         {FakeEnding::kTruncated, FakeEnding::kCorrupt, FakeEnding::kError}) {
        const auto decoder = make_fake_decoder(
            {.name = "x.mp4", .frames = 9, .ending = ending, .frames_before_ending = 2});
        EXPECT_EQ(decoder->next()->status, DecodeStatus::kFrame);
        EXPECT_EQ(decoder->next()->status, DecodeStatus::kFrame);
        for (int repeat = 0; repeat < 2; ++repeat) {
            const auto end = decoder->next();
            ASSERT_EQ(end.ok(), ending != FakeEnding::kError);
            if (!end.ok()) {
                EXPECT_NE(end.error().message.find("'x.mp4'"), std::string::npos);
                continue;
            }
            EXPECT_EQ(end->status, ending == FakeEnding::kTruncated ? DecodeStatus::kTruncated
                                                                    : DecodeStatus::kCorrupt);
            EXPECT_NE(decoder->damage().find("'x.mp4'"), std::string::npos);
        }
    }
}

}  // namespace
}  // namespace dashcam
