#pragma once

#include "main/dry_run.h"

namespace dashcam {

// Prints the estimate, and why clips could not be looked at; returns the exit code.
int print_dry_run(const DryRun& estimate);

}  // namespace dashcam
