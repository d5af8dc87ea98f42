// A process is killed after every single machine instruction of every operation of the queue.
// Whoever comes next must find the state before or the state after, and nothing else.
//
// One child is single-stepped through the whole operation to learn its path. For each position on
// the path another child runs to the last instruction before it that is met for the first time
// there (by a breakpoint), steps the rest, and gets SIGKILL. Within repeated string instructions
// (copies) only the ends are positions.
#include <gtest/gtest.h>
#include <sched.h>
#include <signal.h>
#include <sys/auxv.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <iostream>
#include <random>
#include <set>

#include "pipeline/task_queue/queue_lock.h"
#include "pipeline/task_queue/queue_test_support.h"
#include "pipeline/task_queue/rebuild.h"
#include "pipeline/task_queue/region_image.h"
#include "shared_memory/monotonic_clock.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define DASHCAM_SANITIZED 1
#else
#define DASHCAM_SANITIZED 0
#endif

namespace dashcam {
namespace {

using namespace dashcam::test;

constexpr std::uint8_t kVictim = 1;   // the actor that dies
constexpr std::uint8_t kRescuer = 2;  // the one that dies while it rebuilds

ControlSizes step_sizes() {
    ControlSizes sizes = tiny_sizes();
    sizes.task_slots = 8;
    sizes.frame_slots = 2;
    sizes.streams = 1;
    sizes.tracks_per_stream = 2;
    sizes.workers = 2;
    return sizes;
}

// ---------------------------------------------------------------- a stepped child

// A child process that waits before the operation, under ptrace.
class SteppedChild {
  public:
    // Never inlined: all children have to walk the same path.
    [[gnu::noinline]] explicit SteppedChild(const std::function<void()>& operation)
        : pid_(fork_child()) {
        if (pid_ == 0) {
            if (ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) != 0) _exit(1);
            raise(SIGSTOP);
            operation();
            syscall(SYS_exit_group, 0);
        }
        int status = 0;
        waitpid(pid_, &status, 0);
        alive_ = WIFSTOPPED(status);
    }
    ~SteppedChild() {
        if (alive_) die();
    }
    SteppedChild(const SteppedChild&) = delete;
    SteppedChild& operator=(const SteppedChild&) = delete;

    bool alive() const { return alive_; }
    // False: it has ended.
    bool step() { return proceed(PTRACE_SINGLESTEP); }
    std::uintptr_t instruction() const {
        user_regs_struct registers{};
        ptrace(PTRACE_GETREGS, pid_, nullptr, &registers);
        return registers.rip;
    }
    // Runs until it is about to execute this instruction.
    bool run_to(std::uintptr_t address) {
        const long original = ptrace(PTRACE_PEEKTEXT, pid_, address, nullptr);
        constexpr long kBreakpoint = 0xcc;
        ptrace(PTRACE_POKETEXT, pid_, address, (original & ~0xffL) | kBreakpoint);
        if (!proceed(PTRACE_CONT)) return false;
        ptrace(PTRACE_POKETEXT, pid_, address, original);
        user_regs_struct registers{};
        ptrace(PTRACE_GETREGS, pid_, nullptr, &registers);
        registers.rip = address;
        ptrace(PTRACE_SETREGS, pid_, nullptr, &registers);
        return true;
    }
    void die() {
        kill(pid_, SIGKILL);
        waitpid(pid_, nullptr, 0);
        alive_ = false;
    }

  private:
    static pid_t fork_child() {
        syscall(SYS_getpid);  // binds syscall(): the dynamic linker is not worth stepping through
        return fork();
    }
    bool proceed(__ptrace_request how) {
        ptrace(how, pid_, nullptr, nullptr);
        int status = 0;
        waitpid(pid_, &status, 0);
        alive_ = WIFSTOPPED(status);
        if (alive_) {
            EXPECT_EQ(WSTOPSIG(status), SIGTRAP);
        } else {
            EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
        }
        return alive_;
    }

    pid_t pid_;
    bool alive_ = false;
};

bool ptrace_is_permitted() {
    SteppedChild child([] {});
    return child.alive() && child.step();
}

// Addresses of the instructions of one run of the operation: path[k] is the one after k steps.
std::vector<std::uintptr_t> path_of(const std::function<void()>& operation) {
    std::vector<std::uintptr_t> path;
    SteppedChild child(operation);
    do path.push_back(child.instruction());
    while (child.step());
    return path;
}

// Where to kill, and how to get there.
struct Position {
    std::size_t steps;       // executed instructions before the kill
    std::size_t breakpoint;  // position on the path to run to first
};

// The kernel's code for reading the clock, which does not take the same way each time.
bool is_clock(std::uintptr_t address) {
    const std::uintptr_t begin = getauxval(AT_SYSINFO_EHDR);
    constexpr std::uintptr_t kBytes = 2 * 4096;
    return address >= begin && address < begin + kBytes;
}

std::vector<Position> positions_of(const std::vector<std::uintptr_t>& path) {
    std::vector<Position> positions;
    std::set<std::uintptr_t> seen;
    std::size_t breakpoint = 0;
    bool after_clock = false;
    for (std::size_t k = 0; k < path.size(); ++k) {
        const bool fresh = seen.insert(path[k]).second;
        if (fresh) breakpoint = k;
        if (is_clock(path[k])) {
            after_clock = true;  // steps cannot be counted until the next breakpoint
        } else if (fresh) {
            after_clock = false;
        }
        const bool repeats =
            k > 0 && k + 1 < path.size() && path[k - 1] == path[k] && path[k + 1] == path[k];
        if (!repeats && !after_clock) positions.push_back({k, breakpoint});
    }
    return positions;
}

// One processor for both: a switch between them is then ten times as fast.
class OneProcessor {
  public:
    OneProcessor() {
        sched_getaffinity(0, sizeof before_, &before_);
        cpu_set_t one;
        CPU_ZERO(&one);
        CPU_SET(sched_getcpu(), &one);
        sched_setaffinity(0, sizeof one, &one);
    }
    ~OneProcessor() { sched_setaffinity(0, sizeof before_, &before_); }

  private:
    cpu_set_t before_{};
};

// What a kill may leave: what was known before, or what several commits make possible.
enum class Outcomes { kInOrder, kMany };
constexpr std::size_t kMostOutcomesBetween = 2;  // one for each further commit

class StepKill : public testing::Test {
  protected:
    StepKill()
        : control(make_queue(step_sizes(), limits())), main(control, 0), victim(control, kVictim) {}

    static QueueLimits limits() {
        QueueLimits limits = wide_limits();
        limits.max_attempts = 2;
        return limits;
    }

    void SetUp() override {
        if (DASHCAM_SANITIZED && std::getenv("DASHCAM_STEP_SANITIZER") == nullptr)
            GTEST_SKIP() << "SKIPPED: stepping through a sanitizer's code takes hours; "
                            "DASHCAM_STEP_SANITIZER=1 does it all the same";
        if (!ptrace_is_permitted()) GTEST_SKIP() << "SKIPPED: ptrace is not permitted here";
        random.seed(test_seed());
        stream = *main.open_stream({});
    }

    // The stages' common ground: track 1 is open with a state, a frame is live, a task of each kind
    // is around.
    void furnish() {
        admit(make_spec(Category::kVehicleTrack, StateAccess::kOrdered, 0, 0), 1);
        complete_one(Category::kVehicleTrack,
                     make_completion(
                         {valued(make_spec(Category::kPlateSmooth, StateAccess::kExclusive, 1), 2),
                          valued(make_spec(Category::kSummary, StateAccess::kBarrier, 1), 3)},
                         StateChange::kUpdate, {1}),
                     100);
        frame = *main.reserve_frame(stream, 1, kTinyFormat);
        admit(with_frame(make_spec(Category::kVehicleTrack, StateAccess::kOrdered, 0, 1), frame),
              4);
        admit(make_spec(Category::kVehicleDetect), 5);
    }
    static TaskSpec valued(TaskSpec spec, std::uint64_t value) {
        spec.payload = Payload::of(value);
        return spec;
    }
    void admit(const TaskSpec& spec, std::uint64_t value) {
        main.admit(stream, valued(spec, value));
    }
    std::uint32_t claim(Category category) { return *claim_one(victim, category); }
    void write_state(std::uint32_t task, std::uint64_t value) {
        std::memcpy(victim.next_state(task).data(), &value, sizeof value);
    }
    void complete_one(Category category, const Completion& completion, std::uint64_t state_value) {
        const std::uint32_t task = claim(category);
        if (completion.own_state == StateChange::kUpdate) write_state(task, state_value);
        victim.complete(task, completion);
    }

    // What main does after a death, as text.
    std::string recover() {
        main.give_back(kVictim);
        main.give_back(kRescuer);
        const Result<void> sound = audit(control, 0);
        EXPECT_TRUE(sound.ok()) << sound.error().message;
        return describe(control);
    }

    // Kills `operation` everywhere. `image` is the state before; afterwards it is there again.
    // `halfway`: an operation of two commits may also end after the first, as this does.
    void kill_everywhere(const std::string& name, const Image& image,
                         const std::function<void()>& operation,
                         const std::function<void()>& halfway = nullptr,
                         Outcomes allowed = Outcomes::kInOrder) {
        const OneProcessor one;
        // Outcomes in the order in which they may be found; once reached, none is ever undone
        // again.
        std::vector<std::string> outcomes;
        auto add_outcome = [&](const std::function<void()>& what) {
            image.restore();
            what();  // also binds the functions that it calls
            const std::string outcome = recover();
            if (outcomes.empty() || outcomes.back() != outcome) outcomes.push_back(outcome);
            image.restore();
        };
        add_outcome([] {});
        if (halfway) add_outcome(halfway);
        add_outcome(operation);
        const std::vector<std::uintptr_t> path = path_of(operation);
        image.restore();
        const std::uint64_t rebuilds = control.header().counters.rebuilds.load();
        std::uint64_t repairs = 0;
        std::vector<std::size_t> found(outcomes.size());
        std::size_t reached = 0;
        const std::vector<Position> positions = sampled(positions_of(path));
        for (const Position& position : positions) {
            image.restore();
            kill_at(name, path, position, operation);
            const std::string outcome = recover();
            repairs += control.header().counters.rebuilds.load() - rebuilds;
            if (allowed == Outcomes::kMany) {
                // Sound, which recover() has seen, and monotonous: never back to an earlier one.
                if (outcomes[reached] != outcome && outcome != outcomes.back()) {
                    outcomes.insert(outcomes.begin() + static_cast<std::ptrdiff_t>(++reached),
                                    outcome);
                    found.insert(found.begin() + static_cast<std::ptrdiff_t>(reached), 0);
                    ASSERT_LE(outcomes.size(), 2 + kMostOutcomesBetween) << name;
                }
            }
            while (reached < outcomes.size() && outcomes[reached] != outcome) ++reached;
            ASSERT_LT(reached, outcomes.size())
                << name << " killed after " << position.steps << " instructions left\n"
                << outcome << "instead of this before\n"
                << outcomes.front() << "or this after\n"
                << outcomes.back();
            ++found[reached];
        }
        image.restore();
        EXPECT_GT(repairs, 0u) << name << ": no kill fell under the lock";
        std::cout << name << ": " << path.size() << " instructions, killed at " << positions.size()
                  << " positions, found";
        for (const std::size_t count : found) {
            EXPECT_GT(count, 0u) << name << ": an outcome never happened";
            std::cout << " " << count;
        }
        std::cout << " times each outcome, " << repairs << " rebuilds" << std::endl;
    }
    void kill_at(const std::string& name, const std::vector<std::uintptr_t>& path,
                 const Position& position, const std::function<void()>& operation) {
        SteppedChild child(operation);
        bool alive = position.breakpoint == 0 || child.run_to(path[position.breakpoint]);
        for (std::size_t k = position.breakpoint; alive && k < position.steps; ++k)
            alive = child.step();
        ASSERT_TRUE(alive) << name << " ended before position " << position.steps;
        ASSERT_EQ(child.instruction(), path[position.steps]) << name << " left its path";
        child.die();
    }
    // All positions of short operations and, unless DASHCAM_TEST_FULL is set, half of those of long
    // ones.
    std::vector<Position> sampled(const std::vector<Position>& all) {
        constexpr std::size_t kLong = 1000;
        if (all.size() < kLong || std::getenv("DASHCAM_TEST_FULL") != nullptr) return all;
        std::vector<Position> some;
        for (const Position& position : all) {
            if (random() % 2 == 0) some.push_back(position);
        }
        return some;
    }
    // Completes a task that the victim has leased.
    void kill_complete(const std::string& name, std::uint32_t task, const Completion& completion) {
        if (completion.own_state == StateChange::kUpdate) write_state(task, 200);
        const Image image(control);
        kill_everywhere(name, image, [&] { victim.complete(task, completion); });
    }

    ControlRegion control;
    TaskQueue main, victim;
    std::uint32_t stream = 0;
    FrameRef frame;
    std::mt19937_64 random;
};

TEST_F(StepKill, Claim) {
    furnish();
    const Image image(control);
    kill_everywhere("claim of one", image, [&] { claim(Category::kVehicleTrack); });
    admit(make_spec(Category::kVehicleDetect), 6);
    const Image two(control);
    kill_everywhere(
        "claim of two", two,
        [&] {
            std::array<std::uint32_t, 2> batch{};
            victim.claim(Category::kVehicleDetect, batch);
        },
        [&] { claim(Category::kVehicleDetect); });
}

TEST_F(StepKill, CompleteWithOutputs) {
    furnish();
    const std::uint32_t task = claim(Category::kVehicleTrack);
    const TaskSpec look =
        with_frame(valued(make_spec(Category::kPlateDetect, StateAccess::kShared, 1), 7), frame);
    std::vector<TaskSpec> outputs;
    for (int count = 0; count <= 3; ++count) {
        Completion completion;
        completion.own_state = StateChange::kUpdate;
        completion.outputs = outputs;
        kill_complete("complete with update and " + std::to_string(count) + " outputs, the frame " +
                          (count == 0 ? "freed" : "kept"),
                      task, completion);
        outputs.push_back(look);
    }
}

TEST_F(StepKill, CompleteWithBirthAndBarrier) {
    furnish();
    const std::uint32_t task = claim(Category::kVehicleTrack);
    kill_complete(
        "complete with a birth", task,
        make_completion(
            {with_frame(valued(make_spec(Category::kOcr, StateAccess::kShared, 2), 8), frame),
             valued(make_spec(Category::kFinalWrite, StateAccess::kBarrier), 9)},
            StateChange::kUpdate, {2}));
}

TEST_F(StepKill, CompleteThatPromotesABarrier) {
    furnish();
    const std::uint32_t task = claim(Category::kPlateSmooth);
    kill_complete("complete that promotes a barrier", task,
                  make_completion({}, StateChange::kUpdate));
}

TEST_F(StepKill, CompleteThatClosesATrack) {
    furnish();
    complete_one(Category::kPlateSmooth, make_completion({}, StateChange::kUpdate), 101);
    admit(make_spec(Category::kFinalWrite, StateAccess::kBarrier), 10);
    const std::uint32_t task = claim(Category::kSummary);
    kill_complete(
        "complete that closes a track", task,
        make_completion({valued(make_spec(Category::kFinalWrite), 11)}, StateChange::kClose));
}

TEST_F(StepKill, CompleteThatClosesAVideo) {
    admit(make_spec(Category::kFinalWrite, StateAccess::kBarrier), 12);
    const std::uint32_t task = claim(Category::kFinalWrite);
    kill_complete("complete that closes a video", task, make_completion({}, StateChange::kClose));
}

TEST_F(StepKill, Fail) {
    furnish();
    for (const char* name : {"fail", "fail that sets aside"}) {
        const std::uint32_t task = claim(Category::kVehicleTrack);
        const Image image(control);
        // Before, the lease is given back, which counts as a failure too: both ends are the same.
        kill_everywhere(name, image, [&] { victim.fail(task); });
        victim.fail(task);
        if (control.tasks()[task].word.load().state == TaskState::kDead) break;
    }
}

// What only main does. If main dies, the run is over and nobody looks at the region again; here
// somebody does, since a reader's thread must leave it as well as a worker.
TEST_F(StepKill, ReserveCancelAndAdmit) {
    furnish();
    const Image before(control);
    kill_everywhere("reserve a frame", before, [&] { main.reserve_frame(stream, 2, kTinyFormat); });
    const FrameRef reserved = *main.reserve_frame(stream, 2, kTinyFormat);
    const Image filled(control);
    kill_everywhere("cancel a frame", filled, [&] { main.cancel_frame(reserved); });
    const TaskSpec detect = with_frame(valued(make_spec(Category::kVehicleDetect), 15), reserved);
    kill_everywhere("admit with a frame", filled, [&] { main.admit(stream, detect); });
    const TaskSpec waits = valued(make_spec(Category::kFinalWrite, StateAccess::kBarrier), 16);
    kill_everywhere("admit a task that waits", filled, [&] { main.admit(stream, waits); });
}

TEST_F(StepKill, OpenAVideo) {
    admit(make_spec(Category::kFinalWrite, StateAccess::kBarrier), 12);
    complete_one(Category::kFinalWrite, make_completion({}, StateChange::kClose), 0);
    const Image image(control);
    kill_everywhere("open a video", image, [&] { main.open_stream({}); });
}

TEST_F(StepKill, GiveBack) {
    furnish();
    admit(make_spec(Category::kVehicleDetect), 6);
    std::array<std::uint32_t, 2> batch{};
    ASSERT_EQ(victim.claim(Category::kVehicleDetect, batch), 2u);
    claim(Category::kVehicleTrack);
    const Image image(control);
    // Who gives back what is left after a kill charges all; so the first of the batch is charged in
    // any case, and the others are once main has come past them.
    kill_everywhere(
        "give back three leases, one at fault", image,
        [&] { main.give_back(kVictim, std::min(batch[0], batch[1])); }, nullptr, Outcomes::kMany);
    for (int i = 0; i < 2; ++i) {
        kill_everywhere("give back all", image, [&] { main.give_back(kVictim); });
        main.give_back(kVictim);
        if (control.tasks()[batch[0]].word.load().state == TaskState::kDead) break;
    }
}

TEST_F(StepKill, ClaimWhatWasSetAside) {
    furnish();
    for (int i = 0; i < 2; ++i) victim.fail(claim(Category::kVehicleTrack));
    const Image image(control);
    kill_everywhere("claim what was set aside", image, [&] { main.claim_dead(); });
    const std::uint32_t dead = *main.claim_dead();
    std::uint64_t value = 300;
    std::memcpy(main.next_state(dead).data(), &value, sizeof value);
    const Image leased(control);
    const Completion settled = make_completion(
        {with_frame(valued(make_spec(Category::kPlateDetect, StateAccess::kShared, 1), 17), frame)},
        StateChange::kUpdate);
    kill_everywhere("settle what was set aside", leased, [&] { main.complete(dead, settled); });
}

TEST_F(StepKill, Rebuild) {
    furnish();
    const std::uint32_t task = claim(Category::kVehicleTrack);
    write_state(task, 200);
    const Completion completion = make_completion(
        {with_frame(valued(make_spec(Category::kPlateDetect, StateAccess::kShared, 2), 13), frame),
         valued(make_spec(Category::kFinalWrite, StateAccess::kBarrier), 14)},
        StateChange::kUpdate, {2});
    const Image whole(control);
    const auto operation = [&] { victim.complete(task, completion); };
    operation();
    whole.restore();

    // Deaths that leave different work: before the commit with all prepared, and at each later
    // store of truth.
    std::vector<Image> wounds;
    {
        const OneProcessor one;
        SteppedChild child(operation);
        auto truth = [&] {
            std::vector<std::uint64_t> words;
            for (const TaskSlot& slot : control.tasks()) {
                words.push_back(static_cast<std::uint64_t>(slot.word.load().state) << 32 |
                                slot.word.load().generation);
            }
            for (const StateSlot& slot : control.states()) {
                words.push_back(slot.pending.armed.load());
                words.push_back(slot.word.load().version);
            }
            return words;
        };
        std::vector<std::size_t> changes;
        auto last = truth();
        for (std::size_t k = 1; child.step(); ++k) {
            if (truth() != last) changes.push_back(k);
            last = truth();
        }
        ASSERT_GE(changes.size(),
                  9u);  // two armed, two prepared, the commit, two applied (two stores), two ready
        for (const std::size_t steps : changes) {
            whole.restore();
            SteppedChild dying(operation);
            for (std::size_t k = 0; k < steps; ++k) dying.step();
            dying.die();
            wounds.emplace_back(control);
        }
    }
    for (std::size_t i = 0; i < wounds.size(); ++i) {
        const bool chosen = i % 4 == 3 || std::getenv("DASHCAM_TEST_FULL") != nullptr;
        if (!chosen) continue;
        kill_everywhere("rebuild after truth store " + std::to_string(i + 1), wounds[i],
                        [&] { const QueueLock lock(control, kRescuer); });
    }
}

}  // namespace
}  // namespace dashcam
