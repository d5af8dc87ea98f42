#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <turbojpeg.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "report/page_pictures.h"
#include "report/verification.h"
#include "report/web_text.h"
#include "stores/testing/store_places.h"
#include "video/content_hash.h"

namespace dashcam {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

std::string jpeg(int width, int height) {
    std::string pixels(static_cast<std::size_t>(width) * height * 3, '\0');
    for (std::size_t i = 0; i < pixels.size(); ++i) pixels[i] = static_cast<char>(i * i / 7);
    tjhandle encoder = tjInitCompress();
    unsigned char* data = nullptr;
    unsigned long bytes = 0;
    EXPECT_EQ(tjCompress2(encoder, reinterpret_cast<unsigned char*>(pixels.data()), width, 0,
                          height, TJPF_RGB, &data, &bytes, TJSAMP_420, 90, 0),
              0);
    std::string out(reinterpret_cast<char*>(data), bytes);
    tjFree(data);
    tjDestroy(encoder);
    return out;
}

void write(const std::string& path, const std::string& content) {
    std::ofstream(path, std::ios::binary) << content;
}

TEST(WebText, NothingInAScriptEndsIt) {
    const std::string text = "</script><!-- &amp; \xe2\x80\xa8 \xff \"'\n";
    const std::string json = script_json({{"name", text}});
    EXPECT_EQ(json.find_first_of("<>&\n"), std::string::npos);
    for (const char c : json) EXPECT_LT(static_cast<unsigned char>(c), 0x80);
    EXPECT_EQ(nlohmann::json::parse(json)["name"],
              "</script><!-- &amp; \xe2\x80\xa8 \xef\xbf\xbd \"'\n");
}

// RFC 4648, section 10.
TEST(WebText, Base64) {
    EXPECT_EQ(base64(""), "");
    EXPECT_EQ(base64("f"), "Zg==");
    EXPECT_EQ(base64("fo"), "Zm8=");
    EXPECT_EQ(base64("foobar"), "Zm9vYmFy");
    EXPECT_EQ(base64(std::string("\0\xff\xfe", 3)), "AP/+");
    EXPECT_EQ(bytes_of_hex("00ff7a"), std::string("\0\xffz", 3));
}

TEST(PagePictures, AreMadeSmallerAndDamageIsSeen) {
    const std::string large = jpeg(800, 400);
    EXPECT_TRUE(is_whole_jpeg(large));
    EXPECT_FALSE(is_whole_jpeg(large.substr(0, large.size() / 2)));
    EXPECT_FALSE(is_whole_jpeg("no picture"));
    EXPECT_FALSE(is_whole_jpeg(""));
    const auto fitted = fitted_jpeg(large, 200);
    ASSERT_TRUE(fitted.ok()) << fitted.error().message;
    EXPECT_LT(fitted->size(), large.size());
    EXPECT_TRUE(is_whole_jpeg(*fitted));
    EXPECT_FALSE(fitted_jpeg("no picture", 200).ok());
    const TemporaryFolder folder;
    const auto missing = picture_file_bytes(folder.path() + "/none\n.jpg");
    ASSERT_FALSE(missing.ok());
    EXPECT_THAT(missing.error().message, HasSubstr("none\\x0A.jpg"));
}

TEST(Verification, OnlyPathsBelowCropsArePictures) {
    EXPECT_TRUE(is_picture_path("crops/ab/1-2-vehicle.jpg"));
    for (const char* path : {"", "/etc/passwd", "crops/../../x.jpg", "../crops/x.jpg", "x.jpg"})
        EXPECT_FALSE(is_picture_path(path)) << path;
}

TEST(Verification, AClipIsLookedForWhereItWasBesideItAndElsewhere) {
    const TemporaryFolder card, archive;
    const std::string path = card.path() + "/a.mp4";
    write(path, "content");
    VideoRow video;
    video.path = path;
    video.id = *content_hash(path);
    video.bytes = 7;
    EXPECT_TRUE(locate_clip(video, {}).as_recorded);
    fs::rename(path, card.path() + "/b.mp4");
    EXPECT_EQ(locate_clip(video, {}).state, DiscrepancyState::kMoved);
    EXPECT_EQ(locate_clip(video, {}).path, card.path() + "/b.mp4");
    fs::copy_file(card.path() + "/b.mp4", archive.path() + "/c.mp4");
    fs::remove(card.path() + "/b.mp4");
    EXPECT_EQ(locate_clip(video, {}).state, DiscrepancyState::kGone);
    EXPECT_EQ(locate_clip(video, {archive.path() + "/c.mp4"}).state, DiscrepancyState::kMoved);
    write(path, "Content");
    EXPECT_EQ(locate_clip(video, {}).state, DiscrepancyState::kChanged);
    EXPECT_EQ(locate_clip(video, {archive.path() + "/c.mp4"}).state, DiscrepancyState::kMoved);
}

}  // namespace
}  // namespace dashcam
