#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <random>
#include <span>
#include <vector>

#include "pipeline/task_queue/task_queue.h"

// For tests: the real pipeline's shape with arithmetic in place of pictures. Every stage is a pure
// function, so that what the queue has to deliver is known: VEHICLE_DETECT -> ordered VEHICLE_TRACK
// with births -> looks (PLATE_DETECT -> OCR -> exclusive PLATE_SMOOTH) -> barrier SUMMARY ->
// closing FINAL_WRITE, and a FINAL_WRITE that closes the video when all else of it is done.
namespace dashcam::test {

constexpr std::uint32_t kFramesPerVideo = 10;
constexpr std::uint32_t kMiniatureLive = 3;    // tracks alive at once
constexpr std::uint32_t kMiniatureBirths = 2;  // in one frame
constexpr std::uint32_t kMiniatureLooks = 3;   // in one frame
constexpr std::uint32_t kKeysPerVideo = 1 + kFramesPerVideo * kMiniatureBirths;

// Payload of every task.
struct Item {
    std::uint32_t video = 0;
    std::uint32_t frame = 0;
    std::uint32_t track = 0;  // 0: of the video
    std::uint32_t looks = 0;
    std::uint64_t sum = 0;
    bool operator==(const Item&) const = default;
};

struct VideoState {
    std::uint32_t frames = 0;
    std::uint32_t keys = 0;  // tracks born so far
    std::uint64_t hash = 0;  // depends on the order of the frames
    BoundedVector<std::uint32_t, kMiniatureLive> live;
};

struct TrackState {
    std::uint32_t looks = 0;
    std::uint64_t sum = 0;  // does not depend on the order of the looks
};

// The outside effects: what FINAL_WRITE stores. Writing it twice changes nothing. Key 0 is the
// video's row.
struct Row {
    std::uint32_t written = 0;
    std::uint32_t count = 0;
    std::uint64_t value = 0;
    bool operator==(const Row&) const = default;
};
using VideoRows = std::array<Row, kKeysPerVideo>;

// What a serial run of one video makes.
struct Reference {
    VideoRows rows{};
    std::array<std::uint64_t, kCategories> tasks{};
};
Reference reference_of(std::uint32_t video);

ControlSizes miniature_sizes(std::uint32_t frames, std::uint32_t streams, std::uint32_t workers);
// The tightest that can work: one frame at a time before its looks, nothing ready while a frame is
// taken.
QueueLimits tightest_limits();

// Runs the stage of a leased task: writes its next state and its row, and says what to complete it
// with.
Completion run_stage(TaskQueue& queue, std::uint32_t task, std::span<VideoRows> rows);

// The readers, one step at a time.
class MiniatureReader {
  public:
    MiniatureReader(const ControlRegion& control, std::uint32_t videos)
        : queue_(control, 0), videos_(videos) {}

    // Opens a video, reserves a frame, admits it or gives it back. False: nothing was possible.
    bool step(std::mt19937_64& random);
    // No more videos are opened.
    void stop_opening() { videos_ = opened_; }
    bool done() const { return opened_ == videos_ && open_.empty(); }
    std::uint32_t opened() const { return opened_; }
    // The item that the last step admitted.
    std::optional<Item> admitted() const { return admitted_; }

  private:
    struct OpenVideo {
        std::uint32_t stream = 0;
        std::uint32_t video = 0;
        std::uint32_t frame = 0;
        std::optional<FrameRef> reserved;
    };
    bool open_next();
    bool advance(std::size_t which, bool cancel);

    TaskQueue queue_;
    std::uint32_t videos_;
    std::uint32_t opened_ = 0;
    std::vector<OpenVideo> open_;
    std::optional<Item> admitted_;
};

}  // namespace dashcam::test
