// What workers choose to do next, and when readers have to wait.
#include <gtest/gtest.h>

#include "pipeline/task_queue/queue_lock.h"
#include "pipeline/task_queue/rebuild.h"
#include "pipeline/task_queue/task_queue_fixture.h"

namespace dashcam {
namespace {

using namespace dashcam::test;

// ---------------------------------------------------------------- choice

TEST_F(TaskQueueTest, TheBusiestCategoryOfThePoolIsChosen) {
    main.admit(stream, make_spec(kDetect));
    for (int i = 0; i < 3; ++i) main.admit(stream, make_spec(kSmooth));
    EXPECT_EQ(worker.busiest(Pool::kGpu, std::nullopt), kDetect);
    EXPECT_EQ(worker.busiest(Pool::kCpu, std::nullopt), kSmooth);
    main.admit(stream, make_spec(kPlate));
    main.admit(stream, make_spec(kPlate));
    EXPECT_EQ(worker.busiest(Pool::kGpu, std::nullopt), kPlate);
}

TEST_F(TaskQueueTest, TheLaterStageWinsATie) {
    main.admit(stream, make_spec(kPlate));
    main.admit(stream, make_spec(kDetect));
    EXPECT_EQ(worker.busiest(Pool::kGpu, std::nullopt), kPlate);
    main.admit(stream, make_spec(Category::kOcr));
    EXPECT_EQ(worker.busiest(Pool::kGpu, std::nullopt), Category::kOcr);
}

TEST_F(TaskQueueTest, AWorkerStaysUntilAnotherCategoryIsClearlyAhead) {
    main.admit(stream, make_spec(kDetect));
    for (int i = 0; i < 3; ++i) main.admit(stream, make_spec(kPlate));
    EXPECT_EQ(worker.busiest(Pool::kGpu, kDetect), kDetect);
    main.admit(stream, make_spec(kPlate));
    EXPECT_EQ(worker.busiest(Pool::kGpu, kDetect), kPlate);
    take(worker, kDetect);
    EXPECT_EQ(worker.busiest(Pool::kGpu, kDetect), kPlate);
}

TEST_F(TaskQueueTest, WaitingTasksDoNotMakeACategoryBusy) {
    for (std::uint64_t i = 1; i < 4; ++i)
        main.admit(stream, make_spec(kTrack, StateAccess::kOrdered, 0, i));
    EXPECT_FALSE(worker.busiest(Pool::kCpu, std::nullopt));
    main.admit(stream, make_spec(kSmooth));
    EXPECT_EQ(worker.busiest(Pool::kCpu, std::nullopt), kSmooth);
}

// ---------------------------------------------------------------- back-pressure

class BackPressure : public TaskQueueTest {
  protected:
    static QueueLimits limits() {
        QueueLimits limits = wide_limits();
        limits.max_gpu_backlog = 1;
        limits.max_cpu_backlog = 1;
        limits.soft_limit = 6;
        limits.hard_limit = 8;
        return limits;
    }
    BackPressure() : TaskQueueTest(tiny_sizes(), limits()) {}
    bool may_reserve() {
        const std::optional<FrameRef> frame = main.reserve_frame(stream, 0, kTinyFormat);
        if (frame) main.cancel_frame(*frame);
        return frame.has_value();
    }
};

TEST_F(BackPressure, ReadersPauseAboveTheGpuBacklogAndAreWokenByAClaim) {
    main.admit(stream, make_spec(kDetect));
    EXPECT_TRUE(may_reserve());
    main.admit(stream, make_spec(kPlate));
    EXPECT_FALSE(may_reserve());
    const std::uint32_t seen = main.room_events();
    take(worker, kPlate);
    EXPECT_NE(main.room_events(), seen);
    EXPECT_TRUE(may_reserve());
    ASSERT_SOUND(control);
}

TEST_F(BackPressure, ReadersPauseAboveTheCpuBacklogWaitingTasksIncluded) {
    main.admit(stream, make_spec(kTrack, StateAccess::kOrdered, 0, 1));
    EXPECT_TRUE(may_reserve());
    main.admit(stream, make_spec(kSmooth));
    EXPECT_FALSE(may_reserve());
    const std::uint32_t seen = main.room_events();
    take(worker, kSmooth);
    EXPECT_NE(main.room_events(), seen);
    EXPECT_TRUE(may_reserve());
    ASSERT_SOUND(control);
}

TEST_F(BackPressure, TheHardLimitCountsEverythingThatAFrameMayBecome) {
    const FrameRef first = reserve(0);
    EXPECT_EQ(snapshot(control).charge, 3u);
    EXPECT_FALSE(main.above_soft_limit());
    const FrameRef second = reserve(1);
    EXPECT_EQ(snapshot(control).charge, 6u);
    EXPECT_TRUE(main.above_soft_limit());
    EXPECT_FALSE(may_reserve());  // 9 would pass the limit of 8
    ASSERT_SOUND(control);
    main.admit(stream, with_frame(make_spec(kDetect), first));
    finish(kDetect, make_completion({with_frame(make_spec(kTrack, StateAccess::kOrdered), first)}));
    EXPECT_EQ(snapshot(control).charge, 6u);
    ASSERT_SOUND(control);
    finish(kTrack, make_completion({with_frame(make_spec(kPlate), first)}, StateChange::kUpdate));
    EXPECT_EQ(snapshot(control).charge, 4u);  // one look came of it
    EXPECT_FALSE(main.above_soft_limit());
    EXPECT_TRUE(may_reserve());
    finish(kPlate);
    main.cancel_frame(second);
    EXPECT_EQ(snapshot(control).charge, 0u);
    ASSERT_SOUND(control);
}

TEST_F(BackPressure, ReservationsAreBoundedByFrameSlotsAndARebuildKeepsThem) {
    const FrameRef first = reserve(0);
    reserve(1);
    {
        QueueLock lock(control, 0);
        EXPECT_EQ(rebuild(control), Damage::kNone);
    }
    ASSERT_SOUND(control);
    EXPECT_EQ(snapshot(control).charge, 6u);
    EXPECT_EQ(snapshot(control).frames_held, 2u);
    main.cancel_frame(first);
    ASSERT_SOUND(control);
}

TEST_F(TaskQueueTest, ReservationsEndWithTheFrameSlots) {
    for (std::uint32_t i = 0; i < tiny_sizes().frame_slots; ++i) reserve(i);
    EXPECT_FALSE(main.reserve_frame(stream, 4, kTinyFormat));
    ASSERT_SOUND(control);
}

}  // namespace
}  // namespace dashcam
