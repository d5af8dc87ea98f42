#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <random>
#include <thread>

#include "cli/exit_codes.h"
#include "stores/testing/postgres_proxy.h"
#include "support/disturbed_run.h"
#include "support/results.h"

// PostgreSQL behind a network that closes connections, tears them in the middle of a message, and
// stalls.

namespace dashcam {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using testing::AnyOf;
using testing::HasSubstr;

// Short, so that a stall costs two seconds and not the half of a minute; but longer than an answer
// takes on a busy machine.
constexpr const char* kImpatient = "connect_timeout=2&tcp_user_timeout=2000";

class BehindAProxy : public DisturbedRun {
  protected:
    void SetUp() override {
        if (!PrivatePostgres::available()) GTEST_SKIP() << PrivatePostgres::skip_message();
        place_ = make_place("postgresql");
    }
    std::string through(const PostgresProxy& proxy) const {
        return proxy.url(place_->url(), kImpatient);
    }
    // Until workers write rows, or are about to.
    void wait_for_pictures(Program& program) const {
        while (program.running() && !fs::exists(out() + "/crops"))
            std::this_thread::sleep_for(milliseconds(2));
    }
    std::unique_ptr<PostgresProxy> sound_proxy() {
        auto proxy = PostgresProxy::create(*shared_postgres(),
                                           [](std::size_t) { return ConnectionFault{}; });
        EXPECT_TRUE(proxy.ok()) << proxy.error().message;
        return std::move(proxy).value();
    }

    std::unique_ptr<StorePlace> place_;
};

ConnectionFault drawn_fault(std::mt19937_64& random, std::size_t number) {
    using Kind = ConnectionFault::Kind;
    static constexpr Kind kKinds[] = {Kind::kClose, Kind::kReset, Kind::kStall, Kind::kPause,
                                      Kind::kLoseCommit};
    ConnectionFault fault{kKinds[random() % std::size(kKinds)]};
    // From within the greeting to many rows later.
    fault.after_bytes = random() % (std::size_t{2} << (random() % 16));
    // A server that cannot be reached when a run begins is reported, not waited for. The first
    // COMMIT is that of the tables, and the connection after it may meet a stall.
    if (number == 0) {
        fault.after_bytes += 40'000;  // more than making the tables takes
        if (fault.kind == Kind::kLoseCommit) fault.kind = Kind::kClose;
    }
    fault.pause_ms = static_cast<std::uint32_t>(100 + random() % 3'000);
    return fault;
}

TEST_F(BehindAProxy, SameRowsWhateverItsConnectionsMeet) {
    const bool full = std::getenv("DASHCAM_TEST_FULL") != nullptr;
    const std::uint64_t first_seed = test_seed();
    std::size_t faults = 0;
    std::size_t connections = 0;
    for (std::uint64_t round = 0; round < (full ? 40u : 1u); ++round) {
        const std::uint64_t seed = first_seed + round;
        std::mt19937_64 random(seed);
        const std::size_t faulty = full ? 3 + random() % 30 : 8;
        std::string plan;
        auto proxy = PostgresProxy::create(*shared_postgres(), [&](std::size_t number) {
            if (number >= faulty) return ConnectionFault{};
            const ConnectionFault fault = drawn_fault(random, number);
            plan += to_text(fault) + "\n";
            return fault;
        });
        ASSERT_TRUE(proxy.ok()) << proxy.error().message;
        const auto place = make_place("postgresql");
        const TemporaryFolder folder;
        const std::string url = (*proxy)->url(place->url(), kImpatient);
        const ProgramEnd end =
            run_dashcam({"run", clips(), "--out", folder.path() + "/out", "--db", url,
                         "--num-cpu-workers", "2", "--max-task-attempts", "20"});
        faults += (*proxy)->faults();
        connections += (*proxy)->connections();
        proxy->reset();  // its thread writes the plan
        EXPECT_EQ(end.code, kExitOk) << "seed " << seed << "\n" << plan << end.text();
        EXPECT_TRUE(dump_of(place->url()) == undisturbed_rows()) << "seed " << seed << "\n"
                                                                 << plan << end.text();
        if (HasFailure()) return;
    }
    EXPECT_GT(faults, 0u);
    std::cout << connections << " connections, " << faults << " of them met their fault\n";
}

TEST_F(BehindAProxy, StallThatEnds) {
    const auto proxy = sound_proxy();
    Program program(arguments({"--db", through(*proxy)}));
    wait_for_pictures(program);
    proxy->stall_all();
    ASSERT_TRUE(program.running()) << program.wait().text();
    std::this_thread::sleep_for(milliseconds(3'000));
    proxy->heal();
    const ProgramEnd end = program.wait();
    EXPECT_EQ(end.code, kExitOk) << end.text();
    EXPECT_TRUE(dump_of(place_->url()) == undisturbed_rows()) << end.text();
}

// The first four connections of a worker, two for each try, meet a server that says nothing.
TEST_F(BehindAProxy, SilentWhenAWorkerConnectsForTheFirstTime) {
    const auto proxy = PostgresProxy::create(*shared_postgres(), [](std::size_t number) {
        const bool silent = number >= 1 && number <= 4;
        return ConnectionFault{
            silent ? ConnectionFault::Kind::kStall : ConnectionFault::Kind::kNone, 1};
    });
    ASSERT_TRUE(proxy.ok()) << proxy.error().message;
    const ProgramEnd end = run_dashcam(arguments({"--db", through(**proxy), "--num-cpu-workers",
                                                  "1", "--max-task-attempts", "3"}));
    EXPECT_EQ(end.code, kExitOk) << end.text();
    EXPECT_EQ((*proxy)->faults(), 4u);
    EXPECT_TRUE(dump_of(place_->url()) == undisturbed_rows()) << end.text();
}

// Connections of such a run: main's, the worker's, that of the summary.
constexpr std::size_t kFirstOfSummary = 2;

TEST_F(BehindAProxy, SilentWhenTheSummaryIsMade) {
    for (const bool ends : {true, false}) {
        const auto place = make_place("postgresql");
        const TemporaryFolder folder;
        const auto proxy = PostgresProxy::create(*shared_postgres(), [&](std::size_t number) {
            const bool silent =
                number >= kFirstOfSummary && (!ends || number < kFirstOfSummary + 4);
            return ConnectionFault{
                silent ? ConnectionFault::Kind::kStall : ConnectionFault::Kind::kNone, 1};
        });
        ASSERT_TRUE(proxy.ok()) << proxy.error().message;
        std::vector<std::string> words{"run", clips(), "--out", folder.path() + "/out", "--db",
                                       (*proxy)->url(place->url(), kImpatient),
                                       "--num-cpu-workers", "1", "--max-task-attempts"};
        words.push_back(ends ? "3" : "2");
        const ProgramEnd end = run_dashcam(words);
        EXPECT_EQ((*proxy)->faults(), 4u);
        EXPECT_TRUE(dump_of(place->url()) == undisturbed_rows()) << end.text();
        if (ends) {
            EXPECT_EQ(end.code, kExitOk) << end.text();
            continue;
        }
        EXPECT_EQ(end.code, kExitCannotRun) << end.text();
        EXPECT_THAT(end.out, HasSubstr("the database does not tell what became of them"));
        EXPECT_THAT(end.out, testing::Not(HasSubstr("unfinished"))) << end.text();
        EXPECT_THAT(end.err, HasSubstr("timeout expired")) << end.text();
        (*proxy)->heal();
        EXPECT_EQ(run_dashcam(words).code, kExitOk);
    }
}

// The run says so and ends, before every task has waited for every attempt; the next one goes on.
TEST_F(BehindAProxy, StallThatDoesNotEnd) {
    const auto proxy = sound_proxy();
    Program program(arguments({"--db", through(*proxy), "--max-task-attempts", "1"}));
    wait_for_pictures(program);
    proxy->stall_all();
    ASSERT_TRUE(program.running()) << program.wait().text();
    const std::vector<pid_t> children = pids_of_children(program.pid());
    const ProgramEnd end = program.wait();
    EXPECT_FALSE(end.timed_out) << end.text();
    EXPECT_EQ(end.code, kExitCannotRun) << end.text();
    EXPECT_THAT(end.err, AnyOf(HasSubstr("no answer for 2000 ms"), HasSubstr("timeout expired")));
    EXPECT_THAT(end.err, HasSubstr("dashcam: postgresql://postgres@127.0.0.1")) << end.text();
    expect_nothing_left(children);
    proxy->heal();
    const ProgramEnd next = run_dashcam(arguments({"--db", through(*proxy)}));
    EXPECT_EQ(next.code, kExitOk) << next.text();
    EXPECT_TRUE(dump_of(place_->url()) == undisturbed_rows()) << next.text();
}

TEST_F(BehindAProxy, ServerThatSaysNothingFromTheStart) {
    const auto proxy = sound_proxy();
    proxy->stall_all();
    for (const auto& words : {arguments({"--db", through(*proxy)}),
                              std::vector<std::string>{"vehicles", "--db", through(*proxy)}}) {
        const ProgramEnd end = run_dashcam(words);
        EXPECT_EQ(end.code, kExitCannotRun) << end.text();
        EXPECT_THAT(end.err, HasSubstr("timeout expired")) << end.text();
        EXPECT_EQ(std::count(end.err.begin(), end.err.end(), '\n'), 1) << end.text();
    }
}

}  // namespace
}  // namespace dashcam
