#pragma once

#include <gtest/gtest.h>

#include <cstring>

#include "pipeline/task_queue/queue_test_support.h"

namespace dashcam::test {

inline constexpr auto kDetect = Category::kVehicleDetect;
inline constexpr auto kTrack = Category::kVehicleTrack;
inline constexpr auto kPlate = Category::kPlateDetect;
inline constexpr auto kSmooth = Category::kPlateSmooth;
inline constexpr auto kSummary = Category::kSummary;
inline constexpr auto kWrite = Category::kFinalWrite;

// One video is open; main and two workers act.
class TaskQueueTest : public testing::Test {
  protected:
    explicit TaskQueueTest(const ControlSizes& sizes = tiny_sizes(),
                           const QueueLimits& limits = wide_limits())
        : control(make_queue(sizes, limits)),
          main(control, 0),
          worker(control, 1),
          other(control, 2) {
        stream = *main.open_stream({});
    }

    FrameRef reserve(std::uint32_t index) {
        const std::optional<FrameRef> frame = main.reserve_frame(stream, index, kTinyFormat);
        EXPECT_TRUE(frame.has_value());
        return frame.value_or(FrameRef{});
    }
    std::uint32_t take(TaskQueue& queue, Category category) {
        const std::optional<std::uint32_t> task = claim_one(queue, category);
        EXPECT_TRUE(task.has_value()) << to_string(category);
        return task.value_or(0);
    }
    void finish(Category category, const Completion& completion = {}) {
        worker.complete(take(worker, category), completion);
    }
    // Admits the video's ordered task 0 and completes it, so that these tracks are open.
    void open_tracks(std::initializer_list<std::uint32_t> keys) {
        std::uint64_t sequence = 0;
        for (const std::uint32_t key : keys) {
            main.admit(stream, make_spec(kTrack, StateAccess::kOrdered, 0, sequence++));
            finish(kTrack, make_completion({}, StateChange::kUpdate, {key}));
        }
    }
    BacklogSnapshot::Line line(Category category) const {
        return snapshot(control).categories[index(category)];
    }
    FrameWord frame_word(FrameRef frame) const { return control.frames()[frame.slot].word.load(); }
    StateWord stream_word() const { return control.states()[stream].word.load(); }
    template <typename T>
    void write_next(std::uint32_t task, const T& value) {
        std::memcpy(worker.next_state(task).data(), &value, sizeof(T));
    }

    ControlRegion control;
    TaskQueue main, worker, other;
    std::uint32_t stream = 0;
};

}  // namespace dashcam::test
