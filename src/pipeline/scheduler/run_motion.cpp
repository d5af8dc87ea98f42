#include "pipeline/scheduler/run_motion.h"

#include <fmt/format.h>

#include <algorithm>

namespace dashcam {
namespace {

constexpr std::int64_t kWindowNs = 5'000'000'000;
// Fewer moments than this say nothing about shares of time.
constexpr std::size_t kLeastSamples = 10;
// Readers that wait less than this share of their time are not held back by anybody.
constexpr double kHardlyWaits = 0.25;
// A pool that is busy for more than this share of its time has no time to spare.
constexpr double kAlwaysBusy = 0.85;
constexpr double kMostly = 0.5;
// From here on everybody's times are also those of waiting for a core.
constexpr double kProcessorFull = 0.95;

double share(double part, double whole) { return whole > 0 ? part / whole : 0; }

std::string words_of(const RunRates& rates) {
    const std::string above_all = fmt::format(", above all {}", to_string(rates.busiest));
    switch (rates.limit) {
        case Limit::kUnknown:
            return "not known yet";
        case Limit::kLoading:
            return "networks are being loaded";
        case Limit::kDecoding:
            return "decoding is the limit";
        case Limit::kLevel:
            return "decoding and the networks are level";
        case Limit::kNetworks:
            return "the networks are the limit" + above_all;
        case Limit::kCpuWork:
            return "the CPU workers are the limit" + above_all;
        case Limit::kOrder:
            return "tracking is the limit: a video's frames go one after the other";
        case Limit::kFrameStore:
            return "the frame store is the limit: see frame_store_mb";
        case Limit::kQueueLimit:
            return "the queue's limits hold the readers, workers have time to spare";
        case Limit::kFinishing:
            return "everything is read, the last tasks are being finished";
        case Limit::kIdle:
            return "nothing to do";
    }
    return "?";
}

}  // namespace

std::string limit_text(const RunRates& rates) {
    const bool is_full = rates.processor_busy && *rates.processor_busy >= kProcessorFull;
    const bool matters = rates.limit != Limit::kUnknown && rates.limit != Limit::kIdle;
    return words_of(rates) + (is_full && matters ? "; the processor is full" : "");
}

std::string limit_evidence(const RunRates& rates) {
    std::string text =
        fmt::format("GPU workers {:.0f} % busy, CPU workers {:.0f} %, readers wait {:.0f} %",
                    rates.gpu_busy * 100, rates.cpu_busy * 100, rates.readers_waiting * 100);
    if (rates.processor_busy)
        text += fmt::format(", processor {:.0f} % used", *rates.processor_busy * 100);
    return text;
}

void RunMotion::count_media(const RunSnapshot& snapshot, Sample& sample) {
    std::map<Stream, Progress> now;
    for (const StreamGlimpse& stream : snapshot.streams) {
        const Stream key{stream.stream, stream.opened_ns};
        const Progress progress{stream.frames, stream.position_us};
        const auto before = streams_.find(key);
        const Progress last = before == streams_.end() ? Progress{} : before->second;
        if (progress.frames > last.frames) ++sample.reading;
        media_s_ += static_cast<double>(
                        std::max<std::int64_t>(0, progress.position_us - last.position_us)) /
                    1e6;
        now[key] = progress;
    }
    streams_ = std::move(now);
    sample.media_s = media_s_;
}

void RunMotion::update(const RunSnapshot& snapshot, std::int64_t now_ns,
                       std::optional<double> processor_busy) {
    Sample sample;
    sample.time_ns = now_ns;
    sample.frames = snapshot.frames;
    count_media(snapshot, sample);
    for (const WorkerGlimpse& worker : snapshot.workers) {
        if (worker.activity == WorkerActivity::kAbsent) continue;
        ++sample.workers[index(worker.pool)];
        sample.loading += worker.activity == WorkerActivity::kStarting ||
                          worker.activity == WorkerActivity::kLoading;
        if (worker.activity != WorkerActivity::kWorking) continue;
        ++sample.busy[index(worker.pool)];
        if (worker.category) ++sample.working[index(*worker.category)];
    }
    sample.readers_waiting = snapshot.readers_waiting;
    sample.alive = snapshot.backlog.alive();
    sample.gpu_backlog_full =
        snapshot.backlog.backlog(Pool::kGpu) >= snapshot.limits.max_gpu_backlog;
    sample.cpu_backlog_full =
        snapshot.backlog.backlog(Pool::kCpu) >= snapshot.limits.max_cpu_backlog;
    sample.frames_full = snapshot.backlog.frames_held >= snapshot.frame_slots;
    sample.queue_full = snapshot.backlog.charge + 1 + 2 * snapshot.limits.looks_per_frame >
                        snapshot.limits.hard_limit;
    sample.processor_busy = processor_busy;
    samples_.push_back(sample);
    while (samples_.size() > 2 && now_ns - samples_.front().time_ns > kWindowNs)
        samples_.pop_front();
}

RunRates RunMotion::rates() const {
    RunRates rates;
    if (samples_.size() < 2) return rates;
    const Sample& first = samples_.front();
    const Sample& last = samples_.back();
    const double seconds = static_cast<double>(last.time_ns - first.time_ns) / 1e9;
    if (seconds <= 0) return rates;
    rates.frames_per_second = static_cast<double>(last.frames - first.frames) / seconds;
    rates.realtime = (last.media_s - first.media_s) / seconds;
    judge(rates);
    return rates;
}

void RunMotion::judge(RunRates& rates) const {
    Sample sum;  // counts of all moments together
    double waiting = 0, readers = 0, processor = 0, loading = 0;
    std::size_t gpu_full = 0, cpu_full = 0, frames_full = 0, queue_full = 0, processors = 0;
    for (const Sample& sample : samples_) {
        for (std::size_t pool = 0; pool < kPools; ++pool) {
            sum.workers[pool] += sample.workers[pool];
            sum.busy[pool] += sample.busy[pool];
        }
        for (std::size_t i = 0; i < kCategories; ++i) sum.working[i] += sample.working[i];
        // A reader at work is one that waits, or whose video has grown since the moment before.
        waiting += sample.readers_waiting;
        readers += std::max(sample.readers_waiting, sample.reading);
        loading += sample.loading > 0 && sample.busy[index(Pool::kGpu)] == 0;
        gpu_full += sample.gpu_backlog_full;
        cpu_full += sample.cpu_backlog_full;
        frames_full += sample.frames_full;
        queue_full += sample.queue_full;
        if (!sample.processor_busy) continue;
        processor += *sample.processor_busy;
        ++processors;
    }
    const auto count = static_cast<double>(samples_.size());
    rates.gpu_busy = share(sum.busy[index(Pool::kGpu)], sum.workers[index(Pool::kGpu)]);
    rates.cpu_busy = share(sum.busy[index(Pool::kCpu)], sum.workers[index(Pool::kCpu)]);
    rates.readers_waiting = share(waiting, readers);
    if (processors > 0) rates.processor_busy = processor / static_cast<double>(processors);
    if (samples_.size() < kLeastSamples) return;

    const auto busiest_of = [&sum](const auto& categories) {
        return *std::max_element(categories.begin(), categories.end(),
                                 [&sum](Category a, Category b) {
                                     return sum.working[index(a)] < sum.working[index(b)];
                                 });
    };
    const auto mostly = [count](auto moments) {
        return static_cast<double>(moments) > kMostly * count;
    };
    rates.busiest = busiest_of(kGpuCategories);
    if (mostly(loading)) {
        rates.limit = Limit::kLoading;
    } else if (readers == 0) {
        rates.limit = samples_.back().alive > 0 ? Limit::kFinishing : Limit::kIdle;
    } else if (rates.readers_waiting < kHardlyWaits) {
        rates.limit = rates.gpu_busy < kAlwaysBusy ? Limit::kDecoding : Limit::kLevel;
    } else if (rates.gpu_busy >= kAlwaysBusy && rates.gpu_busy >= rates.cpu_busy) {
        rates.limit = Limit::kNetworks;
    } else if (rates.cpu_busy >= kAlwaysBusy) {
        rates.limit = Limit::kCpuWork;
        rates.busiest = busiest_of(kCpuCategories);
    } else if (mostly(cpu_full) && cpu_full > gpu_full) {
        rates.limit = Limit::kOrder;
    } else if (mostly(frames_full)) {
        rates.limit = Limit::kFrameStore;
    } else if (mostly(gpu_full) || mostly(queue_full)) {
        rates.limit = Limit::kQueueLimit;
    } else {
        rates.limit = Limit::kLevel;
    }
}

}  // namespace dashcam
