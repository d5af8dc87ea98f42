#include "video/decoder.h"

#include <cmath>
#include <cstring>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>

#include "video/probe.h"
#include "video/test_clips.h"

namespace dashcam {
namespace {

// Frame N has luma 16 + 4 N: tells which frame a decoded one is.
constexpr char kNumbered[] =
    "-f lavfi -i 'color=black:s=64x48:r=30:d=1.5,format=yuv420p,geq=lum=16+4*N:cb=128:cr=128' ";

// red | lime over blue | white.
constexpr char kQuadrants[] =
    "-filter_complex 'color=red:s=80x60:r=10:d=0.5[a];color=lime:s=80x60:r=10:d=0.5[b];"
    "color=blue:s=80x60:r=10:d=0.5[c];color=white:s=80x60:r=10:d=0.5[d];[a][b]hstack[e];"
    "[c][d]hstack[f];[e][f]vstack,scale=out_color_matrix=bt601,format=yuv420p' ";

std::int64_t us(double seconds) { return std::llround(seconds * 1e6); }

int number_of(const FrameView& frame) { return (pixel(frame, 30, 20).y - 16 + 2) / 4; }

// name, encoder's arguments, codec's name
using Coding = std::tuple<std::string, std::string, std::string>;
class DecoderCodings : public testing::TestWithParam<Coding> {};

TEST_P(DecoderCodings, GivesTheRightColoursAndTimes) {
    const auto& [name, arguments, codec] = GetParam();
    const ClipFolder folder;
    const std::string clip = folder.make(
        name,
        "-f lavfi -i 'color=red:s=322x178:r=30:d=1,scale=out_color_matrix=bt601' " + arguments);
    const Decoded decoded = decode_all(clip);
    ASSERT_EQ(decoded.error, "");
    EXPECT_EQ(decoded.info.codec, codec);
    EXPECT_EQ(decoded.info.format.width, 322);
    EXPECT_EQ(decoded.info.format.height, 178);
    EXPECT_EQ(decoded.end.status, DecodeStatus::kEnd) << decoded.damage;
    ASSERT_EQ(decoded.frames.size(), 30u);
    for (std::size_t i = 0; i < decoded.frames.size(); ++i) {
        EXPECT_NEAR(static_cast<double>(decoded.times_us[i]), static_cast<double>(i) * 1e6 / 30,
                    600)
            << i;  // Matroska and FLV count in milliseconds
        for (const auto& [x, y] : {std::pair{0, 0}, {321, 0}, {0, 177}, {321, 177}, {160, 90}}) {
            const Yuv got = pixel(decoded.frame(i), x, y);
            EXPECT_TRUE(near(got, kRed, 4)) << got.y << " " << got.cb << " " << got.cr;
        }
    }
}

INSTANTIATE_TEST_SUITE_P(
    All, DecoderCodings,
    testing::Values(
        Coding{"h264.mp4", "-c:v libx264 -pix_fmt yuv420p", "h264"},
        Coding{"h264.ts", "-c:v libx264 -pix_fmt yuv420p -bf 2", "h264"},
        Coding{"h264.mkv", "-c:v libx264 -pix_fmt yuv420p", "h264"},
        Coding{"h264.flv", "-c:v libx264 -pix_fmt yuv420p", "h264"},
        Coding{"fragments.mp4", "-c:v libx264 -g 10 -pix_fmt yuv420p -movflags frag_keyframe",
               "h264"},
        Coding{"h264_422.mp4", "-c:v libx264 -pix_fmt yuv422p", "h264"},
        Coding{"h264_444.mp4", "-c:v libx264 -pix_fmt yuv444p", "h264"},
        Coding{"h264_10.mp4", "-c:v libx264 -pix_fmt yuv420p10le", "h264"},
        Coding{"h264_422_10.mov", "-c:v libx264 -pix_fmt yuv422p10le", "h264"},
        Coding{"hevc.mp4", "-c:v libx265 -x265-params log-level=none -pix_fmt yuv420p", "hevc"},
        Coding{"hevc_10.mp4", "-c:v libx265 -x265-params log-level=none -pix_fmt yuv420p10le",
               "hevc"},
        Coding{"mpeg4.avi", "-c:v mpeg4 -q:v 2", "mpeg4"},
        Coding{"mpeg4.3gp", "-c:v mpeg4 -q:v 2", "mpeg4"},
        Coding{"mpeg2.mpg", "-c:v mpeg2video -q:v 2", "mpeg2video"},
        Coding{"mjpeg.avi",
               "-vf scale=out_range=limited -c:v mjpeg -strict -1 -color_range tv -q:v 2", "mjpeg"},
        Coding{"vp9.webm", "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -pix_fmt yuv420p",
               "vp9"},
        Coding{"raw.nut", "-c:v rawvideo -pix_fmt nv12", "rawvideo"},
        Coding{"prores.mov", "-c:v prores", "prores"}),
    [](const auto& test) {
        std::string name = std::get<0>(test.param);
        for (char& c : name) c = c == '.' ? '_' : c;
        return name;
    });

TEST(Decoder, PixelsEqualThoseOfTheFfmpegProgram) {
    const ClipFolder folder;
    const std::string clip = folder.make(
        "odd.mkv",
        "-f lavfi -i testsrc2=s=400x300:r=25:d=0.4 -vf scale=321:177,format=yuv420p -c:v ffv1");
    const std::vector<std::uint8_t> raw =
        folder.read(folder.make("odd.yuv", "-i '" + clip + "' -f rawvideo"));
    const Decoded decoded = decode_all(clip);
    ASSERT_EQ(decoded.error, "");
    const FrameFormat& format = decoded.info.format;
    ASSERT_EQ(format.width, 321);
    ASSERT_EQ(format.height, 177);
    ASSERT_EQ(decoded.frames.size(), 10u);
    ASSERT_EQ(raw.size(), 10u * (321 * 177 + 2 * 161 * 89));
    const std::uint8_t* expected = raw.data();
    const auto compare = [&](const std::uint8_t* plane, int width, int height, int stride) {
        for (int y = 0; y < height; ++y, plane += stride, expected += width) {
            ASSERT_EQ(std::memcmp(plane, expected, width), 0) << "row " << y;
            for (int x = width; x < stride; ++x) ASSERT_EQ(plane[x], plane[width - 1]) << "padding";
        }
    };
    for (std::size_t i = 0; i < decoded.frames.size(); ++i) {
        const FrameView frame = decoded.frame(i);
        compare(frame.luma(), 321, 177, format.luma_stride());
        compare(frame.cb(), 161, 89, format.chroma_stride());
        compare(frame.cr(), 161, 89, format.chroma_stride());
    }
}

class DecoderRotation : public testing::TestWithParam<int> {};

TEST_P(DecoderRotation, FramesComeUpright) {
    const int degrees = GetParam();
    const ClipFolder folder;
    const std::string stored =
        folder.make("stored.mp4", std::string(kQuadrants) + "-c:v libx264 -crf 10");
    // The muxer counts counter-clockwise.
    const std::string clip =
        folder.make("turned.mp4", "-i '" + stored + "' -c copy -metadata:s:v rotate=" +
                                      std::to_string((360 - degrees) % 360));
    const Decoded decoded = decode_all(clip);
    ASSERT_EQ(decoded.error, "");
    EXPECT_EQ(decoded.info.rotation_degrees, degrees);
    const bool portrait = degrees % 180 != 0;
    ASSERT_EQ(decoded.info.format.width, portrait ? 120 : 160);
    ASSERT_EQ(decoded.info.format.height, portrait ? 160 : 120);
    ASSERT_EQ(decoded.frames.size(), 5u);
    // Clockwise from the top left corner; a turn moves each on by one.
    const Yuv stored_colours[4] = {kRed, kLime, kWhite, kBlue};
    const int right = decoded.info.format.width - 20, bottom = decoded.info.format.height - 20;
    const std::pair<int, int> corners[4] = {{20, 20}, {right, 20}, {right, bottom}, {20, bottom}};
    for (int i = 0; i < 4; ++i) {
        const Yuv got = pixel(decoded.frame(4), corners[i].first, corners[i].second);
        const Yuv& expected = stored_colours[(i + 4 - degrees / 90) % 4];
        EXPECT_TRUE(near(got, expected, 4))
            << "corner " << i << ": " << got.y << " " << got.cb << " " << got.cr;
    }
}

INSTANTIATE_TEST_SUITE_P(All, DecoderRotation, testing::Values(0, 90, 180, 270));

TEST(Decoder, VariableFrameRateKeepsItsTimes) {
    const ClipFolder folder;
    const std::string clip = folder.make(
        "vfr.mp4", std::string(kNumbered) + "-vf 'setpts=(N*N+5)/30/TB,settb=1/30' -frames:v 20 " +
                       "-vsync passthrough -video_track_timescale 90000 -c:v libx264 -bf 2");
    const Decoded decoded = decode_all(clip);
    ASSERT_EQ(decoded.error, "");
    ASSERT_EQ(decoded.times_us.size(), 20u);
    for (int i = 0; i < 20; ++i) {
        EXPECT_EQ(decoded.times_us[i], us(i * i / 30.0)) << i;
        EXPECT_EQ(number_of(decoded.frame(i)), i);
    }
}

TEST(Decoder, EditListHidesWhatWasCutOff) {
    const ClipFolder folder;
    const std::string whole =
        folder.make("whole.mp4", std::string(kNumbered) + "-c:v libx264 -crf 5 -g 30 -bf 2");
    // Copying starts at the key frame before, and an edit list hides the frames up to 0.7 s.
    const std::string cut = folder.make("cut.mp4", "-ss 0.7 -i '" + whole + "' -c copy");
    const Decoded decoded = decode_all(cut);
    ASSERT_EQ(decoded.error, "");
    EXPECT_EQ(decoded.end.status, DecodeStatus::kEnd) << decoded.damage;
    ASSERT_EQ(decoded.frames.size(), 45u - 21u);
    for (std::size_t i = 0; i < decoded.frames.size(); ++i) {
        EXPECT_EQ(number_of(decoded.frame(i)), static_cast<int>(i) + 21);
        EXPECT_EQ(decoded.times_us[i], us(static_cast<double>(i) / 30));
    }
}

TEST(Decoder, StreamThatStartsLateStartsAtZero) {
    const ClipFolder folder;
    const std::string clip =
        folder.make("late.ts", std::string(kNumbered) + "-output_ts_offset 100 -c:v libx264 -bf 2");
    const Decoded decoded = decode_all(clip);
    ASSERT_EQ(decoded.error, "");
    ASSERT_EQ(decoded.times_us.size(), 45u);
    EXPECT_EQ(decoded.times_us[30], 1'000'000);
}

TEST(Decoder, RawStreamWithoutTimestampsFollowsItsFrameRate) {
    const ClipFolder folder;
    for (const char* b_frames : {"0", "2"}) {
        const std::string clip =
            folder.make(std::string("raw") + b_frames + ".h264",
                        std::string(kNumbered) + "-c:v libx264 -crf 5 -bf " + b_frames);
        const Decoded decoded = decode_all(clip);
        ASSERT_EQ(decoded.error, "");
        EXPECT_EQ(decoded.info.container, "h264");
        EXPECT_EQ(decoded.info.duration_us, 0);
        ASSERT_EQ(decoded.times_us.size(), 45u);
        for (int i = 0; i < 45; ++i) {
            EXPECT_EQ(number_of(decoded.frame(i)), i);
            EXPECT_NEAR(static_cast<double>(decoded.times_us[i]), i * 1e6 / 30, 1) << i;
        }
    }
}

TEST(Decoder, FullRangeIsKeptAndFlagged) {
    const ClipFolder folder;
    const std::string mp4 =
        folder.make("full.mp4",
                    "-f lavfi -i 'color=white:s=64x48:r=10:d=0.5' -vf scale=out_range=full "
                    "-pix_fmt yuvj420p -c:v libx264");
    const std::string avi = folder.make(
        "full.avi",
        "-f lavfi -i 'color=white:s=64x48:r=10:d=0.5' -pix_fmt yuvj422p -c:v mjpeg -q:v 2");
    for (const std::string& clip : {mp4, avi}) {
        const Decoded decoded = decode_all(clip);
        ASSERT_EQ(decoded.error, "");
        EXPECT_EQ(decoded.info.format.range, ColorRange::kFull) << clip;
        ASSERT_EQ(decoded.frames.size(), 5u);
        EXPECT_TRUE(near(pixel(decoded.frame(0), 30, 30), {255, 128, 128}, 1)) << clip;
    }
}

TEST(Decoder, ColourMatrixIsRecorded) {
    const ClipFolder folder;
    const auto matrix = [&](const std::string& name, const std::string& size,
                            const std::string& more) {
        const auto info = probe_video(
            folder.make(name, "-f lavfi -i color=red:s=" + size +
                                  ":r=10:d=0.2 -pix_fmt yuv420p -c:v libx264 -preset ultrafast " +
                                  more),
            {});
        EXPECT_TRUE(info.ok());
        return info.ok() ? info->format.matrix : ColorMatrix::kBt2020;
    };
    EXPECT_EQ(matrix("sd.mp4", "640x480", ""), ColorMatrix::kBt601);
    EXPECT_EQ(matrix("hd.mp4", "1280x720", ""), ColorMatrix::kBt709);
    EXPECT_EQ(matrix("sd709.mp4", "640x480", "-colorspace bt709"), ColorMatrix::kBt709);
    EXPECT_EQ(matrix("hd601.mp4", "1280x720", "-colorspace smpte170m"), ColorMatrix::kBt601);
    EXPECT_EQ(matrix("hd2020.mp4", "1280x720", "-colorspace bt2020nc"), ColorMatrix::kBt2020);
}

TEST(Decoder, SizeThatChangesMidwayIsScaledToTheFirst) {
    const ClipFolder folder;
    std::vector<std::uint8_t> both;
    const auto append = [&](const char* name, const char* source) {
        const auto part = folder.read(folder.make(
            name, std::string("-f lavfi -i ") + source +
                      " -vf scale=out_color_matrix=bt601 -pix_fmt yuv420p -c:v libx264"));
        both.insert(both.end(), part.begin(), part.end());
    };
    append("a.h264", "color=red:s=322x178:r=30:d=0.5");
    append("b.h264", "color=lime:s=640x480:r=30:d=0.5");
    append("c.h264", "color=blue:s=64x48:r=30:d=0.5");
    const Decoded decoded = decode_all(folder.write("both.h264", both));
    ASSERT_EQ(decoded.error, "");
    ASSERT_EQ(decoded.frames.size(), 45u);
    EXPECT_EQ(decoded.info.format.width, 322);
    EXPECT_EQ(decoded.info.format.height, 178);
    const Yuv colours[3] = {kRed, kLime, kBlue};
    for (std::size_t i = 0; i < 45; ++i) {
        for (const auto& [x, y] : {std::pair{0, 0}, {321, 177}, {160, 90}}) {
            EXPECT_TRUE(near(pixel(decoded.frame(i), x, y), colours[i / 15], 4)) << i;
        }
    }
}

TEST(Decoder, LumaIsThatOfThePictureBeforeItIsCopied) {
    const ClipFolder folder;
    const std::string source = "-f lavfi -i testsrc2=s=322x178:r=10:d=0.5 -c:v ";
    for (const std::string coding :
         {"libx264 -pix_fmt yuv420p", "libx264 -pix_fmt nv12", "libx264 -pix_fmt yuv444p"}) {
        const std::string clip = folder.make("clip.mp4", source + coding);
        const Decoded copied = decode_all(clip);
        ASSERT_EQ(copied.frames.size(), 5u) << copied.error;
        const FrameFormat& format = copied.info.format;
        auto opened = open_video(clip, {});
        ASSERT_TRUE(opened.ok()) << opened.error().message;
        Decoder& decoder = **opened;
        for (std::size_t i = 0; i < copied.frames.size(); ++i) {
            ASSERT_EQ(decoder.next()->status, DecodeStatus::kFrame);
            const LumaPlane luma = decoder.luma();
            ASSERT_NE(luma.pixels, nullptr) << coding;
            ASSERT_EQ(std::pair(luma.width, luma.height), std::pair(format.width, format.height));
            const std::uint8_t* pixels = copied.frames[i].data();
            for (int y = 0; y < luma.height; ++y) {
                ASSERT_EQ(std::memcmp(luma.pixels + y * luma.stride,
                                      pixels + std::ptrdiff_t{y} * format.luma_stride(), 322),
                          0)
                    << coding << ", frame " << i << ", row " << y;
            }
        }
    }
    for (const std::string coding : {"libx264 -pix_fmt yuv420p10le", "ffv1 -pix_fmt bgr0"}) {
        auto opened = open_video(folder.make("clip.mkv", source + coding), {});
        ASSERT_TRUE(opened.ok()) << opened.error().message;
        ASSERT_EQ((*opened)->next()->status, DecodeStatus::kFrame);
        EXPECT_EQ((*opened)->luma().pixels, nullptr) << coding;
    }
}

TEST(Decoder, ThreadCountChangesNothing) {
    const ClipFolder folder;
    const std::string clip = folder.make(
        "clip.mp4", "-f lavfi -i testsrc2=s=320x240:r=30:d=2 -c:v libx264 -bf 2 -pix_fmt yuv420p");
    const Decoded one = decode_all(clip, {.threads = 1});
    ASSERT_EQ(one.error, "");
    ASSERT_EQ(one.frames.size(), 60u);
    for (const int threads : {2, 4, 0}) {
        const Decoded several = decode_all(clip, {.threads = threads});
        EXPECT_EQ(several.times_us, one.times_us) << threads;
        EXPECT_EQ(several.frames, one.frames) << threads;
        EXPECT_EQ(several.info.format, one.info.format);
    }
}

TEST(Decoder, SeveralDecodersWorkSideBySide) {
    const ClipFolder folder;
    const std::string clip = folder.make(
        "clip.mp4", "-f lavfi -i testsrc2=s=320x240:r=30:d=1 -c:v libx264 -bf 2 -pix_fmt yuv420p");
    const std::string text = folder.write("text.mp4", {'t', 'e', 'x', 't'});
    const Decoded expected = decode_all(clip);
    ASSERT_EQ(expected.frames.size(), 30u);
    std::vector<Decoded> decoded(3);
    {
        std::vector<std::jthread> threads;
        for (Decoded& one : decoded) threads.emplace_back([&] { one = decode_all(clip); });
        threads.emplace_back([&] {
            for (int i = 0; i < 20; ++i) EXPECT_FALSE(open_video(text, {}).ok());
        });
    }
    for (const Decoded& one : decoded) {
        EXPECT_EQ(one.frames, expected.frames);
        EXPECT_EQ(one.times_us, expected.times_us);
    }
}

TEST(Decoder, SoundAndCoverPicturesAreIgnored) {
    const ClipFolder folder;
    const std::string cover =
        folder.make("cover.png", "-f lavfi -i color=red:s=500x500 -frames:v 1");
    const std::string clip = folder.make(
        "clip.mp4",
        "-f lavfi -i sine=d=2 -i '" + cover + "' " + kNumbered +
            "-map 0 -map 1 -map 2 -c:v:0 copy -disposition:v:0 attached_pic -c:v:1 libx264 "
            "-crf 5");
    const Decoded decoded = decode_all(clip);
    ASSERT_EQ(decoded.error, "");
    EXPECT_EQ(decoded.info.codec, "h264");
    EXPECT_EQ(decoded.end.status, DecodeStatus::kEnd) << decoded.damage;
    EXPECT_EQ(decoded.frames.size(), 45u);
    EXPECT_EQ(decoded.info.format.width, 64);
}

TEST(Decoder, LargestOfSeveralStreamsIsTaken) {
    const ClipFolder folder;
    const std::string clip = folder.make(
        "two.mp4",
        "-f lavfi -i color=red:s=64x48:d=0.5 -f lavfi -i color=blue:s=128x96:d=0.5 -map 0 -map 1 "
        "-c:v libx264 -pix_fmt yuv420p");
    const Decoded decoded = decode_all(clip);
    ASSERT_EQ(decoded.error, "");
    EXPECT_EQ(decoded.info.format.width, 128);
    EXPECT_EQ(decoded.frames.size(), 13u);
}

TEST(Probe, TellsWhatTheContainerTells) {
    const ClipFolder folder;
    const std::string clip =
        folder.make("clip.mp4", std::string(kNumbered) +
                                    "-metadata creation_time=2024-05-01T12:34:56Z -c:v libx264");
    const auto info = probe_video(clip, {});
    ASSERT_TRUE(info.ok()) << info.error().message;
    EXPECT_EQ(info->duration_us, 1'500'000);
    EXPECT_EQ(info->frame_rate, 30);
    EXPECT_EQ(info->estimated_frames, 45);
    EXPECT_EQ(info->codec, "h264");
    EXPECT_EQ(info->container, "mov,mp4,m4a,3gp,3g2,mj2");
    EXPECT_EQ(info->recorded_at, "2024-05-01T12:34:56Z");
    EXPECT_EQ(info->rotation_degrees, 0);
    EXPECT_EQ(info->format, decode_all(clip).info.format);
}

}  // namespace
}  // namespace dashcam
