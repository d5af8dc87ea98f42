#pragma once

#include "reading/plate_reading.h"

namespace dashcam {

// Probability that the reading shows a piece of a plate only: a detector that finds a part of a
// large plate, or a plate that the frame's edge cuts, leaves few characters that fill the picture
// from edge to edge and that fit no country's format. Logistic model fitted on rendered plates,
// whole and with 20 to 50 % of the width cut off. 0 for two lines, which have not been modelled,
// and for plates known to be whole.
double piece_probability(const PlateReading& reading);

}  // namespace dashcam
