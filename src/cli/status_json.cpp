#include "cli/status_json.h"

#include <nlohmann/json.hpp>

namespace dashcam {
namespace {

using nlohmann::json;

json known(double value) { return value < 0 ? json(nullptr) : json(value); }

json streams_of(const RunSnapshot& snapshot) {
    json array = json::array();
    for (const StreamGlimpse& stream : snapshot.streams) {
        array.push_back({{"name", stream.name},
                         {"frames", stream.frames},
                         {"position_s", static_cast<double>(stream.position_us) / 1e6},
                         {"share", share_done(stream)},
                         {"seconds_left", known(seconds_left(stream))}});
    }
    return array;
}

json workers_of(const RunSnapshot& snapshot) {
    json array = json::array();
    for (const WorkerGlimpse& worker : snapshot.workers) {
        array.push_back({{"number", worker.number},
                         {"pool", to_string(worker.pool)},
                         {"pid", worker.pid},
                         {"doing", worker.doing()},
                         {"for_s", worker.activity_s},
                         {"tasks", worker.tasks},
                         {"busy_s", worker.busy_s},
                         {"batches", worker.batches},
                         {"switches", worker.switches},
                         {"failures", worker.failures}});
    }
    return array;
}

json queues_of(const RunSnapshot& snapshot) {
    json object = json::object();
    for (std::size_t i = 0; i < kCategories; ++i) {
        const auto& line = snapshot.backlog.categories[i];
        object[std::string(to_string(static_cast<Category>(i)))] = {{"ready", line.ready},
                                                                    {"leased", line.leased},
                                                                    {"set_aside", line.dead},
                                                                    {"done", line.done}};
    }
    return object;
}

json limits_of(const RunSnapshot& now) {
    const auto pair = [](std::uint64_t is, std::uint64_t most) {
        return json{{"now", is}, {"limit", most}};
    };
    return {{"gpu_backlog", pair(now.backlog.backlog(Pool::kGpu), now.limits.max_gpu_backlog)},
            {"cpu_backlog", pair(now.backlog.backlog(Pool::kCpu), now.limits.max_cpu_backlog)},
            {"charge", pair(now.backlog.charge, now.limits.hard_limit)},
            {"frames_held", pair(now.backlog.frames_held, now.frame_slots)}};
}

}  // namespace

std::string status_json(const FoundRun& run, const HudView& view) {
    const RunSnapshot& now = view.snapshot;
    json plates = json::array();
    for (const PlateGlimpse& plate : now.newest)
        plates.push_back({{"plate", plate.text}, {"confirmed", plate.is_confirmed}});
    const RunRates& rates = view.rates;
    json object{{"pid", run.pid},
                {"out", run.settings.out},
                {"elapsed_s", now.elapsed_s},
                {"seconds_left", known(seconds_left(now, rates))},
                {"stopping", now.stopping},
                {"videos",
                 {{"total", now.videos_total},
                  {"done", now.videos_done},
                  {"failed", now.videos_failed},
                  {"skipped", now.videos_skipped}}},
                {"frames", now.frames},
                {"frames_expected", now.frames_expected},
                {"frames_per_second", rates.frames_per_second},
                {"realtime", rates.realtime},
                {"limit",
                 {{"text", limit_text(rates)},
                  {"gpu_workers_busy", rates.gpu_busy},
                  {"cpu_workers_busy", rates.cpu_busy},
                  {"readers_waiting", rates.readers_waiting},
                  {"processor_busy", rates.processor_busy ? json(*rates.processor_busy) : json()}}},
                {"vehicles", now.vehicles},
                {"plates", now.plates},
                {"newest_plates", plates},
                {"restarts", now.restarts},
                {"streams", streams_of(now)},
                {"queues", queues_of(now)},
                {"limits", limits_of(now)},
                {"workers", workers_of(now)}};
    return object.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
}

}  // namespace dashcam
