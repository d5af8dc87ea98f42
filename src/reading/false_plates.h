#pragma once

#include <string_view>

namespace dashcam {

// True for texts that detectors of plates find on vehicles, on signs and in the picture's own
// overlay, and that no plate carries: words (TAXI, POLICE, makes of vehicles; long ones also
// with an error), telephone numbers, a letter repeated, and
// dates such as the 20240131 that a dashcam burns in.
bool is_false_plate(std::string_view text);

}  // namespace dashcam
