#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "pipeline/scheduler/run_snapshot.h"

namespace dashcam {

enum class Limit : std::uint8_t {
    kUnknown,     // too few samples yet
    kLoading,     // workers start and load models, nothing moves yet
    kDecoding,    // workers wait for readers
    kLevel,       // nobody waits for anybody
    kNetworks,    // readers wait for GPU workers, who are always busy
    kCpuWork,     // readers wait for CPU workers, who are always busy
    kOrder,       // readers wait for tracking, which takes a video's frames one after the other
    kFrameStore,  // readers wait for a free frame
    kQueueLimit,  // readers wait at QUEUE_HARD_LIMIT or MAX_GPU_BACKLOG, workers are not always
                  // busy
    kFinishing,   // nothing is read any more, tasks are left
    kIdle,        // nothing to do
};

// How fast a run goes and what holds it back, measured over the last seconds.
struct RunRates {
    double frames_per_second = 0;
    double realtime = 0;  // seconds of video for each second: 1 is real time
    Limit limit = Limit::kUnknown;
    Category busiest = Category::kVehicleDetect;  // of the pool that is the limit
    double gpu_busy = 0;                          // share of the workers' time, 0 to 1
    double cpu_busy = 0;
    double readers_waiting = 0;            // share of the time of readers at work
    std::optional<double> processor_busy;  // of the whole machine
};

// "the networks are the limit, above all VEHICLE_DETECT", and whether the processor has anything
// left.
std::string limit_text(const RunRates& rates);
// "GPU workers 98 % busy, CPU workers 12 %, readers wait 83 %, processor 99 % used".
std::string limit_evidence(const RunRates& rates);

// Looks at snapshots as they come and averages over a window of some seconds.
class RunMotion {
  public:
    void update(const RunSnapshot& snapshot, std::int64_t now_ns,
                std::optional<double> processor_busy = std::nullopt);
    RunRates rates() const;

  private:
    using Stream = std::pair<std::uint32_t, std::int64_t>;  // slot, opened_ns
    struct Sample {
        std::int64_t time_ns = 0;
        std::uint64_t frames = 0;
        double media_s = 0;  // of all videos so far
        std::array<std::uint32_t, kPools> workers{};
        std::array<std::uint32_t, kPools> busy{};
        std::array<std::uint32_t, kCategories> working{};
        std::uint32_t loading = 0;
        std::uint32_t readers_waiting = 0;
        std::uint32_t reading = 0;  // videos whose frames grew since the sample before
        std::uint32_t alive = 0;    // tasks
        bool gpu_backlog_full = false;
        bool cpu_backlog_full = false;
        bool frames_full = false;
        bool queue_full = false;
        std::optional<double> processor_busy;
    };
    void count_media(const RunSnapshot& snapshot, Sample& sample);
    void judge(RunRates& rates) const;

    std::deque<Sample> samples_;
    struct Progress {
        std::uint64_t frames = 0;
        std::int64_t position_us = 0;
    };
    std::map<Stream, Progress> streams_;
    double media_s_ = 0;
};

}  // namespace dashcam
