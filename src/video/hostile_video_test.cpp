#include <chrono>
#include <cstdlib>
#include <iostream>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "video/clip_mutator.h"
#include "video/content_hash.h"
#include "video/probe.h"
#include "video/test_clips.h"

// Clips that were made to break a reader, in several containers and codecs: no crash (the sanitizer
// build looks on), no hang, no picture beyond the limits, and the same result each time. From the
// environment: DASHCAM_TEST_SEED, of the first mutant (the next has the next number);
// DASHCAM_MUTANTS, how many.

namespace dashcam {
namespace {

// A mutant has at most some hundred small pictures. Sanitizers and a busy machine are slow.
constexpr auto kPatience = std::chrono::seconds(60);
constexpr int kMostPixels = 640;

struct Recipe {
    const char* name;
    int width;
    int height;
    const char* encoder;
};

constexpr Recipe kRecipes[] = {
    {"h264.mp4", 96, 64, "-c:v libx264 -g 5 -pix_fmt yuv420p"},
    {"sound.mp4", 80, 48, "-f lavfi -i sine=d=0.4 -c:v libx264 -g 5 -pix_fmt yuv420p -c:a aac"},
    {"fragments.mp4", 96, 64,
     "-c:v libx264 -g 4 -pix_fmt yuv420p -movflags frag_keyframe+empty_moov"},
    {"hevc.mp4", 96, 64, "-c:v libx265 -x265-params log-level=none -g 5 -pix_fmt yuv420p"},
    {"h264.mkv", 64, 96, "-c:v libx264 -g 5 -pix_fmt yuv420p"},
    {"vp9.webm", 96, 64, "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -g 5"},
    {"mjpeg.avi", 96, 64, "-c:v mjpeg -pix_fmt yuvj422p"},
    {"mpeg4.avi", 112, 80, "-c:v mpeg4 -g 5"},
    {"h264.ts", 96, 64, "-c:v libx264 -g 5 -pix_fmt yuv420p"},
    {"small.ts", 48, 32, "-c:v libx264 -g 5 -pix_fmt yuv420p"},
    {"mpeg2.ts", 96, 64, "-c:v mpeg2video -g 5"},
    {"mjpeg.mov", 96, 64,
     "-c:v mjpeg -pix_fmt yuvj420p -metadata creation_time=2024-05-01T12:00:00"},
    {"raw.h264", 96, 64, "-c:v libx264 -g 5 -pix_fmt yuv420p"},
    {"flv1.flv", 96, 64, "-c:v flv1 -g 5"},
};

std::vector<ClipMutator::Base> bases(const ClipFolder& folder) {
    std::vector<ClipMutator::Base> made;
    for (const Recipe& recipe : kRecipes) {
        const std::string size = std::to_string(recipe.width) + "x" + std::to_string(recipe.height);
        const std::string path = folder.make(
            recipe.name, "-f lavfi -i testsrc2=s=" + size + ":r=25:d=0.4 " + recipe.encoder);
        const Decoded whole = decode_all(path);
        EXPECT_EQ(whole.error, "") << recipe.name;
        EXPECT_GE(whole.frames.size(), 8u) << recipe.name;
        made.push_back({recipe.name, folder.read(path), recipe.width, recipe.height});
    }
    return made;
}

DecoderOptions small_limits() {
    DecoderOptions options;
    options.max_width = kMostPixels;
    options.max_height = kMostPixels;
    return options;
}

std::string outcome_of(const Decoded& decoded) {
    if (!decoded.error.empty()) return decoded.times_us.empty() ? "refused" : "broke off";
    switch (decoded.end.status) {
        case DecodeStatus::kTruncated:
            return "cut off";
        case DecodeStatus::kCorrupt:
            return "damaged";
        default:
            return "whole";
    }
}

TEST(HostileVideo, MutantsOfValidClips) {
    const ClipFolder folder;
    const ClipMutator mutator(bases(folder));
    const std::uint64_t seed = test_seed(20'240'501);
    const char* asked = std::getenv("DASHCAM_MUTANTS");
    const int count = asked != nullptr ? std::atoi(asked) : 300;
    std::map<std::string, int> outcomes;
    for (int i = 0; i < count && !testing::Test::HasFailure(); ++i) {
        const std::uint64_t number = seed + static_cast<std::uint64_t>(i);
        const Mutant mutant = mutator.make(number);
        // Before it is read: a crash leaves the number of its mutant as the last line.
        std::cout << "mutant " << number << ": " << mutant.what << std::endl;
        const std::string path = folder.write(mutant.name, mutant.content);
        const auto start = std::chrono::steady_clock::now();

        const Decoded decoded = decode_all(path, small_limits());
        EXPECT_LT(std::chrono::steady_clock::now() - start, kPatience) << "mutant " << number;
        ++outcomes[outcome_of(decoded)];
        for (const std::string& text : {decoded.error, decoded.damage}) {
            if (text.empty()) continue;
            EXPECT_NE(text.find(mutant.name), std::string::npos) << text;
            EXPECT_EQ(text.find('\n'), std::string::npos) << text;
        }
        if (!decoded.frames.empty()) {
            EXPECT_LE(decoded.info.format.width, kMostPixels) << "mutant " << number;
            EXPECT_LE(decoded.info.format.height, kMostPixels) << "mutant " << number;
        }
        // What main does with every clip before it is decoded.
        const auto probed = probe_video(path, small_limits());
        EXPECT_TRUE(probed.ok() || !decoded.error.empty()) << probed.error().message;
        EXPECT_TRUE(content_hash(path).ok() || mutant.content.empty());

        if (i % 8 == 0) {
            const Decoded again = decode_all(path, small_limits());
            EXPECT_EQ(again.error, decoded.error) << "mutant " << number;
            EXPECT_EQ(again.damage, decoded.damage) << "mutant " << number;
            EXPECT_EQ(again.times_us, decoded.times_us) << "mutant " << number;
            EXPECT_TRUE(again.frames == decoded.frames) << "mutant " << number;
        }
    }
    for (const auto& [outcome, times] : outcomes)
        std::cout << outcome << ": " << times << " mutants" << std::endl;
    // A mutator that breaks all or nothing would test little.
    if (count >= 100) {
        EXPECT_GE(outcomes.size(), 4u);
    }
}

}  // namespace
}  // namespace dashcam
