#include "pipeline/logging/process_log.h"

#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <cstdlib>
#include <memory>
#include <vector>

namespace dashcam {

Result<void> start_log(const std::string& role, const std::string& file, LogToStderr to_stderr) {
    std::vector<spdlog::sink_ptr> sinks;
    try {
        if (!file.empty())
            sinks.push_back(std::make_shared<spdlog::sinks::basic_file_sink_mt>(file));
    } catch (const spdlog::spdlog_ex& error) {
        return Error{"cannot write the log '" + file + "': " + error.what() +
                     "; choose another folder with --out"};
    }
    if (to_stderr == LogToStderr::kYes) {
        auto sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
        sink->set_level(spdlog::level::info);
        sinks.push_back(sink);
    }
    auto logger = std::make_shared<spdlog::logger>(role, sinks.begin(), sinks.end());
    logger->set_level(spdlog::level::debug);
    // A line is one write: lines of different processes do not mix, and none is lost with a killed
    // process.
    logger->flush_on(spdlog::level::trace);
    logger->set_pattern("%Y-%m-%d %H:%M:%S.%e %l %n[%P]: %v");
    spdlog::set_default_logger(logger);
    return {};
}

}  // namespace dashcam
