#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string>

#include "base/frame_view.h"
#include "base/result.h"
#include "pipeline/stages/messages.h"
#include "pipeline/task_queue/task_queue.h"

namespace dashcam {

// What a stage gets of its task.
struct StageInput {
    const TaskSlot& task;
    FrameView frame;                   // of payload_ref; no pixels if the task has no frame
    std::span<const std::byte> state;  // current version; empty: nothing yet. Exclusive tasks only
    std::span<std::byte> next_state;   // where kUpdate's version goes. Exclusive tasks only
    const VideoDescription& video;
    std::uint32_t damages = 0;  // tasks of this video that were set aside so far
    std::span<const std::uint32_t> open_tracks = {};  // for settle() only
};

// Rows that a task wrote, for the HUD's totals.
struct RowTally {
    std::uint32_t vehicles = 0;
    std::uint32_t plates = 0;  // of those, with a plate confirmed or probable
    std::uint32_t videos = 0;  // finished
    std::uint32_t failed_videos = 0;
    std::string plate;  // text of a vehicle whose plate is confirmed or probable
    bool is_confirmed = false;
};

struct StageOutput : Completion {
    RowTally rows;
};

// One category's work. `run` is a function of its input: the same input gives the same completion
// and the same files, however often and wherever it is done, since a task may be done again after a
// crash.
class Stage {
  public:
    virtual ~Stage() = default;
    // `output` comes empty. An Error fails the task: it is tried again, and set aside after some
    // attempts.
    virtual Result<void> run(const StageInput& input, StageOutput& output) = 0;
    // True if it was no fault of the task that run() failed last: what all tasks of this category
    // need is out of reach, and was waited for.
    virtual bool is_cut_off() const { return false; }
};

// What main does with a task that was set aside, so that the rest of its video goes on: the frame
// counts as without vehicles, the look as without a plate, the track as without a row. Never fails.
void settle(const StageInput& input, Completion& completion);

// The state of a task as a struct; value-initialised if nothing was written yet.
template <typename T>
T state_as(std::span<const std::byte> state) {
    static_assert(std::is_trivially_copyable_v<T>);
    T value{};
    if (!state.empty()) {
        CHECK(state.size() >= sizeof(T));
        std::memcpy(static_cast<void*>(&value), state.data(), sizeof(T));
    }
    return value;
}
template <typename T>
void put_state(std::span<std::byte> state, const T& value) {
    static_assert(std::is_trivially_copyable_v<T>);
    CHECK(state.size() >= sizeof(T));
    std::memcpy(state.data(), static_cast<const void*>(&value), sizeof(T));
}

// A follow-up of `task` on its frame: the frame stays alive for it.
TaskSpec on_same_frame(const TaskSlot& task, Category category, StateAccess access,
                       std::uint32_t state_key);
// A follow-up that needs no frame.
TaskSpec without_frame(const TaskSlot& task, Category category, StateAccess access,
                       std::uint32_t state_key);
// The last task of a video: it runs when all tracks are written.
TaskSpec finish_video_task(const TaskSlot& task, const VideoEnd& end);

}  // namespace dashcam
