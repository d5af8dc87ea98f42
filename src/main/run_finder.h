#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "pipeline/control_region/control_region.h"
#include "settings/settings.h"

namespace dashcam {

// A pipeline that runs now, seen from outside. Its control region is opened for reading only: the
// kernel refuses to map it writable through this descriptor, so looking on cannot disturb it.
struct FoundRun {
    pid_t pid = -1;     // of main
    Settings settings;  // as main handed them to its workers; out is absolute
    ControlRegion control;
};

// The runs of this user, by pid. They are found by what the kernel shows of their open files
// (/proc/PID/fd), so no file can be out of date. A run that is just starting, or between two
// sessions, has no control region yet. Runs of another build of dashcam are left out:
// `other_builds` counts them.
struct FoundRuns {
    std::vector<FoundRun> runs;
    std::size_t other_builds = 0;
};
FoundRuns find_runs();

// The one that uses the output folder `out`, or the only one if `out` is empty.
// Errors: there is none; there are several.
Result<FoundRun> find_run(const std::string& out);

// False as soon as the process has ended.
bool is_alive(pid_t pid);

}  // namespace dashcam
