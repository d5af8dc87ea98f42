#include "pipeline/stages/plate_look.h"

#include "pipeline/stages/plate_choice.h"
#include "pipeline/stages/wide_view.h"
#include "reading/rectify.h"

namespace dashcam {
namespace {

// Looks again at a smaller picture of the vehicle, for a plate of which `plate` may be a piece or
// that was too large.
Result<std::optional<PlateDetection>> look_wider(PlateDetector& detector, const FrameView& frame,
                                                 const Box& vehicle,
                                                 const std::optional<PlateDetection>& plate) {
    const WideView view(frame, vehicle);
    TRY_ASSIGN(PlateDetections found, detector.detect(view.picture(), view.box()));
    for (PlateDetection& wide : found) wide.corners = view.to_frame(wide.corners);
    if (!plate) return plate_of_vehicle(found, vehicle);
    PlateDetection best = *plate;
    for (const PlateDetection& wide : found) best = better_of(best, wide);
    return std::optional<PlateDetection>(best);
}

// Sides of the plate move out by this in the cuts of a single picture: 745 cut-out plates were read
// right in 89.5 to 94 % with one of them (O = 0 and I = 1), in 95 % with all.
constexpr std::array<float, kCutsOfAPicture> kCutGrowth = {0.0f, -0.02f, 0.03f};

}  // namespace

Result<std::optional<PlateDetection>> find_plate(PlateDetector& detector, const FrameView& frame,
                                                 const Box& vehicle) {
    TRY_ASSIGN(const PlateDetections plates, detector.detect(frame, vehicle));
    std::optional<PlateDetection> own = plate_of_vehicle(plates, vehicle);
    if (own ? may_be_piece(*own, vehicle) : fills_frame(vehicle, frame.format.width)) {
        TRY_ASSIGN(own, look_wider(detector, frame, vehicle, own));
    }
    return own;
}

Result<PlateReading> read_plate(TextReader& reader, const FrameView& frame,
                                const PlateDetection& plate, const FrameStamp& stamp) {
    PlateReading reading;
    reading.frame = stamp;
    const RectifiedPlate rectified = rectify(frame, plate.corners);
    if (!(rectified.width_px > 0)) return reading;
    TRY_ASSIGN(const TextPosterior text, reader.read(rectified.grey));
    reading.found = 1;
    reading.cut = is_cut(plate.corners, frame.format.width, frame.format.height) ? 1 : 0;
    reading.plate_score = plate.score;
    reading.corners = plate.corners;
    reading.width_px = rectified.width_px;
    reading.height_px = rectified.height_px;
    reading.sharpness = rectified.sharpness;
    reading.contrast = rectified.contrast;
    reading.posterior = text.posterior;
    reading.place = text.place;
    return reading;
}

Result<std::array<PlateReading, kCutsOfAPicture>> read_plate_in_cuts(TextReader& reader,
                                                                     const FrameView& picture,
                                                                     const PlateDetection& plate,
                                                                     const FrameStamp& stamp) {
    std::array<PlateReading, kCutsOfAPicture> readings;
    for (std::size_t i = 0; i < kCutsOfAPicture; ++i) {
        PlateDetection cut = plate;
        cut.corners = grown(plate.corners, kCutGrowth[i]);
        FrameStamp when = stamp;
        when.index += static_cast<std::uint32_t>(i);
        TRY_ASSIGN(readings[i], read_plate(reader, picture, cut, when));
        if (readings[i].found == 0) continue;
        readings[i].corners = plate.corners;
        readings[i].cut = readings[0].cut;
    }
    return readings;
}

}  // namespace dashcam
