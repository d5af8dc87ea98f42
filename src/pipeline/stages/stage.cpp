#include "pipeline/stages/stage.h"

#include "tracking/tracker_state.h"

namespace dashcam {

TaskSpec on_same_frame(const TaskSlot& task, Category category, StateAccess access,
                       std::uint32_t state_key) {
    TaskSpec spec = without_frame(task, category, access, state_key);
    spec.payload_ref = task.payload_ref;
    spec.dependencies = task.dependencies;
    return spec;
}

TaskSpec without_frame(const TaskSlot& task, Category category, StateAccess access,
                       std::uint32_t state_key) {
    TaskSpec spec;
    spec.category = category;
    spec.access = access;
    spec.state_key = state_key;
    spec.frame_index = task.frame_index;
    return spec;
}

TaskSpec finish_video_task(const TaskSlot& task, const VideoEnd& end) {
    FinishVideoMessage message;
    message.end = end;
    TaskSpec spec = without_frame(task, Category::kFinalWrite, StateAccess::kBarrier, 0);
    spec.payload = Payload::of(message);
    return spec;
}

namespace {

void settle_detect(const StageInput& input, Completion& completion) {
    VehicleTrackMessage message;
    message.stamp = input.task.payload.as<VehicleDetectMessage>().stamp;
    TaskSpec spec = on_same_frame(input.task, Category::kVehicleTrack, StateAccess::kOrdered, 0);
    spec.sequence = message.stamp.order;
    spec.payload = Payload::of(message);
    completion.outputs.push_back(spec);
}

void settle_look(const StageInput& input, Completion& completion) {
    // Both messages of a look begin with stamp and look.
    const auto message = input.task.payload.as<PlateDetectMessage>();
    PlateSmoothMessage empty;
    empty.track = message.look.track;
    empty.reading.frame = message.stamp;
    TaskSpec spec = on_same_frame(input.task, Category::kPlateSmooth, StateAccess::kExclusive,
                                  message.look.track);
    spec.payload = Payload::of(empty);
    completion.outputs.push_back(spec);
}

// The tracker goes on as if this frame had not been there. At the end of the video its tracks are
// given up: nobody knows their facts, and the video remains to be redone.
void settle_track(const StageInput& input, Completion& completion) {
    // Through the struct: of the first frame there is no state yet, and a new tracker's is not all
    // zeros.
    const auto state = std::make_unique<TrackerState>(state_as<TrackerState>(input.state));
    put_state(input.next_state, *state);
    completion.own_state = StateChange::kUpdate;
    const auto message = input.task.payload.as<EndOfVideoMessage>();
    if (message.end_of_video == 0) return;
    for (const std::uint32_t track : input.open_tracks) {
        SummaryMessage given_up;
        given_up.facts.track = track;
        TaskSpec spec = without_frame(input.task, Category::kSummary, StateAccess::kBarrier, track);
        spec.payload = Payload::of(given_up);
        completion.outputs.push_back(spec);
    }
    completion.outputs.push_back(finish_video_task(input.task, message.end));
}

}  // namespace

void settle(const StageInput& input, Completion& completion) {
    completion.clear();
    switch (input.task.category) {
        case Category::kVehicleDetect:
            return settle_detect(input, completion);
        case Category::kVehicleTrack:
            return settle_track(input, completion);
        case Category::kPlateDetect:
        case Category::kOcr:
            return settle_look(input, completion);
        case Category::kPlateSmooth:
            return;  // the evidence stays as it was
        case Category::kSummary:
            completion.own_state = StateChange::kClose;
            return;
        case Category::kFinalWrite:
            // A begin leaves the video's state open: its frames are on their way. All others are
            // the last of theirs.
            if (input.task.payload.as<BeginVideoMessage>().kind != WriteKind::kBeginVideo) {
                completion.own_state = StateChange::kClose;
            }
            return;
    }
}

}  // namespace dashcam
