#pragma once

#include <string>

#include "base/result.h"

namespace dashcam {

enum class LogToStderr { kYes, kNo };

// Sets up this process's log: lines go to stderr (unless a live display owns the terminal) and are
// appended to `file`, which all processes of a run share; `role` says who wrote a line. An empty
// `file` means stderr only. Error: the file cannot be written.
Result<void> start_log(const std::string& role, const std::string& file, LogToStderr to_stderr);

}  // namespace dashcam
