#include "pipeline/stages/cpu_stages.h"

#include "pipeline/stages/fragments.h"
#include "pipeline/stages/rows_of.h"
#include "reading/fusion.h"
#include "reading/track_evidence.h"
#include "tracking/tracker.h"

namespace dashcam {
namespace {

TaskSpec summary_task(const TaskSlot& task, const TrackFacts& facts) {
    SummaryMessage message;
    message.facts = facts;
    TaskSpec spec = without_frame(task, Category::kSummary, StateAccess::kBarrier, facts.track);
    spec.payload = Payload::of(message);
    return spec;
}

TaskSpec look_task(const TaskSlot& task, const FrameStamp& stamp, const Look& look) {
    TaskSpec spec = on_same_frame(task, Category::kPlateDetect, StateAccess::kShared, look.track);
    spec.payload = Payload::of(PlateDetectMessage{stamp, look});
    return spec;
}

// Whether a track becomes a row: it was seen often enough to be a vehicle, or it showed a plate.
bool worth_a_row(const TrackFacts& facts, const PlateSummary& plate) {
    if (facts.hits == 0) return false;
    return facts.confirmed != 0 || plate.tier == PlateTier::kProbable ||
           plate.tier == PlateTier::kConfirmed;
}

}  // namespace

Result<void> VehicleTrackStage::run(const StageInput& input, StageOutput& output) {
    const auto message = input.task.payload.as<VehicleTrackMessage>();
    if (message.end_of_video != 0) return end_of_video(input, output);

    auto state = std::make_unique<TrackerState>(state_as<TrackerState>(input.state));
    const TrackerOutput tracked =
        track_frame(*state, message.stamp, input.frame, message.detections);
    for (const Shot& shot : tracked.shots) {
        TRY(crops_.write(text_of(input.video.id), shot.track, message.stamp.index,
                         CropKind::kVehicle, input.frame, shot.vehicle));
    }
    put_state(input.next_state, *state);
    output.own_state = StateChange::kUpdate;
    output.opened_keys.assign(tracked.born.begin(), tracked.born.end());
    for (const Look& look : tracked.looks) {
        output.outputs.push_back(look_task(input.task, message.stamp, look));
    }
    for (const TrackFacts& facts : tracked.ended)
        output.outputs.push_back(summary_task(input.task, facts));
    return {};
}

Result<void> VehicleTrackStage::end_of_video(const StageInput& input, StageOutput& output) {
    auto state = std::make_unique<TrackerState>(state_as<TrackerState>(input.state));
    const TrackerOutput tracked = finish_tracks(*state);
    put_state(input.next_state, *state);
    output.own_state = StateChange::kUpdate;
    for (const TrackFacts& facts : tracked.ended)
        output.outputs.push_back(summary_task(input.task, facts));
    output.outputs.push_back(
        finish_video_task(input.task, input.task.payload.as<EndOfVideoMessage>().end));
    return {};
}

Result<void> PlateSmoothStage::run(const StageInput& input, StageOutput& output) {
    const auto message = input.task.payload.as<PlateSmoothMessage>();
    auto evidence = std::make_unique<TrackEvidence>(state_as<TrackEvidence>(input.state));
    add_reading(*evidence, message.reading);
    // Only a reading that is kept can be the one that is shown in the end.
    for (const PlateReading& kept : evidence->readings) {
        if (kept.found == 0 || kept.frame != message.reading.frame) continue;
        TRY(crops_.write(text_of(input.video.id), message.track, kept.frame.index, CropKind::kPlate,
                         input.frame, kept.corners.bounds()));
    }
    put_state(input.next_state, *evidence);
    output.own_state = StateChange::kUpdate;
    return {};
}

Result<void> SummaryStage::run(const StageInput& input, StageOutput& output) {
    const auto message = input.task.payload.as<SummaryMessage>();
    const auto evidence = std::make_unique<TrackEvidence>(state_as<TrackEvidence>(input.state));
    WriteVehicleMessage write;
    write.facts = message.facts;
    write.plate = summarise_plate(*evidence);
    if (!worth_a_row(write.facts, write.plate)) {
        output.own_state = StateChange::kClose;
        return {};
    }
    TaskSpec spec = without_frame(input.task, Category::kFinalWrite, StateAccess::kBarrier,
                                  message.facts.track);
    spec.payload = Payload::of(write);
    output.outputs.push_back(spec);
    return {};
}

Result<void> FinalWriteStage::run(const StageInput& input, StageOutput& output) {
    switch (input.task.payload.as<BeginVideoMessage>().kind) {
        case WriteKind::kBeginVideo:
            return store_->begin_video(
                video_row(input.video, VideoEnd{}, VideoStatus::kUnfinished));
        case WriteKind::kVehicle:
            TRY(write_vehicle(input, output.rows));
            break;
        case WriteKind::kFinishVideo:
            TRY(finish_video(input, output.rows));
            break;
    }
    output.own_state = StateChange::kClose;
    return {};
}

Result<void> FinalWriteStage::write_vehicle(const StageInput& input, RowTally& rows) {
    const auto message = input.task.payload.as<WriteVehicleMessage>();
    const auto evidence = std::make_unique<TrackEvidence>(state_as<TrackEvidence>(input.state));
    VehicleRow row = vehicle_row(input.video, message.facts, message.plate);
    std::vector<std::string> kept;
    if (!row.best_shot.empty()) kept.push_back(row.best_shot);
    if (!row.plate_shot.empty()) kept.push_back(row.plate_shot);
    TRY(store_->write_vehicle(row, reading_rows(input.video, message.facts.track, *evidence)));
    crops_.keep_only(text_of(input.video.id), message.facts.track, kept);
    rows.vehicles = 1;
    rows.plates =
        message.plate.tier == PlateTier::kProbable || message.plate.tier == PlateTier::kConfirmed;
    if (rows.plates > 0) rows.plate = row.plate;
    rows.is_confirmed = message.plate.tier == PlateTier::kConfirmed;
    return {};
}

Result<void> FinalWriteStage::finish_video(const StageInput& input, RowTally& rows) {
    const auto message = input.task.payload.as<FinishVideoMessage>();
    VideoRow row = video_row(input.video, message.end, status_of(message.end.outcome));
    if (input.damages > 0) {
        // Some of its work could not be done: it is not finished, and the next run does it again.
        row.status = VideoStatus::kUnfinished;
        row.reason =
            std::to_string(input.damages) + " tasks of this video failed and were set aside";
    }
    VehicleFilter filter;
    filter.video = row.id;
    TRY_ASSIGN(const std::vector<VehicleRow> tracks, store_->vehicles(filter));
    TRY_ASSIGN(const FragmentsJoined joined, join_fragments(*store_, tracks));
    // Before the commit: nobody looks after a finished video's pictures again. If this dies in
    // between, it is done again from the same rows.
    crops_.keep_only(row.id, pictures_after(tracks, joined));
    TRY(store_->finish_video(row, joined.kept_tracks, joined.rewritten));
    (row.status == VideoStatus::kFinished ? rows.videos : rows.failed_videos) = 1;
    return {};
}

}  // namespace dashcam
