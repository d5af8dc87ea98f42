// The worker's loop in a process of its own, as it is started by main.
#include "pipeline/workers/worker_loop.h"

#include <gtest/gtest.h>
#include <spdlog/spdlog.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pipeline/frame_store/frame_store.h"
#include "pipeline/stages/stage.h"
#include "pipeline/task_queue/queue_test_support.h"

namespace dashcam {
namespace {

using namespace dashcam::test;

// Succeeds, with an output that names a track which nobody opened.
class WrongStage final : public Stage {
  public:
    Result<void> run(const StageInput&, StageOutput& output) override {
        output.outputs.push_back(make_spec(Category::kOcr, StateAccess::kShared, 77));
        return {};
    }
};

// As a database that does not answer any more.
class StageThatIsCutOff final : public Stage {
  public:
    Result<void> run(const StageInput&, StageOutput&) override { return Error{"out of reach"}; }
    bool is_cut_off() const override { return true; }
};

// A queue with one task, and a worker that does all tasks with one kind of stage.
class WorkerLoop : public testing::Test {
  protected:
    void SetUp() override {
        ASSERT_TRUE(pixels.ok());
        main.admit(*main.open_stream({}), make_spec(Category::kVehicleDetect));
    }
    template <typename OneStage>
    auto work_with() const {
        return run_worker_loop(control, *pixels, WorkerOptions{Pool::kGpu, 1, 1},
                               [](Category) -> Result<std::unique_ptr<Stage>> {
                                   return std::unique_ptr<Stage>(std::make_unique<OneStage>());
                               });
    }

    const ControlRegion control = make_queue();
    const Result<SharedRegion> pixels =
        SharedRegion::create("test", FrameStore::bytes_needed(tiny_sizes()));
    TaskQueue main{control, 0};
};

// Not set aside: the next task would fare no better, and wait as long. The lease is left to main.
TEST_F(WorkerLoop, LeavesWhenItIsCutOffAtTheLastAttemptOfATask) {
    const auto level = spdlog::get_level();
    spdlog::set_level(spdlog::level::off);
    const auto left = work_with<StageThatIsCutOff>();
    spdlog::set_level(level);
    ASSERT_FALSE(left.ok());
    EXPECT_EQ(left.error().message, "out of reach");
    EXPECT_EQ(control.workers()[0].failures.load(), wide_limits().max_attempts);
    EXPECT_FALSE(main.claim_dead().has_value());
    EXPECT_EQ(main.give_back(1, control.workers()[0].task.load()), 1u);
    ASSERT_SOUND(control);
    EXPECT_FALSE(main.claim_dead().has_value());
}

// What cannot be completed aborts the worker in complete(), before the commit. The task answers for
// that and is set aside in the end: otherwise the run would start workers for ever.
TEST_F(WorkerLoop, ATaskThatCannotBeCompletedIsSetAside) {
#if defined(__SANITIZE_THREAD__)
    GTEST_SKIP() << "SKIPPED: the thread sanitizer does not know that a lock can be inherited from "
                    "a dead owner";
#endif
    std::uint32_t deaths = 0;
    std::optional<std::uint32_t> dead;
    while (!(dead = main.claim_dead()) && deaths < 2 * wide_limits().max_attempts) {
        const pid_t pid = fork();
        ASSERT_GE(pid, 0);
        if (pid == 0) {
            prctl(PR_SET_DUMPABLE, 0);
            spdlog::set_level(spdlog::level::off);
            const auto left = work_with<WrongStage>();
            _exit(left.ok() ? 0 : 1);
        }
        int status = 0;
        waitpid(pid, &status, 0);
        ASSERT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
        ++deaths;
        ASSERT_SOUND(control);
        EXPECT_EQ(main.give_back(1, control.workers()[0].task.load()), 1u);
    }
    ASSERT_TRUE(dead.has_value()) << "the task was never charged";
    EXPECT_EQ(deaths, wide_limits().max_attempts);
    main.complete(*dead, {});
    ASSERT_SOUND(control);
    EXPECT_TRUE(main.no_task_alive());
}

}  // namespace
}  // namespace dashcam
