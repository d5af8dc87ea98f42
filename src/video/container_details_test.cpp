#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include <fcntl.h>

#include <gtest/gtest.h>

#include "video/mp4_boxes.h"
#include "video/recording_time.h"
#include "video/regular_file.h"
#include "video/test_clips.h"

namespace dashcam {
namespace {

TEST(RecordingTime, IsUtcOnEveryMachine) {
    ASSERT_EQ(::setenv("TZ", "Asia/Tokyo", 1), 0);
    ::tzset();
    EXPECT_EQ(recording_time("2024-05-01T12:34:56.000000Z"), "2024-05-01T12:34:56Z");
    EXPECT_EQ(recording_time("2024-05-01 12:34:56"), "2024-05-01T12:34:56Z");
    EXPECT_EQ(recording_time("2024-05-01T12:34:56.25Z"), "2024-05-01T12:34:56.250000Z");
    EXPECT_EQ(recording_time("2024-05-01T12:34:56+02:00"), "2024-05-01T10:34:56Z");
}

TEST(RecordingTime, UnsetClocksAndNonsenseAreUnknown) {
    for (const char* text : {"", "now", "1904-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "yesterday",
                             "2024", "2024-13-45T00:00:00Z"}) {
        EXPECT_EQ(recording_time(text), "") << text;
    }
}

using Bytes = std::vector<std::uint8_t>;

Bytes box(std::uint32_t size, const std::string& type, std::size_t content) {
    Bytes bytes;
    for (int shift = 24; shift >= 0; shift -= 8)
        bytes.push_back(static_cast<std::uint8_t>(size >> shift));
    bytes.insert(bytes.end(), type.begin(), type.end());
    bytes.resize(bytes.size() + content);
    return bytes;
}

Bytes operator+(Bytes a, const Bytes& b) {
    a.insert(a.end(), b.begin(), b.end());
    return a;
}

TEST(Mp4Boxes, TellsWhetherTheIndexIsThere) {
    const ClipFolder folder;
    const auto structure = [&](const Bytes& bytes) {
        auto file = RegularFile::open(folder.write("file", bytes));
        EXPECT_TRUE(file.ok());
        return mp4_structure(file->descriptor());
    };
    const Bytes start = box(20, "ftyp", 12);
    EXPECT_EQ(structure({}), Mp4Structure::kNotMp4);
    EXPECT_EQ(structure({1, 2, 3}), Mp4Structure::kNotMp4);
    EXPECT_EQ(structure(Bytes(1000)), Mp4Structure::kNotMp4);
    EXPECT_EQ(structure(start), Mp4Structure::kIndexMissing);
    EXPECT_EQ(structure(start + box(0, "mdat", 500)), Mp4Structure::kIndexMissing);
    EXPECT_EQ(structure(start + box(9999, "mdat", 500)), Mp4Structure::kIndexMissing);
    EXPECT_EQ(structure(start + box(508, "mdat", 500) + box(58, "moov", 50)),
              Mp4Structure::kIndexComplete);
    EXPECT_EQ(structure(start + box(508, "mdat", 500) + box(58, "moov", 40)),
              Mp4Structure::kIndexCutOff);
    EXPECT_EQ(structure(start + box(4, "free", 500)), Mp4Structure::kIndexMissing);
    // A size of 64 bits.
    Bytes large = box(1, "mdat", 8 + 500);
    large[8 + 6] = (508 + 8) >> 8;
    large[8 + 7] = (508 + 8) & 255;
    EXPECT_EQ(structure(start + large + box(58, "moov", 50)), Mp4Structure::kIndexComplete);
    large[8] = 0xFF;
    EXPECT_EQ(structure(start + large + box(58, "moov", 50)), Mp4Structure::kIndexMissing);
}

}  // namespace
}  // namespace dashcam
