// Random operations of several actors against a simple model, and the miniature pipeline to its
// end.
#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>
#include <map>
#include <numeric>
#include <random>
#include <tuple>

#include "pipeline/task_queue/limits.h"
#include "pipeline/task_queue/miniature_pipeline.h"
#include "pipeline/task_queue/queue_lock.h"
#include "pipeline/task_queue/queue_test_support.h"
#include "pipeline/task_queue/rebuild.h"

namespace dashcam {
namespace {

using namespace dashcam::test;

constexpr std::uint32_t kWorkers = 4;

struct Setting {
    const char* name;
    std::uint32_t frames, streams, videos;
    QueueLimits limits;
};

// The model: the set of living tasks, and how far each video has been tracked.
class Model {
  public:
    using Key =
        std::tuple<Category, std::uint32_t, std::uint32_t, std::uint32_t>;  // video, frame, track
    struct Task {
        TaskWord word;
        StateAccess access;
        std::uint32_t video, state_key;
    };

    static Key key_of(Category category, const Item& item) {
        return {category, item.video, item.frame, item.track};
    }
    static Key key_of(const TaskSlot& task) {
        return key_of(task.category, task.payload.as<Item>());
    }

    void add(Category category, StateAccess access, const Item& item) {
        Task task{TaskWord{}, access, item.video, item.track};
        task.word.state = TaskState::kReady;
        const bool fresh = tasks_.insert({key_of(category, item), task}).second;
        ASSERT_TRUE(fresh) << "the same task was made twice";
    }
    void claim(const TaskSlot& slot, std::uint8_t actor, TaskState from) {
        const Key key = key_of(slot);
        ASSERT_EQ(tasks_.count(key), 1u);
        Task& task = tasks_.at(key);
        ASSERT_EQ(task.word.state, from);
        if (from == TaskState::kReady) check_may_run(key, task);
        task.word.state = TaskState::kLeased;
        task.word.owner = actor & kMaxWorkers;
    }
    void unfinished(const Key& key, std::uint32_t max_attempts) {
        TaskWord& word = tasks_.at(key).word;
        ++word.attempts;
        word.owner = 0;
        word.state = word.attempts >= max_attempts ? TaskState::kDead : TaskState::kReady;
    }
    void complete(const Key& key, const Completion& completion) {
        if (std::get<0>(key) == Category::kVehicleTrack) ++tracked_[std::get<1>(key)];
        for (const std::uint32_t opened : completion.opened_keys)
            ++open_tracks_[std::get<1>(key)], (void)opened;
        if (completion.own_state == StateChange::kClose && std::get<3>(key) != 0)
            --open_tracks_[std::get<1>(key)];
        ASSERT_EQ(tasks_.erase(key), 1u);
        for (const TaskSpec& spec : completion.outputs)
            add(spec.category, spec.access, spec.payload.as<Item>());
    }
    // The region holds exactly these tasks, each as it should be.
    void compare(const ControlRegion& control) const {
        std::size_t alive = 0;
        for (const TaskSlot& slot : control.tasks()) {
            const TaskWord word = slot.word.load();
            if (word.state == TaskState::kFree) continue;
            ++alive;
            const auto found = tasks_.find(key_of(slot));
            ASSERT_NE(found, tasks_.end()) << to_string(slot.category);
            const TaskWord expected = found->second.word;
            ASSERT_EQ(word.state, expected.state);
            ASSERT_EQ(word.attempts, expected.attempts);
            if (word.state == TaskState::kLeased) {
                ASSERT_EQ(word.owner, expected.owner);
            }
        }
        ASSERT_EQ(alive, tasks_.size());
    }
    bool empty() const { return tasks_.empty(); }

  private:
    void check_may_run(const Key& key, const Task& task) const {
        if (task.access == StateAccess::kShared) return;
        for (const auto& [other_key, other] : tasks_) {
            if (other_key == key || other.video != task.video || other.state_key != task.state_key)
                continue;
            ASSERT_NE(task.access, StateAccess::kBarrier) << "a barrier beside another task";
            const bool runs =
                other.word.state == TaskState::kLeased || other.word.state == TaskState::kDead;
            ASSERT_FALSE(runs && other.access != StateAccess::kShared)
                << "two exclusive tasks at once";
        }
        if (task.access == StateAccess::kOrdered) {
            const auto found = tracked_.find(task.video);
            ASSERT_EQ(std::get<2>(key), found == tracked_.end() ? 0 : found->second)
                << "out of order";
        }
        if (task.access == StateAccess::kBarrier && task.state_key == 0) {
            const auto found = open_tracks_.find(task.video);
            ASSERT_TRUE(found == open_tracks_.end() || found->second == 0)
                << "a barrier before the tracks closed";
        }
    }

    std::map<Key, Task> tasks_;
    std::map<std::uint32_t, std::uint32_t> tracked_;
    std::map<std::uint32_t, int> open_tracks_;
};

class RandomOperations : public testing::TestWithParam<Setting> {
  protected:
    RandomOperations()
        : control(make_queue(miniature_sizes(GetParam().frames, GetParam().streams, kWorkers),
                             GetParam().limits)),
          reader(control, GetParam().videos),
          rows(GetParam().videos) {
        for (std::uint8_t actor = 0; actor <= kWorkers; ++actor)
            queues.emplace_back(control, actor);
        leases.resize(kWorkers + 1);
    }

    bool admit_step() {
        if (!reader.step(random)) return false;
        if (reader.admitted())
            model.add(Category::kVehicleDetect, StateAccess::kShared, *reader.admitted());
        return true;
    }
    bool claim_step(std::uint8_t actor) {
        if (!leases[actor].empty()) return false;
        const Pool pool = random() % 2 == 0 ? Pool::kGpu : Pool::kCpu;
        const std::optional<Category> category = queues[actor].busiest(pool, std::nullopt);
        if (!category) return false;
        std::array<std::uint32_t, 3> batch{};
        const std::size_t count = queues[actor].claim(*category, {batch.data(), 1 + random() % 3});
        for (std::size_t i = 0; i < count; ++i) {
            model.claim(queues[actor].task(batch[i]), actor, TaskState::kReady);
            leases[actor].push_back(batch[i]);
        }
        return count > 0;
    }
    bool end_step(std::uint8_t actor) {
        if (leases[actor].empty()) return false;
        const std::size_t which = random() % leases[actor].size();
        const std::uint32_t task = leases[actor][which];
        leases[actor].erase(leases[actor].begin() + static_cast<std::ptrdiff_t>(which));
        const Model::Key key = Model::key_of(queues[actor].task(task));
        const Completion completion = run_stage(queues[actor], task, rows);
        if (actor != 0 && random() % 8 == 0) {
            queues[actor].fail(task);
            model.unfinished(key, GetParam().limits.max_attempts);
        } else {
            queues[actor].complete(task, completion);
            model.complete(key, completion);
        }
        return true;
    }
    bool death_step(std::uint8_t actor) {
        for (const std::uint32_t task : leases[actor]) {
            model.unfinished(Model::key_of(queues[actor].task(task)),
                             GetParam().limits.max_attempts);
        }
        const std::size_t held = leases[actor].size();
        EXPECT_EQ(queues[0].give_back(actor), held);
        leases[actor].clear();
        return held > 0;
    }
    bool settle_step() {
        const std::optional<std::uint32_t> dead = queues[0].claim_dead();
        if (!dead) return false;
        model.claim(queues[0].task(*dead), 0, TaskState::kDead);
        leases[0].push_back(*dead);
        return true;
    }
    bool random_step() {
        const auto actor = static_cast<std::uint8_t>(1 + random() % kWorkers);
        switch (random() % 16) {
            case 0:
                return death_step(actor);
            case 1:
                return settle_step();
            case 2:
                return end_step(0);
            case 3: {
                QueueLock lock(control, 0);
                EXPECT_EQ(rebuild(control), Damage::kNone);
                return false;
            }
            case 4:
            case 5:
            case 6:
            case 7:
                return admit_step();
            case 8:
            case 9:
            case 10:
                return claim_step(actor);
            default:
                return end_step(actor);
        }
    }
    // Tries everything once; false: nobody can do anything, for ever.
    bool any_step() {
        bool progress = admit_step() | settle_step() | end_step(0);
        for (std::uint8_t actor = 1; actor <= kWorkers; ++actor)
            progress |= claim_step(actor) | end_step(actor);
        return progress;
    }

    std::mt19937_64 random;
    ControlRegion control;
    MiniatureReader reader;
    std::vector<VideoRows> rows;
    std::vector<TaskQueue> queues;
    std::vector<std::vector<std::uint32_t>> leases;  // by actor
    Model model;
};

TEST_P(RandomOperations, EveryVideoIsDoneOnceAndNothingIsLeft) {
    random.seed(test_seed());

    std::uint64_t steps = 0;
    int idle = 0;  // steps without progress; two whole rounds in a row without any are a deadlock
    while (!reader.done() || !model.empty()) {
        if (random_step()) {
            idle = 0;
        } else if (++idle > 64) {
            // The pool of a claim is drawn: a round may miss what there is.
            bool progress = false;
            for (int round = 0; round < 32 && !progress; ++round) progress = any_step();
            ASSERT_TRUE(progress) << "deadlock after " << steps << " steps";
            idle = 0;
        }
        ++steps;
        if (HasFatalFailure()) FAIL() << "at step " << steps;
        ASSERT_NO_FATAL_FAILURE(model.compare(control)) << "at step " << steps;
        ASSERT_SOUND(control);
    }
    std::cout << steps << " steps\n";

    std::uint64_t tasks = 0;
    std::uint64_t commits = 0;
    std::array<std::uint64_t, kCategories> done{};
    for (std::uint32_t video = 0; video < GetParam().videos; ++video) {
        const Reference reference = reference_of(video);
        ASSERT_EQ(rows[video], reference.rows) << "video " << video;
        for (std::size_t i = 0; i < kCategories; ++i) done[i] += reference.tasks[i];
    }
    for (std::size_t i = 0; i < kCategories; ++i) {
        EXPECT_EQ(snapshot(control).categories[i].done, done[i])
            << to_string(static_cast<Category>(i));
        tasks += done[i];
    }
    for (const TaskSlot& slot : control.tasks()) commits += slot.word.load().generation;
    EXPECT_EQ(commits, tasks);
    EXPECT_EQ(control.header().free_tasks, control.header().sizes.task_slots);
    EXPECT_EQ(snapshot(control).frames_held, 0u);
    EXPECT_EQ(snapshot(control).charge, 0u);
    for (const StateSlot& state : control.states())
        EXPECT_EQ(state.word.load().life, StateLife::kFree);
}

QueueLimits medium_limits() {
    QueueLimits limits = tightest_limits();
    limits.max_gpu_backlog = 2;
    limits.max_cpu_backlog = 3;
    limits.hard_limit = 4 * kMiniatureLooks;
    limits.max_attempts = 2;
    return limits;
}

INSTANTIATE_TEST_SUITE_P(, RandomOperations,
                         testing::Values(Setting{"Tightest", 2, 1, 15, tightest_limits()},
                                         Setting{"TightAndShared", 2, 3, 30, tightest_limits()},
                                         Setting{"Medium", 6, 3, 40, medium_limits()},
                                         Setting{"Wide", 12, 4, 40, wide_limits()}),
                         [](const auto& setting) { return setting.param.name; });

}  // namespace
}  // namespace dashcam
