#pragma once

#include "doctor/finding.h"
#include "settings/settings.h"

namespace dashcam {

// Looks at everything that a run with these settings needs. Nothing is changed: no folder is made,
// no database written. Each part works whatever is missing for the others.
Findings examine(const Settings& settings);

// Its parts.
Findings examine_system();                            // kernel, clock
Findings examine_limits(const Settings& settings);    // memory, descriptors
Findings examine_video();                             // decoders
Findings examine_networks(const Settings& settings);  // processor, precision, models
Findings examine_output(const Settings& settings);    // folder, disk
Findings examine_database(const Settings& settings);

}  // namespace dashcam
