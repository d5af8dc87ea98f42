#include "pipeline/task_queue/task_queue.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <span>

#include "pipeline/task_queue/limits.h"
#include "pipeline/task_queue/queue_lock.h"
#include "pipeline/task_queue/rebuild.h"
#include "pipeline/task_queue/task_queue_fixture.h"

namespace dashcam {
namespace {

using namespace dashcam::test;

TEST_F(TaskQueueTest, AnEmptyQueueIsSoundAndHasNothingToClaim) {
    ASSERT_SOUND(control);
    EXPECT_FALSE(worker.busiest(Pool::kGpu, std::nullopt));
    EXPECT_FALSE(claim_one(worker, kDetect));
    EXPECT_EQ(snapshot(control).alive(), 0u);
}

TEST_F(TaskQueueTest, AnAdmittedTaskIsClaimedWithItsContent) {
    const FrameRef frame = reserve(7);
    ASSERT_SOUND(control);
    TaskSpec spec = with_frame(make_spec(kDetect), frame);
    spec.frame_index = 7;
    spec.payload = Payload::of(std::uint64_t{4711});
    main.admit(stream, spec);
    ASSERT_SOUND(control);
    EXPECT_EQ(line(kDetect).ready, 1u);

    const std::uint32_t task = take(worker, kDetect);
    ASSERT_SOUND(control);
    EXPECT_EQ(line(kDetect).ready, 0u);
    EXPECT_EQ(line(kDetect).leased, 1u);
    EXPECT_EQ(worker.task(task).stream, stream);
    EXPECT_EQ(worker.task(task).frame_index, 7u);
    EXPECT_EQ(worker.task(task).payload_ref, frame);
    EXPECT_EQ(worker.task(task).payload.as<std::uint64_t>(), 4711u);
    EXPECT_FALSE(claim_one(other, kDetect));
}

TEST_F(TaskQueueTest, AFrameLivesExactlyAsLongAsATaskDependsOnIt) {
    const FrameRef frame = reserve(0);
    EXPECT_EQ(frame_word(frame).life, FrameLife::kFilling);
    main.admit(stream, with_frame(make_spec(kDetect), frame));
    EXPECT_EQ(frame_word(frame).life, FrameLife::kLive);
    finish(kDetect, make_completion({with_frame(make_spec(kPlate), frame),
                                     with_frame(make_spec(kSmooth), frame)}));
    ASSERT_SOUND(control);
    finish(kPlate);
    ASSERT_SOUND(control);
    EXPECT_EQ(frame_word(frame).life, FrameLife::kLive);
    EXPECT_EQ(snapshot(control).frames_held, 1u);
    finish(kSmooth);
    ASSERT_SOUND(control);
    EXPECT_EQ(frame_word(frame).life, FrameLife::kFree);
    EXPECT_EQ(snapshot(control).frames_held, 0u);
    EXPECT_EQ(control.header().counters.frames_released.load(), 1u);
}

TEST_F(TaskQueueTest, AReusedFrameSlotHasAnotherGeneration) {
    const FrameRef first = reserve(0);
    main.cancel_frame(first);
    ASSERT_SOUND(control);
    const FrameRef second = reserve(0);
    EXPECT_EQ(second.slot, first.slot);
    EXPECT_NE(second.generation, first.generation);
    // For main the region is given up.
    main.cancel_frame(first);
    EXPECT_EQ(control.header().damage.load(), Damage::kLinks);
    control.header().damage = Damage::kNone;
    main.admit(stream, with_frame(make_spec(kDetect), first));
    EXPECT_EQ(control.header().damage.load(), Damage::kLinks);
}

TEST_F(TaskQueueTest, TwoReservedFramesOfOneTaskAreBothUncharged) {
    const FrameRef first = reserve(0);
    const FrameRef second = reserve(1);
    main.admit(stream, with_frame(with_frame(make_spec(kDetect), first), second));
    ASSERT_SOUND(control);
    EXPECT_EQ(snapshot(control).charge, wide_limits().looks_per_frame);
    finish(kDetect);
    ASSERT_SOUND(control);
    EXPECT_EQ(snapshot(control).frames_held, 0u);
    EXPECT_EQ(snapshot(control).charge, 0u);
}

TEST_F(TaskQueueTest, OnlyTheLesseeMayEndALease) {
    main.admit(stream, make_spec(kDetect));
    const std::uint32_t task = take(worker, kDetect);
    EXPECT_DEATH(other.complete(task, {}), "check failed");
    EXPECT_DEATH(other.fail(task), "check failed");
    worker.complete(task, {});
    EXPECT_DEATH(worker.complete(task, {}), "check failed");
    ASSERT_SOUND(control);
    EXPECT_EQ(line(kDetect).done, 1u);
}

TEST_F(TaskQueueTest, ABatchIsClaimedInTheOrderOfAdmission) {
    for (std::uint32_t i = 0; i < 5; ++i) {
        TaskSpec spec = make_spec(kDetect);
        spec.frame_index = i;
        main.admit(stream, spec);
    }
    std::array<std::uint32_t, 3> batch{};
    ASSERT_EQ(worker.claim(kDetect, batch), 3u);
    ASSERT_SOUND(control);
    for (std::uint32_t i = 0; i < 3; ++i) EXPECT_EQ(worker.task(batch[i]).frame_index, i);
    ASSERT_EQ(other.claim(kDetect, batch), 2u);
    EXPECT_EQ(other.task(batch[0]).frame_index, 3u);
    ASSERT_SOUND(control);
}

TEST_F(TaskQueueTest, TasksThatFailedBeforeAreClaimedAlone) {
    for (int i = 0; i < 3; ++i) main.admit(stream, make_spec(kDetect));
    std::array<std::uint32_t, 4> batch{};
    ASSERT_EQ(worker.claim(kDetect, batch), 3u);
    worker.fail(batch[0]);
    worker.fail(batch[1]);
    worker.complete(batch[2], {});
    main.admit(stream, make_spec(kDetect));
    ASSERT_SOUND(control);
    EXPECT_EQ(worker.claim(kDetect, batch), 1u);
    EXPECT_EQ(worker.claim(kDetect, batch), 1u);
    EXPECT_EQ(worker.task(batch[0]).word.load().attempts, 1u);
    EXPECT_EQ(worker.claim(kDetect, batch), 1u);
    EXPECT_EQ(worker.task(batch[0]).word.load().attempts, 0u);
    ASSERT_SOUND(control);
}

TEST_F(TaskQueueTest, ABatchEndsBeforeATaskThatFailedBefore) {
    main.admit(stream, make_spec(kDetect));
    const std::uint32_t failing = take(worker, kDetect);
    main.admit(stream, make_spec(kDetect));
    worker.fail(failing);  // behind the fresh one now
    std::array<std::uint32_t, 4> batch{};
    EXPECT_EQ(worker.claim(kDetect, batch), 1u);
    EXPECT_NE(batch[0], failing);
    ASSERT_SOUND(control);
}

TEST_F(TaskQueueTest, ATaskThatFailsTooOftenIsSetAsideAndSettledByMain) {
    const FrameRef frame = reserve(0);
    main.admit(stream, with_frame(make_spec(kDetect), frame));
    for (std::uint32_t attempt = 1; attempt <= 3; ++attempt) {
        EXPECT_FALSE(main.claim_dead());
        worker.fail(take(worker, kDetect));
        ASSERT_SOUND(control);
    }
    EXPECT_EQ(line(kDetect).dead, 1u);
    EXPECT_EQ(snapshot(control).alive(), 1u);
    EXPECT_FALSE(claim_one(worker, kDetect));
    EXPECT_EQ(frame_word(frame).life, FrameLife::kLive);  // main may still look at it

    const std::optional<std::uint32_t> dead = main.claim_dead();
    ASSERT_TRUE(dead);
    ASSERT_SOUND(control);
    EXPECT_FALSE(main.claim_dead());
    main.complete(*dead, make_completion({make_spec(kWrite)}));
    ASSERT_SOUND(control);
    EXPECT_EQ(line(kDetect).dead, 0u);
    EXPECT_EQ(line(kWrite).ready, 1u);
    EXPECT_EQ(frame_word(frame).life, FrameLife::kFree);
}

TEST_F(TaskQueueTest, ADeadWorkersLeasesAreGivenBackAndNobodyElses) {
    for (int i = 0; i < 4; ++i) main.admit(stream, make_spec(kDetect));
    std::array<std::uint32_t, 2> mine{};
    std::array<std::uint32_t, 2> others{};
    ASSERT_EQ(worker.claim(kDetect, mine), 2u);
    ASSERT_EQ(other.claim(kDetect, others), 2u);
    EXPECT_EQ(main.give_back(1), 2u);
    ASSERT_SOUND(control);
    EXPECT_EQ(main.give_back(1), 0u);
    EXPECT_EQ(line(kDetect).ready, 2u);
    EXPECT_EQ(line(kDetect).leased, 2u);
    EXPECT_EQ(control.tasks()[mine[0]].word.load().attempts, 1u);
    other.complete(others[0], {});
    ASSERT_SOUND(control);
}

TEST_F(TaskQueueTest, GivingBackTooOftenSetsATaskAside) {
    main.admit(stream, make_spec(kDetect));
    for (int i = 0; i < 3; ++i) {
        take(worker, kDetect);
        EXPECT_EQ(main.give_back(1), 1u);
        ASSERT_SOUND(control);
    }
    EXPECT_EQ(line(kDetect).dead, 1u);
}

// ---------------------------------------------------------------- access

TEST_F(TaskQueueTest, SharedTasksOfOneStateRunSideBySide) {
    main.admit(stream, make_spec(kDetect));
    main.admit(stream, make_spec(kDetect));
    take(worker, kDetect);
    take(other, kDetect);
    ASSERT_SOUND(control);
}

TEST_F(TaskQueueTest, ExclusiveTasksOfOneStateRunOneAfterTheOther) {
    main.admit(stream, make_spec(kSmooth, StateAccess::kExclusive));
    main.admit(stream, make_spec(kSmooth, StateAccess::kExclusive));
    ASSERT_SOUND(control);
    EXPECT_EQ(line(kSmooth).ready, 2u);
    EXPECT_EQ(line(kSmooth).waiting, 1u);
    const std::uint32_t first = take(worker, kSmooth);
    EXPECT_FALSE(claim_one(other, kSmooth));
    worker.complete(first, {});
    ASSERT_SOUND(control);
    EXPECT_EQ(line(kSmooth).waiting, 0u);
    other.complete(take(other, kSmooth), {});
    ASSERT_SOUND(control);
}

TEST_F(TaskQueueTest, ExclusiveTasksOfDifferentStatesRunSideBySide) {
    const std::uint32_t second = *main.open_stream({});
    main.admit(stream, make_spec(kSmooth, StateAccess::kExclusive));
    main.admit(second, make_spec(kSmooth, StateAccess::kExclusive));
    take(worker, kSmooth);
    take(other, kSmooth);
    ASSERT_SOUND(control);
}

TEST_F(TaskQueueTest, ASetAsideExclusiveTaskKeepsTheOthersWaiting) {
    main.admit(stream, make_spec(kSmooth, StateAccess::kExclusive));
    for (int i = 0; i < 3; ++i) worker.fail(take(worker, kSmooth));
    main.admit(stream, make_spec(kSmooth, StateAccess::kExclusive));
    EXPECT_FALSE(claim_one(worker, kSmooth));
    ASSERT_SOUND(control);
    main.complete(*main.claim_dead(), {});
    ASSERT_SOUND(control);
    EXPECT_TRUE(claim_one(worker, kSmooth));
}

TEST_F(TaskQueueTest, OrderedTasksRunInTheOrderOfTheirSequence) {
    for (const std::uint64_t sequence : {2, 0, 1}) {
        main.admit(stream, make_spec(kTrack, StateAccess::kOrdered, 0, sequence));
    }
    for (std::uint64_t sequence = 0; sequence < 3; ++sequence) {
        ASSERT_SOUND(control);
        const std::uint32_t task = take(worker, kTrack);
        EXPECT_EQ(worker.task(task).sequence, sequence);
        EXPECT_FALSE(claim_one(other, kTrack));
        if (sequence == 1) {  // a failure changes nothing about the order
            worker.fail(task);
            ASSERT_SOUND(control);
            EXPECT_EQ(take(worker, kTrack), task);
        }
        worker.complete(task, make_completion({}, StateChange::kUpdate));
    }
    ASSERT_SOUND(control);
    EXPECT_EQ(stream_word().version, 3u);
}

TEST_F(TaskQueueTest, ABarrierWaitsForTasksAndTracksOfItsState) {
    open_tracks({1});
    main.admit(stream, make_spec(kDetect));
    main.admit(stream, make_spec(kWrite, StateAccess::kBarrier));
    ASSERT_SOUND(control);
    EXPECT_FALSE(claim_one(worker, kWrite));
    finish(kDetect, make_completion({make_spec(kSmooth, StateAccess::kExclusive, 1)}));
    EXPECT_FALSE(claim_one(worker, kWrite));  // the track is still open
    finish(kSmooth, make_completion({}, StateChange::kClose));
    ASSERT_SOUND(control);
    finish(kWrite, make_completion({}, StateChange::kClose));
    ASSERT_SOUND(control);
    EXPECT_EQ(stream_word().life, StateLife::kFree);
}

TEST_F(TaskQueueTest, ABarrierAmongATasksOutputsWaitsForTheOthersAndNotForTheTask) {
    main.admit(stream, make_spec(kTrack, StateAccess::kOrdered));
    finish(kTrack, make_completion({make_spec(kWrite, StateAccess::kBarrier), make_spec(kDetect)},
                                   StateChange::kUpdate));
    ASSERT_SOUND(control);
    EXPECT_FALSE(claim_one(worker, kWrite));
    finish(kDetect);
    ASSERT_SOUND(control);
    EXPECT_TRUE(claim_one(worker, kWrite));
}

// The closing task's outputs count before its state's parent is told: else the barrier slipped in
// between.
TEST_F(TaskQueueTest, ABarrierOfTheVideoWaitsForTheOutputsOfTheTaskThatClosedTheLastTrack) {
    open_tracks({1});
    main.admit(stream, make_spec(kDetect));
    finish(kDetect, make_completion({make_spec(kSummary, StateAccess::kBarrier, 1)}));
    main.admit(stream, make_spec(kWrite, StateAccess::kBarrier));
    finish(kSummary, make_completion({make_spec(kPlate)}, StateChange::kClose));
    ASSERT_SOUND(control);
    EXPECT_FALSE(claim_one(worker, kWrite));
    finish(kPlate);
    ASSERT_SOUND(control);
    EXPECT_TRUE(claim_one(worker, kWrite));
}

// A barrier that has to wait again after a failure must not keep its state from the others.
TEST_F(TaskQueueTest, AFailedBarrierLetsThoseRunWhoJoinedMeanwhile) {
    main.admit(stream, make_spec(kWrite, StateAccess::kBarrier));
    const std::uint32_t barrier = take(worker, kWrite);
    main.admit(stream, make_spec(kSmooth, StateAccess::kExclusive));
    EXPECT_FALSE(claim_one(other, kSmooth));
    worker.fail(barrier);
    ASSERT_SOUND(control);
    finish(kSmooth);
    ASSERT_SOUND(control);
    EXPECT_EQ(take(worker, kWrite), barrier);
}

TEST_F(TaskQueueTest, BirthsWaitForRoom) {
    open_tracks({1, 2, 3});  // all tracks of tiny_sizes()
    main.admit(stream, make_spec(kTrack, StateAccess::kOrdered, 0, 3));
    ASSERT_SOUND(control);
    EXPECT_FALSE(claim_one(worker, kTrack));
    EXPECT_EQ(line(kTrack).waiting, 1u);
    main.admit(stream, make_spec(kDetect));
    finish(kDetect, make_completion({make_spec(kWrite, StateAccess::kExclusive, 2)}));
    finish(kWrite, make_completion({}, StateChange::kClose));
    ASSERT_SOUND(control);
    finish(kTrack, make_completion({make_spec(kSmooth, StateAccess::kExclusive, 4)},
                                   StateChange::kUpdate, {4}));
    ASSERT_SOUND(control);
    const std::uint32_t task = take(worker, kSmooth);
    EXPECT_EQ(control.states()[worker.task(task).state_slot].key, 4u);
}

TEST_F(TaskQueueTest, ATaskThatNamesAnUnknownTrackIsRefusedAndChangesNothing) {
    open_tracks({1});
    main.admit(stream, make_spec(kDetect));
    const std::uint32_t task = take(worker, kDetect);
    // The worker dies under the lock; the next one rolls its work back.
    EXPECT_DEATH(
        worker.complete(task, make_completion({make_spec(kSmooth),
                                               make_spec(kSmooth, StateAccess::kExclusive, 9)})),
        "not open");
    EXPECT_EQ(main.give_back(1), 1u);
    ASSERT_SOUND(control);
    EXPECT_EQ(control.header().counters.rebuilds.load(), 1u);
    EXPECT_EQ(snapshot(control).alive(), 1u);
}

TEST_F(TaskQueueTest, OnlyAnOrderedTaskOpensTracks) {
    main.admit(stream, make_spec(kDetect));
    const std::uint32_t task = take(worker, kDetect);
    EXPECT_DEATH(worker.complete(task, make_completion({}, StateChange::kNone, {1})),
                 "check failed");
}

TEST_F(TaskQueueTest, AStateIsNotClosedUnderOthers) {
    main.admit(stream, make_spec(kWrite, StateAccess::kExclusive));
    main.admit(stream, make_spec(kDetect));
    const std::uint32_t task = take(worker, kWrite);
    EXPECT_DEATH(worker.complete(task, make_completion({}, StateChange::kClose)),
                 "references == 1");
    finish(kDetect);
    EXPECT_DEATH(worker.complete(task, make_completion({make_spec(kDetect)}, StateChange::kClose)),
                 "check failed");
    worker.complete(task, make_completion({}, StateChange::kClose));
    ASSERT_SOUND(control);
}

// ---------------------------------------------------------------- states

TEST_F(TaskQueueTest, AStateChangesOnlyWhenItsTaskCommits) {
    main.admit(stream, make_spec(kTrack, StateAccess::kOrdered, 0, 0));
    std::uint32_t task = take(worker, kTrack);
    EXPECT_TRUE(worker.current_state(task).empty());
    write_next(task, 1);
    worker.complete(task, make_completion({}, StateChange::kUpdate));
    ASSERT_SOUND(control);

    main.admit(stream, make_spec(kTrack, StateAccess::kOrdered, 0, 1));
    task = take(worker, kTrack);
    write_next(task, 2);
    worker.fail(task);  // what it wrote is lost
    task = take(worker, kTrack);
    ASSERT_EQ(worker.current_state(task).size(), tiny_sizes().stream_state_bytes);
    int value = 0;
    std::memcpy(&value, worker.current_state(task).data(), sizeof value);
    EXPECT_EQ(value, 1);
    EXPECT_NE(worker.current_state(task).data(), worker.next_state(task).data());
    write_next(task, 3);
    worker.complete(task, make_completion({}, StateChange::kUpdate));
    ASSERT_SOUND(control);
    EXPECT_EQ(stream_word(), (CheckedWord<StateWord>::checked({StateLife::kLive, 0, 0, 2})));
}

TEST_F(TaskQueueTest, ASharedTaskCannotReplaceItsState) {
    main.admit(stream, make_spec(kDetect));
    const std::uint32_t task = take(worker, kDetect);
    EXPECT_DEATH(worker.next_state(task), "check failed");
    EXPECT_DEATH(worker.complete(task, make_completion({}, StateChange::kUpdate)), "check failed");
}

TEST_F(TaskQueueTest, AReopenedTrackStartsEmpty) {
    open_tracks({1});
    for (const std::uint32_t key : {1u, 2u}) {
        main.admit(stream, make_spec(kDetect));
        finish(kDetect, make_completion({make_spec(kSmooth, StateAccess::kExclusive, key)}));
        const std::uint32_t task = take(worker, kSmooth);
        EXPECT_TRUE(worker.current_state(task).empty());
        write_next(task, 99);
        worker.complete(task, make_completion({make_spec(kWrite, StateAccess::kExclusive, key)},
                                              StateChange::kUpdate));
        const std::uint32_t last = take(worker, kWrite);
        EXPECT_FALSE(worker.current_state(last).empty());
        worker.complete(last, make_completion({}, StateChange::kClose));
        ASSERT_SOUND(control);
        main.admit(stream, make_spec(kTrack, StateAccess::kOrdered, 0, key));
        finish(kTrack, make_completion({}, StateChange::kUpdate, {key + 1}));
        ASSERT_SOUND(control);
    }
}

TEST_F(TaskQueueTest, StreamsAreBoundedAndReopened) {
    const std::array<std::byte, 2> description{std::byte{1}, std::byte{2}};
    const std::optional<std::uint32_t> second = main.open_stream(description);
    ASSERT_TRUE(second);
    EXPECT_EQ(control.streams()[*second].description[1], std::byte{2});
    EXPECT_FALSE(main.open_stream({}));
    ASSERT_SOUND(control);

    const std::uint32_t seen = main.room_events();
    main.admit(*second, make_spec(kTrack, StateAccess::kOrdered));
    finish(kTrack,
           make_completion({make_spec(kWrite, StateAccess::kBarrier)}, StateChange::kUpdate));
    finish(kWrite, make_completion({}, StateChange::kClose));
    EXPECT_NE(main.room_events(), seen);
    ASSERT_SOUND(control);
    const std::array<std::byte, 2> another{std::byte{3}, std::byte{4}};
    EXPECT_EQ(main.open_stream(another), second);
    EXPECT_TRUE(std::ranges::equal(
        another, std::span(control.streams()[*second].description).first(another.size())));
    main.admit(*second, make_spec(kTrack, StateAccess::kOrdered));
    const std::uint32_t task = take(worker, kTrack);
    EXPECT_TRUE(worker.current_state(task).empty());
    ASSERT_SOUND(control);
}

// ---------------------------------------------------------------- rebuild and audit

TEST_F(TaskQueueTest, ARebuildOfASoundQueueChangesNothing) {
    open_tracks({1, 2});
    const FrameRef frame = reserve(0);
    main.admit(stream, with_frame(make_spec(kDetect), frame));
    main.admit(stream, make_spec(kSummary, StateAccess::kBarrier));
    main.admit(stream, make_spec(kTrack, StateAccess::kOrdered, 0, 3));
    take(worker, kDetect);
    const BacklogSnapshot before = snapshot(control);
    {
        QueueLock lock(control, 0);
        ASSERT_EQ(rebuild(control), Damage::kNone);
    }
    ASSERT_SOUND(control);
    const BacklogSnapshot after = snapshot(control);
    for (std::size_t i = 0; i < kCategories; ++i) {
        EXPECT_EQ(before.categories[i].ready, after.categories[i].ready);
        EXPECT_EQ(before.categories[i].waiting, after.categories[i].waiting);
        EXPECT_EQ(before.categories[i].leased, after.categories[i].leased);
    }
    EXPECT_EQ(before.charge, after.charge);
    EXPECT_EQ(before.frames_held, after.frames_held);
}

// Each damage is found under the name of its invariant, and a rebuild mends what is derived.
TEST_F(TaskQueueTest, AuditFindsDamage) {
    open_tracks({1});
    const FrameRef frame = reserve(0);
    main.admit(stream, with_frame(make_spec(kDetect), frame));
    main.admit(stream, make_spec(kSmooth, StateAccess::kExclusive));
    main.admit(stream, make_spec(kSmooth, StateAccess::kExclusive));
    const std::uint32_t leased = take(worker, kDetect);
    ControlHeader& header = control.header();
    auto expect_damage = [&](const char* name, auto&& damage) {
        damage();
        const Result<void> result = audit(control, 0);
        ASSERT_FALSE(result.ok()) << name;
        EXPECT_NE(result.error().message.find(name), std::string::npos) << result.error().message;
        QueueLock lock(control, 0);
        ASSERT_EQ(rebuild(control), Damage::kNone);
    };
    expect_damage("I1", [&] { header.queues[index(kSmooth)].claimable += 1; });
    expect_damage("I1", [&] {
        header.queues[index(kSmooth)].head = header.queues[index(kSmooth)].tail = leased;
    });
    expect_damage("I1", [&] { header.charge += 1; });
    expect_damage("I1", [&] { control.states()[stream].references += 1; });
    expect_damage("I1", [&] { control.states()[stream].free_children -= 1; });
    expect_damage("I1", [&] { control.states()[stream].exclusive = 0; });
    expect_damage("I1", [&] { control.frames()[frame.slot].references += 1; });
    expect_damage("I6", [&] { header.free_task = control.tasks()[header.free_task].next; });
    expect_damage("I6", [&] { header.free_frame = frame.slot; });
    ASSERT_SOUND(control);

    // Truth that contradicts itself is not mended, only found.
    auto expect_broken_truth = [&](const char* name, auto&& damage, auto&& undo) {
        damage();
        const Result<void> result = audit(control, 0);
        ASSERT_FALSE(result.ok()) << name;
        EXPECT_NE(result.error().message.find(name), std::string::npos) << result.error().message;
        undo();
        ASSERT_SOUND(control);
    };
    auto& frame_truth = control.frames()[frame.slot].word;
    auto& task_truth = control.tasks()[leased].word;
    auto& pending = control.states()[stream].pending;
    const FrameWord live = frame_truth.load();
    const TaskWord word = task_truth.load();
    const std::uint64_t order = header.next_order;
    expect_broken_truth(
        "I3",
        [&] {
            frame_truth.store({FrameLife::kLive, 0, 0, live.generation + 1});
        },
        [&] { frame_truth.store(live); });
    expect_broken_truth(
        "I2",
        [&] {
            TaskWord impossible = word;
            impossible.owner = 62;
            task_truth.store(impossible);
        },
        [&] { task_truth.store(word); });
    expect_broken_truth(
        "I4", [&] { pending.armed = 1; }, [&] { pending.armed = 0; });
    expect_broken_truth(
        "I5", [&] { header.next_order = 0; }, [&] { header.next_order = order; });
    expect_broken_truth(
        "I7", [&] { header.limits.hard_limit = 1; },
        [&] { header.limits.hard_limit = wide_limits().hard_limit; });
}

TEST(CreateQueue, RefusesMoreThanTheDesignAllows) {
    ControlSizes sizes = tiny_sizes();
    sizes.task_slots = kMaxTaskSlots + 1;
    EXPECT_FALSE(create_queue(sizes, wide_limits()).ok());
    sizes = tiny_sizes();
    sizes.workers = kMaxWorkers + 1;
    EXPECT_FALSE(create_queue(sizes, wide_limits()).ok());
}

}  // namespace
}  // namespace dashcam
