#include "pipeline/stages/gpu_stages.h"

#include "pipeline/stages/plate_look.h"

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
    TRY_ASSIGN(const std::optional<PlateDetection> own,
               find_plate(*detector_, input.frame, message.look.vehicle));
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
    TRY_ASSIGN(const PlateReading reading,
               read_plate(*reader_, input.frame, message.plate, message.stamp));
    output.outputs.push_back(smooth_task(input.task, message.look.track, reading));
    return {};
}

}  // namespace dashcam
