#include "video/picture_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "video/test_clips.h"

namespace dashcam {
namespace {

using testing::HasSubstr;

// A red picture whose upper left quarter is blue.
std::string picture(const ClipFolder& folder, const std::string& name,
                    const std::string& options = "") {
    return folder.make(name,
                       "-f lavfi -i color=red:size=64x48 -f lavfi -i color=blue:size=32x24 "
                       "-filter_complex overlay -frames:v 1 " +
                           options);
}

TEST(PictureFile, KindsAreToldByTheirFirstBytes) {
    const ClipFolder folder;
    for (const char* name : {"a.jpg", "a.png", "a.bmp", "a.tiff"}) {
        const std::string path = picture(folder, name);
        const std::string other = folder.write("picture", folder.read(path));
        const auto read = read_picture(other);
        ASSERT_TRUE(read.ok()) << name << ": " << read.error().message;
        EXPECT_EQ(read->damage, "") << name;
        EXPECT_EQ(read->format.width, 64);
        EXPECT_EQ(read->format.height, 48);
        const Yuv blue = pixel(read->view(), 8, 8);
        const Yuv red = pixel(read->view(), 56, 40);
        EXPECT_GT(blue.cb, blue.cr) << name;
        EXPECT_GT(red.cr, red.cb) << name;
    }
}

TEST(PictureFile, ErrorsNameTheFileAndTheCause) {
    const ClipFolder folder;
    const auto message = [](const std::string& path) {
        const auto read = read_picture(path);
        return read.ok() ? "" : read.error().message;
    };
    EXPECT_THAT(message(folder.path("none\n.jpg")), HasSubstr("none\\x0A.jpg"));
    EXPECT_THAT(message(folder.write("empty.jpg", {})), HasSubstr("empty.jpg"));
    EXPECT_THAT(message(folder.write("text.jpg", {'h', 'e', 'l', 'l', 'o'})),
                HasSubstr("text.jpg"));
    EXPECT_NE(message(folder.path("")), "") << "a folder";
}

TEST(PictureFile, ACutOffPictureIsDamagedOrRefused) {
    const ClipFolder folder;
    auto bytes = folder.read(picture(folder, "a.jpg", "-q:v 2"));
    for (std::size_t length = bytes.size() - 2; length > 0; length = length * 3 / 4) {
        const std::vector<std::uint8_t> cut(bytes.begin(),
                                            bytes.begin() + static_cast<std::ptrdiff_t>(length));
        const auto read = read_picture(folder.write("cut.jpg", cut));
        if (read.ok() && length < bytes.size() * 3 / 4) {
            EXPECT_NE(read->damage, "") << length << " bytes";
        }
    }
}

}  // namespace
}  // namespace dashcam
