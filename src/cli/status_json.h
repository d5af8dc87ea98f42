#pragma once

#include <string>

#include "main/run_finder.h"
#include "pipeline/scheduler/hud.h"

namespace dashcam {

// One object on one line, the fields of `dashcam status --json`. Unknown numbers are null; bytes
// that are no UTF-8 are replaced.
std::string status_json(const FoundRun& run, const HudView& view);

}  // namespace dashcam
