#include <algorithm>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <sys/stat.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "video/decoder.h"
#include "video/probe.h"
#include "video/test_clips.h"

namespace dashcam {
namespace {

using testing::AllOf;
using testing::HasSubstr;

using Bytes = std::vector<std::uint8_t>;

constexpr char kMoving[] =
    "-f lavfi -i testsrc2=s=320x240:r=30:d=2 -c:v libx264 -g 15 -pix_fmt yuv420p ";

std::size_t find(const Bytes& bytes, std::string_view text) {
    return std::search(bytes.begin(), bytes.end(), text.begin(), text.end()) - bytes.begin();
}

// open_video() and probe_video() agree about what cannot be opened.
std::string opening_error(const std::string& path, const DecoderOptions& options = {}) {
    const auto opened = open_video(path, options);
    const auto probed = probe_video(path, options);
    EXPECT_FALSE(opened.ok()) << path;
    EXPECT_FALSE(probed.ok()) << path;
    if (opened.ok() || probed.ok()) return "";
    EXPECT_EQ(opened.error().message, probed.error().message);
    EXPECT_EQ(opened.error().message.find('\n'), std::string::npos);
    return opened.error().message;
}

bool same(const Decoded& a, const Decoded& b) {
    return a.error == b.error && a.damage == b.damage && a.times_us == b.times_us &&
           a.frames == b.frames && a.end.status == b.end.status && a.end.time_us == b.end.time_us;
}

TEST(DamagedVideo, WhatIsNoVideoFileIsNamed) {
    const ClipFolder folder;
    EXPECT_THAT(opening_error(folder.path("none.mp4")),
                AllOf(HasSubstr("none.mp4"), HasSubstr("does not exist")));
    EXPECT_THAT(opening_error(folder.path("")), HasSubstr("is a folder"));
    EXPECT_THAT(opening_error(folder.write("empty.mp4", {})), HasSubstr("empty (0 bytes)"));
    EXPECT_THAT(opening_error(""), HasSubstr("does not exist"));
    // An URL is a file name like any other.
    EXPECT_THAT(opening_error("http://127.0.0.1:9/a.mp4"), HasSubstr("does not exist"));
    EXPECT_THAT(opening_error("concat:a.ts|b.ts"), HasSubstr("does not exist"));

    const std::string text = "This is a shopping list: milk, bread.\n";
    EXPECT_THAT(opening_error(folder.write("text.mp4", {text.begin(), text.end()})),
                HasSubstr("is not a video"));
    EXPECT_THAT(opening_error(folder.write("zeros.mp4", Bytes(100'000))),
                HasSubstr("is not a video"));
    std::mt19937 random(7);
    Bytes noise(100'000);
    for (auto& byte : noise) byte = static_cast<std::uint8_t>(random());
    EXPECT_THAT(opening_error(folder.write("noise.mp4", noise)), HasSubstr("is not a video"));
    EXPECT_THAT(opening_error(folder.write("noise.bin", noise)), HasSubstr("is not a video"));
    EXPECT_THAT(
        opening_error(folder.make("picture.png", "-f lavfi -i color=red:s=64x48 -frames:v 1")),
        HasSubstr("is not a video"));
    EXPECT_THAT(opening_error(folder.make("sound.wav", "-f lavfi -i sine=d=1")),
                HasSubstr("is not a video (WAV"));
    EXPECT_THAT(opening_error(folder.make("sound.mp4", "-f lavfi -i sine=d=1")),
                HasSubstr("has no video stream"));
}

TEST(DamagedVideo, AFifoIsRefusedWithoutWaiting) {
    const ClipFolder folder;
    const std::string fifo = folder.path("fifo.mp4");
    ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
    EXPECT_THAT(opening_error(fifo), HasSubstr("is not a regular file"));
    EXPECT_THAT(opening_error("/dev/zero"), HasSubstr("is not a regular file"));
}

TEST(DamagedVideo, AFileWithoutPermissionIsNamed) {
    const ClipFolder folder;
    const std::string clip = folder.write("secret.mp4", {1, 2, 3});
    ASSERT_EQ(::chmod(clip.c_str(), 0), 0);
    // Root may read everything, so be somebody else for a moment.
    constexpr uid_t kNobody = 65534;
    const bool is_root = ::geteuid() == 0;
    if (is_root) {
        ASSERT_EQ(::seteuid(kNobody), 0);
    }
    const std::string message = opening_error(clip);
    if (is_root) {
        ASSERT_EQ(::seteuid(0), 0);
    }
    EXPECT_THAT(message, AllOf(HasSubstr("secret.mp4"), HasSubstr("no permission")));
}

TEST(DamagedVideo, APlaylistOpensNoOtherFile) {
    const ClipFolder folder;
    folder.make("a.ts", kMoving);
    for (const std::string& list :
         {std::string("ffconcat version 1.0\nfile a.ts\n"),
          std::string("#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\na.ts\n#EXT-X-ENDLIST\n")}) {
        EXPECT_THAT(opening_error(folder.write("list.mp4", {list.begin(), list.end()})),
                    HasSubstr("is not a video"));
    }
}

TEST(DamagedVideo, NameWithControlCharactersStaysOnOneLine) {
    EXPECT_THAT(opening_error("a\nb\x1b[31m\xff.mp4"), HasSubstr("'a\\x0Ab\\x1B[31m\\xFF.mp4'"));
}

TEST(DamagedVideo, MissingIndexIsACutOffRecording) {
    const ClipFolder folder;
    const Bytes whole = folder.read(folder.make("whole.mp4", kMoving));
    const std::size_t index = find(whole, "moov") - 4;
    ASSERT_LT(index, whole.size());
    const auto head = [&](std::size_t bytes) {
        return folder.write("cut.mp4", {whole.begin(), whole.begin() + bytes});
    };
    EXPECT_THAT(opening_error(head(index)),
                HasSubstr("cut off while it was recorded: it has no index"));
    EXPECT_THAT(opening_error(head(index / 2)), HasSubstr("no index (moov)"));
    EXPECT_THAT(opening_error(head(60)), HasSubstr("no index (moov)"));
    EXPECT_THAT(opening_error(head(index + 100)), HasSubstr("no complete index (moov)"));
    // Only what nobody needs is missing at the end.
    const Decoded decoded = decode_all(head(whole.size() - 10));
    EXPECT_EQ(decoded.error, "");
    EXPECT_EQ(decoded.frames.size(), 60u);
    EXPECT_EQ(decoded.end.status, DecodeStatus::kTruncated);
}

TEST(DamagedVideo, UnknownCodecIsNamed) {
    const ClipFolder folder;
    Bytes bytes = folder.read(folder.make("clip.mp4", kMoving));
    const std::size_t entry =
        find(Bytes(bytes.begin() + find(bytes, "stsd"), bytes.end()), "avc1") + find(bytes, "stsd");
    ASSERT_LT(entry, bytes.size());
    std::copy_n("zqzq", 4, bytes.begin() + entry);
    EXPECT_THAT(opening_error(folder.write("unknown.mp4", bytes)),
                AllOf(HasSubstr("coded as 'zqzq'"), HasSubstr("convert")));
}

TEST(DamagedVideo, LargerThanTheLimitsIsRefused) {
    const ClipFolder folder;
    const std::string clip = folder.make("clip.mp4", kMoving);
    EXPECT_THAT(opening_error(clip, {.max_width = 319}),
                HasSubstr("320x240 pixels, above the limit"));
    EXPECT_THAT(opening_error(clip, {.max_height = 239}), HasSubstr("above the limit"));
    // So much larger that libav does not even look at it.
    EXPECT_THAT(opening_error(clip, {.max_width = 32, .max_height = 32}),
                HasSubstr("320x240 pixels, above the limit of 32x32"));
    EXPECT_EQ(decode_all(clip, {.max_width = 320, .max_height = 240}).frames.size(), 60u);
}

TEST(DamagedVideo, PicturesThatGrowBeyondTheLimitsAreDamage) {
    const ClipFolder folder;
    const char* const arguments = ":r=30:d=0.5 -pix_fmt yuv420p -c:v libx264";
    Bytes bytes = folder.read(
        folder.make("a.h264", std::string("-f lavfi -i color=red:s=64x64") + arguments));
    const Bytes large = folder.read(
        folder.make("b.h264", std::string("-f lavfi -i color=red:s=640x640") + arguments));
    bytes.insert(bytes.end(), large.begin(), large.end());
    const Decoded decoded =
        decode_all(folder.write("ab.h264", bytes), {.max_width = 100, .max_height = 100});
    EXPECT_EQ(decoded.error, "");
    EXPECT_EQ(decoded.end.status, DecodeStatus::kCorrupt);
    EXPECT_GE(decoded.frames.size(), 14u);
    EXPECT_LE(decoded.frames.size(), 15u);
}

TEST(DamagedVideo, SlowReadingIsAnErrorOfItsOwn) {
    const ClipFolder folder;
    const std::string clip = folder.make("clip.mp4", kMoving);
    EXPECT_THAT(opening_error(clip, {.time_limit_ms = 0}), HasSubstr("could not be read within"));
}

// Cut at many places, a file with its index in front ends early, with all frames before the cut.
TEST(DamagedVideo, CutFileEndsAsTruncated) {
    const ClipFolder folder;
    for (const auto& [name, more] :
         {std::pair{"front.mp4", "-movflags faststart"},
          {"clip.mkv", ""},
          {"clip.avi", ""},
          {"clip.flv", ""},
          {"frag.mp4", "-movflags frag_keyframe+empty_moov+faststart"}}) {
        const Bytes whole = folder.read(folder.make(name, std::string(kMoving) + more));
        const Decoded intact = decode_all(folder.path(name));
        ASSERT_EQ(intact.end.status, DecodeStatus::kEnd) << name << intact.damage;
        ASSERT_EQ(intact.frames.size(), 60u);
        const bool promises = std::string(name) != "frag.mp4";
        for (const int percent : {15, 30, 45}) {
            const std::size_t bytes = whole.size() * percent / 100;
            const Decoded cut = decode_all(
                folder.write("cut_" + std::string(name), {whole.begin(), whole.begin() + bytes}));
            ASSERT_EQ(cut.error, "") << name << percent;
            if (promises) {
                EXPECT_EQ(cut.end.status, DecodeStatus::kTruncated) << name << " " << percent;
                EXPECT_THAT(cut.damage, AllOf(HasSubstr("was cut off at "), HasSubstr(name)));
            }
            ASSERT_GE(cut.frames.size(), 3u);
            ASSERT_LT(cut.frames.size(), 45u);
            // The last ones may be incomplete.
            for (std::size_t i = 0; i + 3 < cut.frames.size(); ++i) {
                EXPECT_EQ(cut.frames[i], intact.frames[i]) << name << percent << " frame " << i;
                EXPECT_EQ(cut.times_us[i], intact.times_us[i]);
            }
        }
    }
}

TEST(DamagedVideo, CutBetweenTwoPacketsIsNoticed) {
    const ClipFolder folder;
    const Bytes whole = folder.read(
        folder.make("front.mov",
                    "-f lavfi -i color=gray:s=32x32:r=10:d=3 -c:v rawvideo -pix_fmt uyvy422 "
                    "-f mov -movflags faststart"));
    // Raw pictures are equally long: 2048 bytes each, at the end of the file.
    for (const std::size_t missing : {1u, 2u, 10u}) {
        const Decoded cut =
            decode_all(folder.write("cut.mov", {whole.begin(), whole.end() - missing * 2048}));
        ASSERT_EQ(cut.error, "");
        EXPECT_EQ(cut.frames.size(), 30 - missing);
        EXPECT_EQ(cut.end.status, DecodeStatus::kTruncated) << missing;
    }
}

TEST(DamagedVideo, CutTransportStreamJustEnds) {
    const ClipFolder folder;
    const Bytes whole = folder.read(folder.make("clip.ts", kMoving));
    const Decoded cut =
        decode_all(folder.write("cut.ts", {whole.begin(), whole.begin() + whole.size() / 2}));
    ASSERT_EQ(cut.error, "");
    EXPECT_GT(cut.frames.size(), 15u);
    EXPECT_LT(cut.frames.size(), 45u);
}

TEST(DamagedVideo, StreamThatStartsMidwayIsNoDamage) {
    const ClipFolder folder;
    const Bytes whole = folder.read(folder.make("clip.ts", kMoving));
    // Packets of a transport stream are 188 bytes long; nothing is cut in two.
    const std::size_t start = whole.size() / 3 / 188 * 188;
    const Decoded tail = decode_all(folder.write("tail.ts", {whole.begin() + start, whole.end()}));
    ASSERT_EQ(tail.error, "");
    EXPECT_EQ(tail.end.status, DecodeStatus::kEnd) << tail.damage;
    EXPECT_GE(tail.frames.size(), 15u);
}

TEST(DamagedVideo, ZeroedPacketsAreCountedAndTheRestComes) {
    const ClipFolder folder;
    Bytes bytes = folder.read(folder.make("clip.mp4", kMoving));
    const Decoded intact = decode_all(folder.path("clip.mp4"));
    const std::size_t start = find(bytes, "mdat") + 4, end = find(bytes, "moov");
    std::fill_n(bytes.begin() + start + (end - start) / 2, 3000, std::uint8_t{0});
    const Decoded damaged = decode_all(folder.write("damaged.mp4", bytes));
    ASSERT_EQ(damaged.error, "");
    EXPECT_EQ(damaged.end.status, DecodeStatus::kCorrupt);
    EXPECT_THAT(damaged.damage, AllOf(HasSubstr("damaged.mp4"), HasSubstr("damaged packet")));
    EXPECT_GE(damaged.frames.size(), 40u);
    // A key frame every half second makes the end whole again.
    EXPECT_EQ(damaged.frames.back(), intact.frames.back());
    EXPECT_EQ(damaged.times_us.back(), intact.times_us.back());
}

TEST(DamagedVideo, NothingDecodableIsAnError) {
    const ClipFolder folder;
    Bytes bytes = folder.read(folder.make("clip.mp4", kMoving));
    std::fill(bytes.begin() + find(bytes, "mdat") + 4, bytes.begin() + find(bytes, "moov") - 4,
              0xEE);
    const Decoded decoded = decode_all(folder.write("damaged.mp4", bytes));
    EXPECT_THAT(decoded.error, AllOf(HasSubstr("damaged.mp4"), HasSubstr("none of its pictures")));
    EXPECT_TRUE(decoded.frames.empty());
}

// Whatever the bytes, decoding ends, and times and frames keep to their contract (decode_all checks
// it).
TEST(DamagedVideo, FlippedBitsNeverBreakTheContract) {
    constexpr DecoderOptions kLimits{.max_width = 512, .max_height = 512};
    const ClipFolder folder;
    std::mt19937_64 random(test_seed(20240501));
    const char* names[] = {"a.mp4", "a.mkv", "a.avi", "a.ts", "b.mp4", "b.avi", "a.h264", "c.webm"};
    const char* codings[] = {"-c:v libx264 -bf 2",
                             "-c:v libx264",
                             "-c:v libx264",
                             "-c:v libx264 -bf 2",
                             "-c:v libx265 -x265-params log-level=none",
                             "-c:v mjpeg",
                             "-c:v libx264",
                             "-c:v libvpx-vp9 -deadline realtime -cpu-used 8"};
    int decoded_some = 0;
    for (int clip = 0; clip < 8; ++clip) {
        const Bytes whole = folder.read(
            folder.make(names[clip], std::string("-f lavfi -i testsrc2=s=98x66:r=30:d=1 -pix_fmt "
                                                 "yuv420p -g 10 ") +
                                         codings[clip]));
        for (int round = 0; round < 12; ++round) {
            Bytes bytes = whole;
            const int flips = 1 << (round % 6);
            // Every third round hits the header.
            const std::size_t range = round % 3 == 0 ? 600 : bytes.size();
            for (int i = 0; i < flips; ++i) {
                bytes[random() % std::min(range, bytes.size())] ^= std::uint8_t(1u << random() % 8);
            }
            const std::string path = folder.write(std::string("flipped_") + names[clip], bytes);
            const Decoded decoded = decode_all(path, kLimits);
            if (!decoded.error.empty()) {
                EXPECT_THAT(decoded.error, HasSubstr(names[clip]));
            }
            EXPECT_TRUE(same(decoded, decode_all(path, kLimits))) << names[clip] << round;
            decoded_some += !decoded.frames.empty();
        }
    }
    // The damage must not simply make everything fail.
    EXPECT_GT(decoded_some, 48);
}

// Concealed pixels may depend on the number of threads, but nothing else may go wrong.
TEST(DamagedVideo, SeveralThreadsKeepTheContractInDamagedClips) {
    const ClipFolder folder;
    const Bytes whole = folder.read(folder.make("clip.mp4", std::string(kMoving) + "-bf 2"));
    std::mt19937_64 random(test_seed(77));
    const std::size_t start = find(whole, "mdat") + 4, end = find(whole, "moov") - 4;
    for (int round = 0; round < 5; ++round) {
        Bytes bytes = whole;
        for (int i = 0; i < 20; ++i) bytes[start + random() % (end - start)] ^= 0x10;
        const std::string path = folder.write("damaged.mp4", bytes);
        const Decoded one = decode_all(path, {.threads = 1});
        EXPECT_EQ(one.end.status, DecodeStatus::kCorrupt);
        EXPECT_TRUE(same(one, decode_all(path, {.threads = 1})));
        const Decoded three = decode_all(path, {.threads = 3});
        EXPECT_EQ(one.error, three.error);
        EXPECT_EQ(one.end.status, three.end.status);
    }
}

}  // namespace
}  // namespace dashcam
