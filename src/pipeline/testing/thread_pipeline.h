#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "inference/fake_drive.h"
#include "pipeline/control_region/control_layout.h"
#include "pipeline/stages/messages.h"
#include "pipeline/task_queue/category.h"
#include "pipeline/testing/shared_store.h"

namespace dashcam {

// The whole pipeline in one process, for tests: the real queue, frame store, readers, worker loops
// and stages; the workers are threads, the networks are fake ones, and the videos are fake drives
// whose truth is known.

// A drive that can be read as a video. Its frames are painted once.
class FakeVideoFile {
  public:
    FakeVideoFile(std::string id, const FakeDrive::Options& options, std::uint32_t repeats = 1);

    // The same content under another id, sharing its pixels.
    std::unique_ptr<FakeVideoFile> copy(std::string id) const {
        auto other = std::make_unique<FakeVideoFile>(*this);
        other->id_ = std::move(id);
        return other;
    }

    const std::string& id() const { return id_; }
    std::string path() const { return "/fake/" + id_ + ".mp4"; }
    const FakeDrive& drive() const { return drive_; }
    std::uint32_t frames() const { return drive_.options().frames * repeats_; }
    const std::vector<std::uint8_t>& pixels(std::uint32_t frame) const {
        return (*frames_)[frame % frames_->size()];
    }
    std::int64_t time_us(std::uint32_t frame) const { return std::int64_t{frame} * 1'000'000 / 30; }

  private:
    std::string id_;
    FakeDrive drive_;
    std::uint32_t repeats_;
    std::shared_ptr<std::vector<std::vector<std::uint8_t>>> frames_;  // never written to
};

// How one run goes. All that is random in it follows from `seed`, but for the threads' timing.
struct Schedule {
    std::uint64_t seed = 1;
    std::uint32_t gpu_workers = 1;
    std::uint32_t cpu_workers = 1;
    std::uint32_t readers = 1;
    std::uint32_t batch = 1;
    QueueLimits limits;
    std::uint32_t frame_slots = 4;
    std::uint32_t tracks_per_stream = 32;
    double delays = 0;  // share of the tasks that take up to a millisecond longer
    double errors =
        0;  // share of the tries that end with an Error, before or after their work is done
    double deaths = 0;  // share of the tries in which the worker is gone, before or after
    // After this many tasks `stop` is raised.
    std::optional<std::uint64_t> stop_after_tasks;
    // Tasks of this category and frame always fail.
    struct Poison {
        Category category;
        std::uint32_t frame_index;
    };
    std::optional<Poison> poison;

    std::string text() const;
};
Schedule random_schedule(std::uint64_t seed);

// What is left at the end.
struct Outcome {
    std::string fault;  // what is wrong with the queue: an audit's error, leftovers; empty: nothing
    std::uint32_t set_aside = 0;  // tasks
    std::uint32_t deaths = 0;     // of workers
    std::uint64_t tasks = 0;
    std::uint64_t switches = 0;
    std::array<std::uint64_t, kCategories> done{};  // of tasks, by the counters
    std::uint64_t commits = 0;                      // by the task words
    std::uint64_t frames_admitted = 0;
    std::uint64_t frames_released = 0;
};

// Takes those of the videos that are not finished in `store` through the pipeline. Pictures go
// below `output`.
Outcome run_in_threads(const std::vector<const FakeVideoFile*>& videos, const Schedule& schedule,
                       const std::shared_ptr<SharedStore::Core>& store, const std::string& output);

}  // namespace dashcam
