#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "pipeline/control_region/control_region.h"

namespace dashcam {

// A plate as the HUD shows it.
struct PlateGlimpse {
    std::string text;
    bool is_confirmed = false;
};

// Writes a plate into the ring of the newest ones. Workers call this; what does not fit is cut off.
void note_plate(const ControlRegion& control, std::string_view text, bool is_confirmed);

// The newest first, kPlateNotes at most, each text once; a glimpse without a lock.
std::vector<PlateGlimpse> newest_plates(const ControlRegion& control);

}  // namespace dashcam
