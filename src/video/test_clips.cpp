#include "video/test_clips.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>

#include <gtest/gtest.h>

namespace dashcam {
namespace {

constexpr std::size_t kCanaryBytes = 64;
constexpr std::uint8_t kCanary = 0xA5;

}  // namespace

ClipFolder::ClipFolder() {
    std::string pattern = std::filesystem::temp_directory_path() / "dashcam_video_XXXXXX";
    if (::mkdtemp(pattern.data()) == nullptr) std::abort();
    folder_ = pattern;
}

ClipFolder::~ClipFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
}

std::string ClipFolder::make(const std::string& name, const std::string& arguments) const {
    const std::string command = "cd '" + folder_ + "' && ffmpeg -nostdin -v error -y -threads 1 " +
                                arguments + " '" + path(name) + "'";
    EXPECT_EQ(std::system(command.c_str()), 0) << command;
    return path(name);
}

std::string ClipFolder::write(const std::string& name,
                              const std::vector<std::uint8_t>& content) const {
    std::ofstream file(path(name), std::ios::binary);
    file.write(reinterpret_cast<const char*>(content.data()),
               static_cast<std::streamsize>(content.size()));
    EXPECT_TRUE(file.flush().good());
    return path(name);
}

std::vector<std::uint8_t> ClipFolder::read(const std::string& path) const {
    std::ifstream file(path, std::ios::binary);
    EXPECT_TRUE(file.good()) << path;
    return {std::istreambuf_iterator<char>(file), {}};
}

Decoded decode_all(const std::string& path, const DecoderOptions& options) {
    Decoded decoded;
    auto opened = open_video(path, options);
    if (!opened.ok()) {
        decoded.error = opened.error().message;
        return decoded;
    }
    Decoder& decoder = **opened;
    decoded.info = decoder.info();
    const std::size_t bytes = decoded.info.format.bytes();
    const auto free_aligned = [](std::uint8_t* p) { std::free(p); };
    // aligned_alloc wants a multiple of the alignment.
    const std::unique_ptr<std::uint8_t, decltype(free_aligned)> buffer(
        static_cast<std::uint8_t*>(std::aligned_alloc(64, (bytes + kCanaryBytes + 63) / 64 * 64)));
    while (true) {
        auto next = decoder.next();
        if (!next.ok()) {
            decoded.error = next.error().message;
            return decoded;
        }
        if (next->status != DecodeStatus::kFrame) {
            decoded.end = *next;
            break;
        }
        if (decoded.times_us.empty()) {
            EXPECT_EQ(next->time_us, 0) << path;
        } else {
            EXPECT_GT(next->time_us, decoded.times_us.back()) << path;
        }
        decoded.times_us.push_back(next->time_us);
        std::memset(buffer.get() + bytes, kCanary, kCanaryBytes);
        decoder.copy_to(buffer.get());
        EXPECT_EQ(std::count(buffer.get() + bytes, buffer.get() + bytes + kCanaryBytes, kCanary),
                  static_cast<std::ptrdiff_t>(kCanaryBytes))
            << path;
        decoded.frames.emplace_back(buffer.get(), buffer.get() + bytes);
    }
    decoded.damage = decoder.damage();
    EXPECT_EQ(decoded.damage.empty(), decoded.end.status == DecodeStatus::kEnd) << decoded.damage;
    const auto again = decoder.next();
    EXPECT_TRUE(again.ok() && again->status == decoded.end.status);
    return decoded;
}

Yuv pixel(const FrameView& frame, int x, int y) {
    const FrameFormat& format = frame.format;
    const std::ptrdiff_t chroma = std::ptrdiff_t{y / 2} * format.chroma_stride() + x / 2;
    return {frame.luma()[std::ptrdiff_t{y} * format.luma_stride() + x], frame.cb()[chroma],
            frame.cr()[chroma]};
}

bool near(const Yuv& a, const Yuv& b, int tolerance) {
    return std::abs(a.y - b.y) <= tolerance && std::abs(a.cb - b.cb) <= tolerance &&
           std::abs(a.cr - b.cr) <= tolerance;
}

std::uint64_t test_seed(std::uint64_t otherwise) {
    const char* given = std::getenv("DASHCAM_TEST_SEED");
    const std::uint64_t seed = given != nullptr ? std::strtoull(given, nullptr, 10) : otherwise;
    std::printf("DASHCAM_TEST_SEED=%llu\n", static_cast<unsigned long long>(seed));
    return seed;
}

}  // namespace dashcam
