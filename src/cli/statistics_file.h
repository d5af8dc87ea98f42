#pragma once

#include <string>

#include "base/result.h"
#include "main/orchestrator.h"

namespace dashcam {

// Writes what a run cost as one JSON object, for benchmarks. Errors: the file cannot be written.
Result<void> write_statistics(const RunReport& report, const std::string& path);

}  // namespace dashcam
