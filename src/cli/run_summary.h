#pragma once

#include "main/orchestrator.h"
#include "main/run_plan.h"

namespace dashcam {

// Prints what a run did, what failed and why, and what was found; returns the exit code.
int print_run_summary(const RunReport& report, const RunPlan& plan);

}  // namespace dashcam
