#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "video/clip_copy.h"
#include "video/exact_clip.h"
#include "video/media_output.h"
#include "video/test_clips.h"

// Parts of clips, copied and encoded anew: what they show, and that nothing half written is left.

namespace dashcam {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

// 4 s of 25 pictures, a key frame every second, pictures stored out of order, with sound.
std::string with_sound(const ClipFolder& folder) {
    return folder.make("with_sound.mp4",
                       "-f lavfi -i testsrc2=size=320x180:rate=25:duration=4 -f lavfi -i "
                       "sine=duration=4 -c:v libx264 -preset veryfast -bf 2 -g 25 -c:a aac");
}

ClipPart part(const std::string& source, const std::string& output, double from_s, double to_s) {
    return {source, output, static_cast<std::int64_t>(from_s * 1e6),
            static_cast<std::int64_t>(to_s * 1e6)};
}

std::size_t files_in(const ClipFolder& folder) {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(folder.path("")), fs::directory_iterator()));
}

TEST(ClipCopy, BeginsAtTheKeyFrameBeforeAndKeepsEveryPicture) {
    const ClipFolder folder;
    const std::string source = with_sound(folder);
    const std::string output = folder.path("part.mp4");
    const auto cut = copy_part(part(source, output, 1.5, 3));
    ASSERT_TRUE(cut.ok()) << cut.error().message;
    EXPECT_EQ(cut->first_us, 1'000'000);
    EXPECT_EQ(cut->last_us, 3'000'000);
    EXPECT_EQ(cut->frames, 51);
    EXPECT_EQ(cut->sound, "aac");
    const Decoded whole = decode_all(source);
    const Decoded copied = decode_all(output);
    ASSERT_EQ(copied.error, "");
    ASSERT_GE(copied.frames.size(), 49u);
    for (std::size_t i = 0; i < copied.frames.size(); ++i)
        EXPECT_TRUE(copied.frames[i] == whole.frames.at(25 + i)) << i;
    EXPECT_EQ(files_in(folder), 2u);
}

TEST(ClipCopy, SaysWhatItCannotDoAndLeavesNothing) {
    const ClipFolder folder;
    const std::string source = with_sound(folder);
    const auto message = [&](const std::string& name, double from_s) {
        const auto cut = copy_part(part(source, folder.path(name), from_s, from_s + 1));
        return cut.ok() ? "" : cut.error().message;
    };
    EXPECT_THAT(message("part.xyz", 1), HasSubstr("let its name end with"));
    EXPECT_THAT(message("part.webm", 1), HasSubstr("cannot hold the clip's h264"));
    EXPECT_THAT(message("no/such/folder/part.mp4", 1), HasSubstr("cannot write"));
    EXPECT_FALSE(copy_part(part(folder.path("none.mp4"), folder.path("a.mp4"), 0, 1)).ok());
    EXPECT_EQ(files_in(folder), 1u);
}

TEST(ExactClip, BeginsAndEndsAtTheVeryFrame) {
    const ClipFolder folder;
    const std::string source = with_sound(folder);
    const std::string output = folder.path("part.mp4");
    const auto cut = encode_part(part(source, output, 1.5, 2.5));
    ASSERT_TRUE(cut.ok()) << cut.error().message;
    EXPECT_EQ(cut->first_us, 1'520'000) << "the first at or after 1.5 s";
    EXPECT_EQ(cut->last_us, 2'480'000);
    const Decoded encoded = decode_all(output);
    ASSERT_EQ(encoded.error, "");
    EXPECT_EQ(encoded.frames.size(), 25u);
    EXPECT_EQ(encoded.times_us.back(), 960'000);
    EXPECT_FALSE(encode_part(part(source, folder.path("late.mp4"), 100, 101)).ok());
    EXPECT_EQ(files_in(folder), 2u);
}

TEST(MediaOutput, HasItsNameOnlyWhenItIsFinished) {
    const ClipFolder folder;
    const std::string path = folder.path("with: colon.mp4");
    {
        const auto output = MediaOutput::create(path);
        ASSERT_TRUE(output.ok()) << output.error().message;
        EXPECT_TRUE((*output)->can_hold(AV_CODEC_ID_H264));
        EXPECT_FALSE((*output)->can_hold(AV_CODEC_ID_RAWVIDEO));
        EXPECT_FALSE(fs::exists(path));
        EXPECT_EQ(files_in(folder), 1u);
    }
    EXPECT_EQ(files_in(folder), 0u);
}

}  // namespace
}  // namespace dashcam
