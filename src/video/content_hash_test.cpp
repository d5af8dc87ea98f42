#include "video/content_hash.h"

#include <cstdint>
#include <cstdio>
#include <random>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <xxhash.h>

#include "video/test_clips.h"

namespace dashcam {
namespace {

using testing::HasSubstr;

TEST(ContentHash, OfNothingIsThePublishedValue) {
    const ClipFolder folder;
    const auto hash = content_hash(folder.write("empty", {}));
    ASSERT_TRUE(hash.ok());
    // XXH3-128 of zero bytes with seed 0, from xxHash's own test vectors.
    EXPECT_EQ(*hash, "99aa06d3014798d86001c324468d497f");
}

TEST(ContentHash, EqualsTheOneShotFunctionAtEverySize) {
    const ClipFolder folder;
    std::mt19937_64 random(test_seed(3));
    for (const std::size_t size : {1u, 240u, 241u, 262'143u, 262'144u, 262'145u, 1'000'000u}) {
        std::vector<std::uint8_t> content(size);
        for (auto& byte : content) byte = static_cast<std::uint8_t>(random());
        const XXH128_hash_t expected = XXH3_128bits(content.data(), content.size());
        char text[33];
        std::snprintf(text, sizeof text, "%016llx%016llx",
                      static_cast<unsigned long long>(expected.high64),
                      static_cast<unsigned long long>(expected.low64));
        const auto hash = content_hash(folder.write("file", content));
        ASSERT_TRUE(hash.ok());
        EXPECT_EQ(*hash, text) << size;
    }
}

TEST(ContentHash, NamesTheFileThatCannotBeRead) {
    const ClipFolder folder;
    const auto none = content_hash(folder.path("none.mp4"));
    ASSERT_FALSE(none.ok());
    EXPECT_THAT(none.error().message, HasSubstr("none.mp4' does not exist"));
    EXPECT_FALSE(content_hash(folder.path("")).ok());
    EXPECT_FALSE(content_hash("/dev/zero").ok());
}

}  // namespace
}  // namespace dashcam
