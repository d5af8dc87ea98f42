#include "cli/statistics_file.h"

#include <fstream>
#include <nlohmann/json.hpp>

namespace dashcam {

Result<void> write_statistics(const RunReport& report, const std::string& path) {
    const auto ms = [](std::uint64_t ns) { return static_cast<double>(ns) / 1e6; };
    const RunStatistics& all = report.statistics;
    nlohmann::ordered_json stages;
    for (std::size_t i = 0; i < kCategories; ++i) {
        const RunStatistics::Line& line = all.categories[i];
        stages[std::string(to_string(static_cast<Category>(i)))] = {
            {"tasks", line.tasks}, {"batches", line.batches}, {"cpu_ms", ms(line.cpu_ns)}};
    }
    const nlohmann::ordered_json statistics{
        {"frames", all.frames},
        {"analysed", all.analysed},
        {"elapsed_s", report.elapsed_s},
        {"first_detection_s", report.first_detection_s},
        {"decode_cpu_ms", ms(all.decode_cpu_ns)},
        {"copy_cpu_ms", ms(all.copy_cpu_ns)},
        {"stages", stages},
        {"loads", all.loads},
        {"load_cpu_ms", ms(all.load_cpu_ns)},
        {"switches", all.switches},
        {"pauses", all.pauses},
        {"paused_ms", ms(all.paused_ns)},
        {"most_frames_held", all.most_frames_held},
        {"frame_slots", all.frame_slots},
    };
    std::ofstream file(path);
    file << statistics.dump(2) << "\n";
    file.close();
    if (!file) return Error{"cannot write the statistics to '" + path + "'"};
    return {};
}

}  // namespace dashcam
