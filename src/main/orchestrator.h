#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "main/clip_list.h"
#include "main/run_plan.h"
#include "main/session.h"
#include "main/signals.h"

namespace dashcam {

// What a whole run did.
struct RunReport {
    SessionEnd end = SessionEnd::kFinished;
    std::string reason;  // of kGaveUp and kCannotLoad
    std::vector<Clip> clips;
    std::vector<Incident> incidents;  // tasks that were set aside
    std::uint64_t frames = 0;
    std::uint64_t restarts = 0;
    std::uint64_t switches = 0;
    std::uint32_t forced = 0;
    double elapsed_s = 0;
    double first_detection_s = 0;  // after the start; 0: there was none
    RunStatistics statistics;
};

// The orchestrator: takes the clips through as many sessions as they need (normally one), from the
// first frame to the last row. Called in main's first thread. Errors: the database cannot be
// opened, another run uses the output folder, too little memory.
Result<RunReport> run_pipeline(const RunPlan& plan, const std::vector<std::string>& clips,
                               Redo redo, Signals& signals);

}  // namespace dashcam
