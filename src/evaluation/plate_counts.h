#pragma once

#include <string>
#include <vector>

#include "evaluation/report.h"

namespace dashcam {

// One plate whose text is known, and what was made of it.
struct PlateOutcome {
    std::string truth;
    std::string shown;                // '?' where a character is hidden; empty: nothing
    std::string tier = "none";        // see PlateTier
    double confidence = 0;            // that `shown` is right
    std::vector<std::string> ranked;  // likely texts, most probable first
    double width_px = 0;              // of the plate; 0: not known
    double share_of_picture = 0;      // its width over the picture's; 0: not known
    int lines = 0;                    // 0: not known
    std::string vehicle;              // class of the vehicle that it was found on; empty: none
    std::string group;                // of the truth

    bool exact() const { return shown == truth; }
    // O and 0, I and 1 taken as one.
    bool exact_but_twins() const;
};

// Exact match strict and with twins merged, character error rate, top 10; right rows by tier;
// reliability; and exact match by width, lines, share of the picture, vehicle and group.
std::vector<ReportSection> count_plates(const std::vector<PlateOutcome>& outcomes);

}  // namespace dashcam
