#include "pipeline/testing/thread_pipeline.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstring>
#include <random>
#include <sstream>
#include <thread>

#include "base/check.h"
#include "base/mutex.h"
#include "inference/fake_networks.h"
#include "pipeline/frame_store/frame_store.h"
#include "pipeline/stages/cpu_stages.h"
#include "pipeline/stages/gpu_stages.h"
#include "pipeline/task_queue/audit.h"
#include "pipeline/task_queue/limits.h"
#include "pipeline/task_queue/task_queue.h"
#include "pipeline/video_reader/video_reader.h"
#include "pipeline/workers/worker_loop.h"
#include "reading/track_evidence.h"
#include "tracking/tracker.h"

namespace dashcam {
namespace {

using Random = std::mt19937_64;

double share(Random& random) { return static_cast<double>(random() >> 11) * 0x1p-53; }
std::uint32_t between(Random& random, std::uint32_t least, std::uint32_t most) {
    return least + static_cast<std::uint32_t>(random() % (most - least + 1));
}

// The end of a worker in the middle of a task. No std::exception: the worker's loop must not catch
// it, as it could not catch a SIGKILL.
struct Death {};

class DriveDecoder final : public Decoder {
  public:
    explicit DriveDecoder(const FakeVideoFile& video) : video_(video) {
        info_.format = video.drive().options().format;
        info_.estimated_frames = video.frames();
        info_.frame_rate = 30;
        info_.codec = "fake";
    }
    const VideoInfo& info() const override { return info_; }
    Result<NextFrame> next() override {
        if (next_ == video_.frames())
            return NextFrame{DecodeStatus::kEnd, video_.time_us(next_ - 1)};
        return NextFrame{DecodeStatus::kFrame, video_.time_us(next_++)};
    }
    void copy_to(std::uint8_t* pixels) override {
        const std::vector<std::uint8_t>& frame = video_.pixels(next_ - 1);
        std::memcpy(pixels, frame.data(), frame.size());
    }
    const std::string& damage() const override { return damage_; }

  private:
    const FakeVideoFile& video_;
    VideoInfo info_;
    std::uint32_t next_ = 0;
    std::string damage_;
};

// A stage that is slow, fails or takes its worker along, as the schedule says.
class TroubledStage final : public Stage {
  public:
    TroubledStage(std::unique_ptr<Stage> stage, const Schedule& schedule, std::uint64_t seed)
        : stage_(std::move(stage)), schedule_(schedule), random_(seed) {}

    Result<void> run(const StageInput& input, StageOutput& output) override {
        const auto& poison = schedule_.poison;
        if (poison && poison->category == input.task.category &&
            poison->frame_index == input.task.frame_index) {
            return Error{"poisonous"};
        }
        if (share(random_) < schedule_.delays) {
            std::this_thread::sleep_for(std::chrono::microseconds(between(random_, 1, 1000)));
        }
        const double fate = share(random_);
        const bool dies = fate < schedule_.deaths;
        const bool fails = !dies && fate < schedule_.deaths + schedule_.errors;
        if ((dies || fails) && share(random_) < 0.5) return end_before_work(dies, input);
        TRY(stage_->run(input, output));
        if (dies) throw Death{};
        if (fails) return Error{"failed after its work"};
        return {};
    }

  private:
    // Leaves half a state behind: nobody may read it.
    Result<void> end_before_work(bool dies, const StageInput& input) {
        std::fill(
            input.next_state.begin(),
            input.next_state.begin() + static_cast<std::ptrdiff_t>(input.next_state.size() / 2),
            std::byte{0xA5});
        if (dies) throw Death{};
        return Error{"failed before its work"};
    }

    std::unique_ptr<Stage> stage_;
    const Schedule& schedule_;
    Random random_;
};

class ThreadPipeline {
  public:
    ThreadPipeline(const std::vector<const FakeVideoFile*>& videos, const Schedule& schedule,
                   std::shared_ptr<SharedStore::Core> store, const std::string& output,
                   ControlRegion control, SharedRegion pixels)
        : videos_(videos),
          schedule_(schedule),
          store_(std::move(store)),
          output_(output),
          control_(std::move(control)),
          pixels_(std::move(pixels)),
          frames_(control_, pixels_),
          queue_(control_, 0),
          random_(schedule.seed) {}

    Outcome run() {
        for (std::uint32_t i = 0; i < workers(); ++i) start_worker(i);
        for (std::uint32_t i = 0; i < schedule_.readers; ++i) {
            readers_.emplace_back([this] { read_videos(); });
        }
        while (!finished()) {
            bury_the_dead();
            settle_dead_tasks();
            stop_in_time();
            if (share(random_) < 0.05) note_fault(audit(control_, 0));
            std::this_thread::sleep_for(std::chrono::microseconds(200));
        }
        for (std::thread& reader : readers_) reader.join();
        control_.header().terminate.store(1);
        queue_.wake_everyone();
        for (std::thread& worker : threads_) worker.join();
        note_leftovers();
        outcome_.tasks = tasks_done();
        for (const WorkerEntry& entry : control_.workers())
            outcome_.switches += entry.switches.load();
        count();
        return outcome_;
    }

  private:
    std::uint32_t workers() const { return schedule_.gpu_workers + schedule_.cpu_workers; }

    void start_worker(std::uint32_t at) {
        const Pool pool = at < schedule_.gpu_workers ? Pool::kGpu : Pool::kCpu;
        WorkerEntry& entry = control_.workers()[at];
        entry.pool.store(static_cast<std::uint32_t>(pool));
        entry.pid.store(getpid());
        const std::uint64_t seed = random_();
        if (threads_.size() <= at) threads_.resize(at + 1);
        threads_[at] = std::thread([this, at, pool, seed] {
            const WorkerOptions options{pool, static_cast<std::uint8_t>(at + 1), schedule_.batch};
            try {
                const auto left = run_worker_loop(control_, pixels_, options, loader(seed));
                CHECK(left.ok());
            } catch (const Death&) {
                const MutexLock lock(mutex_);
                dead_.push_back(at);
            }
        });
    }

    StageLoader loader(std::uint64_t seed) {
        return [this, seed](Category category) -> Result<std::unique_ptr<Stage>> {
            TRY_ASSIGN(auto stage, load(category));
            return std::unique_ptr<Stage>(std::make_unique<TroubledStage>(
                std::move(stage), schedule_, seed + index(category)));
        };
    }

    Result<std::unique_ptr<Stage>> load(Category category) {
        FakeNetworkLoader networks;
        switch (category) {
            case Category::kVehicleDetect: {
                TRY_ASSIGN(auto detector, networks.load_vehicle_detector());
                return std::unique_ptr<Stage>(
                    std::make_unique<VehicleDetectStage>(std::move(detector)));
            }
            case Category::kPlateDetect: {
                TRY_ASSIGN(auto detector, networks.load_plate_detector());
                return std::unique_ptr<Stage>(
                    std::make_unique<PlateDetectStage>(std::move(detector)));
            }
            case Category::kOcr: {
                TRY_ASSIGN(auto reader, networks.load_text_reader());
                return std::unique_ptr<Stage>(std::make_unique<OcrStage>(std::move(reader)));
            }
            case Category::kVehicleTrack:
                return std::unique_ptr<Stage>(std::make_unique<VehicleTrackStage>(output_));
            case Category::kPlateSmooth:
                return std::unique_ptr<Stage>(std::make_unique<PlateSmoothStage>(output_));
            case Category::kSummary:
                return std::unique_ptr<Stage>(std::make_unique<SummaryStage>());
            case Category::kFinalWrite:
                break;
        }
        return std::unique_ptr<Stage>(
            std::make_unique<FinalWriteStage>(std::make_unique<SharedStore>(store_), output_));
    }

    const FakeVideoFile* next_video() {
        for (;;) {
            const std::size_t at = next_video_.fetch_add(1);
            if (at >= videos_.size()) return nullptr;
            const auto row = SharedStore(store_).find_video(videos_[at]->id());
            if (!*row || (*row)->status != VideoStatus::kFinished) return videos_[at];
        }
    }

    void read_videos() {
        const VideoOpener opener = [this](const std::string& path, const DecoderOptions&) {
            const auto video = std::find_if(videos_.begin(), videos_.end(),
                                            [&](auto* v) { return v->path() == path; });
            return Result<std::unique_ptr<Decoder>>(std::make_unique<DriveDecoder>(**video));
        };
        VideoReader reader(control_, frames_, opener, DecoderOptions{}, {});
        while (const FakeVideoFile* video = next_video()) {
            if (reader.read({video->path(), video->id(), "settings", 1, 2}).outcome ==
                ReadOutcome::kStopped)
                break;
        }
        readers_done_.fetch_add(1);
    }

    bool finished() const {
        return readers_done_.load() == schedule_.readers && queue_.no_task_alive();
    }

    void bury_the_dead() {
        std::vector<std::uint32_t> dead;
        {
            const MutexLock lock(mutex_);
            dead.swap(dead_);
        }
        for (const std::uint32_t at : dead) {
            threads_[at].join();
            control_.workers()[at].activity.store(WorkerActivity::kAbsent);
            queue_.give_back(static_cast<std::uint8_t>(at + 1), control_.workers()[at].task.load());
            queue_.wake_everyone();
            ++outcome_.deaths;
            start_worker(at);
        }
    }

    void settle_dead_tasks() {
        while (const auto number = queue_.claim_dead()) {
            const TaskSlot& task = queue_.task(*number);
            StreamEntry& stream = control_.streams()[task.stream];
            stream.damages.fetch_add(1);
            const bool exclusive = is_exclusive(task.access);
            const std::vector<std::uint32_t> tracks = queue_.open_keys(task.stream);
            const StageInput input{
                .task = task,
                .frame = {},
                .state = exclusive ? queue_.current_state(*number) : std::span<const std::byte>{},
                .next_state = exclusive ? queue_.next_state(*number) : std::span<std::byte>{},
                .video = *reinterpret_cast<const VideoDescription*>(stream.description.data()),
                .damages = stream.damages.load(),
                .open_tracks = tracks,
            };
            Completion completion;
            settle(input, completion);
            queue_.complete(*number, completion);
            ++outcome_.set_aside;
        }
    }

    std::uint64_t tasks_done() const {
        std::uint64_t sum = 0;
        for (const CategoryQueue& queue : control_.header().queues) sum += queue.done.load();
        return sum;
    }

    void count() {
        const ControlHeader& header = control_.header();
        for (std::size_t i = 0; i < kCategories; ++i)
            outcome_.done[i] = header.queues[i].done.load();
        for (const TaskSlot& task : control_.tasks())
            outcome_.commits += task.word.load().generation;
        outcome_.frames_admitted = header.counters.frames_analysed.load();
        outcome_.frames_released = header.counters.frames_released.load();
    }

    void stop_in_time() {
        if (!schedule_.stop_after_tasks || tasks_done() < *schedule_.stop_after_tasks) return;
        control_.header().stop.store(1);
        queue_.wake_everyone();
    }

    void note_fault(const Result<void>& result) {
        if (!result.ok() && outcome_.fault.empty()) outcome_.fault = result.error().message;
    }

    void note_leftovers() {
        note_fault(audit(control_, 0));
        const BacklogSnapshot now = snapshot(control_);
        if (now.alive() > 0) note_fault(Error{"tasks are left"});
        if (now.charge > 0)
            note_fault(Error{"a charge of " + std::to_string(now.charge) + " is left"});
        if (now.frames_held > 0)
            note_fault(Error{std::to_string(now.frames_held) + " frames are held"});
        const bool stopped = control_.header().stop.load() != 0;
        if (!stopped && !queue_.no_stream_open()) note_fault(Error{"a video is open"});
    }

    const std::vector<const FakeVideoFile*>& videos_;
    const Schedule& schedule_;
    std::shared_ptr<SharedStore::Core> store_;
    std::string output_;
    ControlRegion control_;
    SharedRegion pixels_;
    FrameStore frames_;
    TaskQueue queue_;
    Random random_;
    std::atomic<std::size_t> next_video_ = 0;
    std::atomic<std::uint32_t> readers_done_ = 0;
    std::vector<std::thread> readers_;
    std::vector<std::thread> threads_;  // workers
    Mutex mutex_;
    std::vector<std::uint32_t> dead_ GUARDED_BY(mutex_);
    Outcome outcome_;
};

}  // namespace

FakeVideoFile::FakeVideoFile(std::string id, const FakeDrive::Options& options,
                             std::uint32_t repeats)
    : id_(std::move(id)),
      drive_(options),
      repeats_(repeats),
      frames_(std::make_shared<std::vector<std::vector<std::uint8_t>>>()) {
    for (std::uint32_t frame = 0; frame < options.frames; ++frame)
        frames_->push_back(drive_.pixels(frame));
}

std::string Schedule::text() const {
    std::ostringstream text;
    text << "seed " << seed << ": " << gpu_workers << " GPU workers, " << cpu_workers
         << " CPU workers, " << readers << " readers, batch " << batch << ", backlogs "
         << limits.max_gpu_backlog << " and " << limits.max_cpu_backlog << ", soft "
         << limits.soft_limit << ", hard " << limits.hard_limit << ", " << frame_slots
         << " frames, " << tracks_per_stream << " tracks, delays " << delays << ", errors "
         << errors << ", deaths " << deaths;
    if (stop_after_tasks) text << ", stop after " << *stop_after_tasks << " tasks";
    return text.str();
}

Schedule random_schedule(std::uint64_t seed) {
    Random random(seed);
    Schedule schedule;
    schedule.seed = seed;
    schedule.gpu_workers = between(random, 1, 4);
    schedule.cpu_workers = between(random, 1, 4);
    schedule.readers = between(random, 1, 3);
    schedule.batch = between(random, 1, 8);
    schedule.frame_slots = between(random, schedule.readers, 24);
    schedule.tracks_per_stream = between(random, 24, 40);
    schedule.limits.max_gpu_backlog = between(random, 1, 16);
    schedule.limits.max_cpu_backlog = between(random, 1, 16);
    schedule.limits.looks_per_frame = kMaxLooksPerFrame;
    schedule.limits.hard_limit = between(random, kMaxLooksPerFrame, 128);
    schedule.limits.soft_limit = between(random, 1, schedule.limits.hard_limit);
    // No task is set aside by chance.
    schedule.limits.max_attempts = kMostAttempts;
    if (share(random) < 0.5) schedule.delays = 0.1 * share(random);
    if (share(random) < 0.5) schedule.errors = 0.3 * share(random);
    if (share(random) < 0.5) schedule.deaths = 0.05 * share(random);
    return schedule;
}

Outcome run_in_threads(const std::vector<const FakeVideoFile*>& videos, const Schedule& schedule,
                       const std::shared_ptr<SharedStore::Core>& store, const std::string& output) {
    ControlSizes sizes;
    sizes.frame_slots = schedule.frame_slots;
    sizes.streams = 2 * schedule.readers;
    sizes.tracks_per_stream = schedule.tracks_per_stream;
    sizes.workers = schedule.gpu_workers + schedule.cpu_workers;
    sizes.births_per_task = kMaxBirthsPerFrame;
    for (const FakeVideoFile* video : videos) {
        const std::size_t bytes = video->drive().options().format.bytes();
        sizes.frame_slot_bytes = std::max<std::uint64_t>(sizes.frame_slot_bytes, bytes);
    }
    sizes.stream_state_bytes = sizeof(TrackerState);
    sizes.track_state_bytes = sizeof(TrackEvidence);
    sizes.task_slots = task_slots_needed(sizes.frame_slots, kMaxLooksPerFrame, sizes.streams,
                                         sizes.tracks_per_stream);
    auto control = create_queue(sizes, schedule.limits);
    CHECK(control.ok());
    auto pixels = SharedRegion::create("test-pixels", FrameStore::bytes_needed(sizes));
    CHECK(pixels.ok());
    return ThreadPipeline(videos, schedule, store, output, std::move(*control), std::move(*pixels))
        .run();
}

}  // namespace dashcam
