#include "pipeline/stages/gpu_stages.h"

#include "pipeline/stages/plate_choice.h"
#include "pipeline/stages/wide_view.h"
#include "reading/rectify.h"

namespace dashcam {
namespace {

TaskSpec smooth_task(const TaskSlot& task, std::uint32_t track, const PlateReading& reading) {
    PlateSmoothMessage message;
    message.track = track;
    message.reading = reading;
    TaskSpec spec = on_same_frame(task, Category::kPlateSmooth, StateAccess::kExclusive, track);
    spec.payload = Payload::of(message);
    return spec;
}

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

}  // namespace

Result<void> VehicleDetectStage::run(const StageInput& input, StageOutput& output) {
    VehicleTrackMessage message;
    message.stamp = input.task.payload.as<VehicleDetectMessage>().stamp;
    TRY_ASSIGN(message.detections, detector_->detect(input.frame));
    TaskSpec spec = on_same_frame(input.task, Category::kVehicleTrack, StateAccess::kOrdered, 0);
    spec.sequence = message.stamp.order;
    spec.payload = Payload::of(message);
    output.outputs.push_back(spec);
    return {};
}

Result<void> PlateDetectStage::run(const StageInput& input, StageOutput& output) {
    const auto message = input.task.payload.as<PlateDetectMessage>();
    TRY_ASSIGN(const PlateDetections plates, detector_->detect(input.frame, message.look.vehicle));
    const Box& vehicle = message.look.vehicle;
    std::optional<PlateDetection> own = plate_of_vehicle(plates, vehicle);
    if (own ? may_be_piece(*own, vehicle) : fills_frame(vehicle, input.frame.format.width)) {
        TRY_ASSIGN(own, look_wider(*detector_, input.frame, vehicle, own));
    }
    if (!own) {
        PlateReading nothing;
        nothing.frame = message.stamp;
        output.outputs.push_back(smooth_task(input.task, message.look.track, nothing));
        return {};
    }
    const OcrMessage found{message.stamp, message.look, *own};
    TaskSpec spec =
        on_same_frame(input.task, Category::kOcr, StateAccess::kShared, message.look.track);
    spec.payload = Payload::of(found);
    output.outputs.push_back(spec);
    return {};
}

Result<void> OcrStage::run(const StageInput& input, StageOutput& output) {
    const auto message = input.task.payload.as<OcrMessage>();
    const RectifiedPlate plate = rectify(input.frame, message.plate.corners);
    PlateReading reading;
    reading.frame = message.stamp;
    if (plate.width_px > 0) {
        TRY_ASSIGN(const TextPosterior text, reader_->read(plate.grey));
        reading.found = 1;
        reading.cut =
            is_cut(message.plate.corners, input.frame.format.width, input.frame.format.height) ? 1
                                                                                               : 0;
        reading.plate_score = message.plate.score;
        reading.corners = message.plate.corners;
        reading.width_px = plate.width_px;
        reading.height_px = plate.height_px;
        reading.sharpness = plate.sharpness;
        reading.contrast = plate.contrast;
        reading.posterior = text.posterior;
        reading.place = text.place;
    }
    output.outputs.push_back(smooth_task(input.task, message.look.track, reading));
    return {};
}

}  // namespace dashcam
