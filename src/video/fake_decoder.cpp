#include "video/fake_decoder.h"

#include <cmath>
#include <cstring>
#include <utility>
#include <vector>

#include "base/check.h"
#include "video/printable_path.h"

namespace dashcam {
namespace {

// The index is stored in the first pixels.
constexpr int kIndexBytes = sizeof(std::int64_t);

class FakeDecoder final : public Decoder {
  public:
    explicit FakeDecoder(const FakeVideo& video) : video_(video) {
        CHECK(video.width >= kIndexBytes && video.height > 0 && video.frame_rate > 0);
        info_.format.width = video.width;
        info_.format.height = video.height;
        info_.duration_us = time_of(video.frames);
        info_.frame_rate = video.frame_rate;
        info_.estimated_frames = video.frames;
        info_.codec = "fake";
        info_.container = "fake";
    }

    const VideoInfo& info() const override { return info_; }

    Result<NextFrame> next() override {
        has_frame_ = false;
        const bool complete = video_.ending == FakeEnding::kComplete;
        const std::int64_t last = complete ? video_.frames : video_.frames_before_ending;
        if (index_ + 1 < last) {
            has_frame_ = true;
            return NextFrame{DecodeStatus::kFrame, time_of(++index_)};
        }
        const std::int64_t time_us = index_ < 0 ? 0 : time_of(index_);
        const std::string name = printable_path(video_.name);
        switch (video_.ending) {
            case FakeEnding::kComplete:
                return NextFrame{DecodeStatus::kEnd, time_us};
            case FakeEnding::kTruncated:
                damage_ = name + " was cut off";
                return NextFrame{DecodeStatus::kTruncated, time_us};
            case FakeEnding::kCorrupt:
                damage_ = name + " is damaged: 1 damaged packet";
                return NextFrame{DecodeStatus::kCorrupt, time_us};
            case FakeEnding::kError:
                break;
        }
        return Error{name + " could not be read (fake error)"};
    }

    void copy_to(std::uint8_t* pixels) override {
        CHECK(has_frame_);
        fake_pixels(info_.format, index_, pixels);
    }

    const std::string& damage() const override { return damage_; }

  private:
    std::int64_t time_of(std::int64_t index) const {
        return std::llround(static_cast<double>(index) * 1e6 / video_.frame_rate);
    }

    FakeVideo video_;
    VideoInfo info_;
    std::int64_t index_ = -1;
    bool has_frame_ = false;
    std::string damage_;
};

}  // namespace

std::unique_ptr<Decoder> make_fake_decoder(const FakeVideo& video) {
    return std::make_unique<FakeDecoder>(video);
}

void fake_pixels(const FrameFormat& format, std::int64_t index, std::uint8_t* pixels) {
    CHECK(format.width >= kIndexBytes);
    const std::size_t luma_bytes = static_cast<std::size_t>(format.luma_stride()) * format.height;
    // Planes are filled in one go, padding included: a slanted ramp that moves with the index.
    for (std::size_t i = 0; i < format.bytes(); ++i) {
        const std::size_t slope = i < luma_bytes ? 1 : 3;
        pixels[i] = static_cast<std::uint8_t>(slope * i + static_cast<std::uint64_t>(index) * 7);
    }
    std::memcpy(pixels, &index, kIndexBytes);
}

std::optional<std::int64_t> fake_index(const FrameView& frame) {
    if (frame.format.width < kIndexBytes || frame.format.height < 1) return std::nullopt;
    std::int64_t index = 0;
    std::memcpy(&index, frame.pixels, kIndexBytes);
    std::vector<std::uint8_t> expected(frame.format.bytes());
    fake_pixels(frame.format, index, expected.data());
    if (std::memcmp(expected.data(), frame.pixels, expected.size()) != 0) return std::nullopt;
    return index;
}

}  // namespace dashcam
