#pragma once

#include "main/orchestrator.h"
#include "main/run_plan.h"

namespace dashcam {

// Writes the annotated videos of the run's clips that have finished rows and none yet, some at
// once; prints a line for each. Returns how many could not be written. SIGINT and SIGTERM end it.
std::size_t annotate_clips(const RunReport& report, const RunPlan& plan, Signals& signals);

}  // namespace dashcam
