#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "video/decoder.h"

namespace dashcam {

// How a fake clip ends.
enum class FakeEnding {
    kComplete,   // after all its frames
    kTruncated,  // as a file that was cut off
    kCorrupt,    // as a file with damaged packets
    kError,      // next() returns an Error
};

// A clip that exists only in memory, for tests of what is built on a decoder.
struct FakeVideo {
    std::string name = "fake.mp4";  // in messages
    std::int64_t frames = 30;
    std::int32_t width = 64;  // at least 8
    std::int32_t height = 48;
    double frame_rate = 30;
    FakeEnding ending = FakeEnding::kComplete;
    // Frames that come before an ending that is not complete.
    std::int64_t frames_before_ending = 0;
};

// Frame k is fake_pixels(k) at round(k * 1e6 / frame_rate) microseconds.
std::unique_ptr<Decoder> make_fake_decoder(const FakeVideo& video);

// Fills a frame with the pattern of frame `index`: it differs from those of all other indices.
// Precondition: the format is at least 8 pixels wide.
void fake_pixels(const FrameFormat& format, std::int64_t index, std::uint8_t* pixels);

// The index of the frame that fake_pixels() wrote, or nothing if a single pixel is not as it was
// written.
std::optional<std::int64_t> fake_index(const FrameView& frame);

}  // namespace dashcam
