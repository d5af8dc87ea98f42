#pragma once

#include <array>
#include <cstddef>
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

// The cuts of read_plate_in_cuts().
constexpr std::size_t kCutsOfAPicture = 3;

// The same for a single picture, of which there are no other frames: in a cut along the corners, a
// narrower and a wider one, whose errors differ. Times of `stamp`; indices from its own on.
Result<std::array<PlateReading, kCutsOfAPicture>> read_plate_in_cuts(TextReader& reader,
                                                                     const FrameView& picture,
                                                                     const PlateDetection& plate,
                                                                     const FrameStamp& stamp);

}  // namespace dashcam
