#pragma once

#include <optional>

#include "base/frame_view.h"
#include "base/result.h"
#include "inference/plate_detector.h"
#include "inference/text_reader.h"
#include "reading/plate_reading.h"

namespace dashcam {

// What one look at a vehicle does, for the stages and for single pictures alike.

// The plate of the vehicle in this box, or nothing. Where the network may have found a piece of a
// large plate only, or none at all on a vehicle that fills the frame, the vehicle is searched once
// more at half its size (wide_view.h).
Result<std::optional<PlateDetection>> find_plate(PlateDetector& detector, const FrameView& frame,
                                                 const Box& vehicle);

// Cuts the plate out and reads it. `found` is 0 if the corners enclose nothing of the frame.
Result<PlateReading> read_plate(TextReader& reader, const FrameView& frame,
                                const PlateDetection& plate, const FrameStamp& stamp);

}  // namespace dashcam
