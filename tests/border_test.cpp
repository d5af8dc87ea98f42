#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <thread>

#include "cli/exit_codes.h"
#include "pipeline/control_region/control_region.h"
#include "support/disturbed_run.h"
#include "support/footage.h"
#include "support/processes.h"
#include "support/results.h"

// Faults at the borders of a run that are made from outside, while it runs: memory that ends,
// shared memory that is written to, a worker stopped inside the queue's lock, a database that cuts
// connections, folders and names that are odd.

namespace dashcam {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using testing::HasSubstr;

bool is_full() { return std::getenv("DASHCAM_TEST_FULL") != nullptr; }

class Border : public DisturbedRun {};

// ---------------------------------------------------------------- the lock

// Two Ctrl-C, and the lock is in the hands of a worker that does not run: main, its readers and the
// other workers wait for it, and the end comes all the same.
TEST_F(Border, WorkerStoppedInsideTheLockDuringShutdown) {
    const std::vector<int> pauses_ms =
        is_full() ? std::vector<int>{0, 30, 100, 300, 1000} : std::vector<int>{0, 300};
    for (const int pause_ms : pauses_ms) {
        Program program(arguments({"--terminate-timeout-s", "1"}),
                        with_faults("lock|internal-|stop|if:" + marker()));
        ASSERT_TRUE(wait_until_busy(program)) << program.wait().text();
        const std::vector<pid_t> children = pids_of_children(program.pid());
        write_file(marker(), "");
        std::this_thread::sleep_for(milliseconds(pause_ms));
        program.send_signal(SIGINT);
        // Again and again, as people do: two signals of a kind are one until the first is taken,
        // and on a busy machine that may be late.
        for (int i = 0; i < 300 && program.running(); ++i) {
            std::this_thread::sleep_for(milliseconds(100));
            program.send_signal(SIGINT);
        }
        const ProgramEnd end = program.wait(std::chrono::seconds(30));
        EXPECT_FALSE(end.timed_out) << pause_ms << " ms\n" << end.text();
        EXPECT_EQ(end.code, kExitInterrupted) << pause_ms << " ms\n" << end.text();
        fs::remove(marker());
        expect_nothing_left(children);
        EXPECT_EQ(database_faults(out() + "/dashcam.db"), "");
    }
    expect_next_run_finishes();
}

// One Ctrl-C: the worker is found by its silence, and the queues drain.
TEST_F(Border, WorkerStoppedInsideTheLockWhileQueuesDrain) {
    Program program(arguments({"--stale-after-s", "2"}),
                    with_faults("lock|internal-|stop|if:" + marker()));
    ASSERT_TRUE(wait_until_busy(program)) << program.wait().text();
    const std::vector<pid_t> children = pids_of_children(program.pid());
    write_file(marker(), "");
    std::this_thread::sleep_for(milliseconds(300));
    fs::remove(marker());
    program.send_signal(SIGINT);
    const ProgramEnd end = program.wait();
    EXPECT_EQ(end.code, kExitInterrupted) << end.text();
    EXPECT_THAT(end.err, HasSubstr("no sign of life for")) << end.text();
    expect_nothing_left(children);
    expect_next_run_finishes();
}

// ---------------------------------------------------------------- shared memory

// The control region of a running main, writable.
Result<ControlRegion> control_region_of(pid_t pid) {
    for (const auto& entry : fs::directory_iterator("/proc/" + std::to_string(pid) + "/fd")) {
        std::error_code gone;
        if (fs::read_symlink(entry.path(), gone).string().find("memfd:dashcam-control") ==
            std::string::npos)
            continue;
        const int descriptor = open(entry.path().c_str(), O_RDWR | O_CLOEXEC);
        if (descriptor < 0) break;
        return ControlRegion::attach(descriptor, RegionAccess::kReadWrite);
    }
    return Error{"no control region"};
}

// Nobody dies: main or a worker meets it. The run goes on in new shared memory.
TEST_F(Border, StrayWritesIntoTheQueueOfALivingRun) {
    std::mt19937_64 random(test_seed());
    // Two of the four words, drawn; all of them several times in the full form.
    const int first = static_cast<int>(random() % 4);
    for (int turn = 0; turn < (is_full() ? 20 : 2); ++turn) {
        const int round = (first + turn) % 4;
        const TemporaryFolder own;
        const std::string place = own.path() + "/out";
        Program program({"run", clips(), "--out", place, "--num-cpu-workers", "2"});
        while (program.running() && (!fs::exists(place + "/dashcam.db-wal") ||
                                     child_in_role(program.pid(), "cpu-worker") == 0))
            std::this_thread::sleep_for(milliseconds(5));
        std::this_thread::sleep_for(milliseconds(random() % 300));
        {
            const auto control = control_region_of(program.pid());
            ASSERT_TRUE(control.ok()) << control.error().message;
            ControlHeader& header = control->header();
            const auto junk = static_cast<std::uint32_t>(random());
            if (round == 0) header.free_task = junk;
            if (round == 1) header.free_frame = junk;
            if (round == 2) {
                for (TaskSlot& task : control->tasks()) task.next = junk;
            }
            if (round == 3) {
                for (StateSlot& state : control->states()) state.waiting = junk;
            }
        }
        const ProgramEnd end = program.wait();
        EXPECT_FALSE(end.by_signal || end.timed_out) << "round " << round << end.text();
        EXPECT_EQ(end.code, kExitOk) << "round " << round << end.text();
        EXPECT_TRUE(dump_of_run(place) == undisturbed_rows()) << "round " << round << end.text();
    }
}

// Only memfd is used: a /dev/shm that is nearly full does not matter.
TEST_F(Border, SharedMemoryFolderOf64KiB) {
    const char* script = R"(#!/bin/sh
exec unshare -m sh -c 'mount -t tmpfs -o size=64k dashcam-test /dev/shm && exec "$0" "$@"' PROGRAM "$@"
)";
    if (std::system("unshare -m sh -c 'mount -t tmpfs -o size=64k dashcam-test /dev/shm' "
                    "2>/dev/null") != 0)
        GTEST_SKIP() << "SKIPPED: a mount namespace needs root";
    std::string text = script;
    text.replace(text.find("PROGRAM"), 7, DASHCAM_PROGRAM);
    const std::string wrapper = folder_.path() + "/dashcam";
    write_file(wrapper, text);
    fs::permissions(wrapper, fs::perms::owner_all);
    setenv("DASHCAM_TEST_PROGRAM", wrapper.c_str(), 1);
    const ProgramEnd end = run_dashcam(arguments());
    unsetenv("DASHCAM_TEST_PROGRAM");
    EXPECT_EQ(end.code, kExitOk) << end.text();
    expect_undisturbed_rows(end);
}

// ---------------------------------------------------------------- memory

// No more memory for workers that are at work, from one moment to the next. They end themselves:
// one that lived on would fail every task that it takes.
TEST_F(Border, WorkersThatRunOutOfMemory) {
    Program program(arguments({"--max-task-attempts", "10"}));
    ASSERT_TRUE(wait_until_busy(program)) << program.wait().text();
    const rlimit nothing{1 << 20, 1 << 20};
    int limited = 0;
    for (const char* role : {"gpu-worker", "cpu-worker"}) {
        for (std::size_t i = 0; i < 2; ++i) {
            const pid_t pid = child_in_role(program.pid(), role, i);
            limited += pid != 0 && prlimit(pid, RLIMIT_AS, &nothing, nullptr) == 0;
        }
    }
    EXPECT_GT(limited, 0);
    const ProgramEnd end = program.wait();
    EXPECT_EQ(end.code, kExitOk) << end.text();
    EXPECT_THAT(end.err, HasSubstr("ended itself, since it got no more memory")) << end.text();
    expect_undisturbed_rows(end);
}

// ---------------------------------------------------------------- files and folders

TEST_F(Border, OutputThatIsReadOnly) {
    const TemporaryFolder place;
    if (mount("dashcam-test", place.path().c_str(), "tmpfs", 0, "size=1m") != 0)
        GTEST_SKIP() << "SKIPPED: a small disk can only be mounted by root";
    const std::string inside = place.path() + "/out";
    fs::create_directory(inside);
    ASSERT_EQ(mount("dashcam-test", place.path().c_str(), "tmpfs", MS_REMOUNT | MS_RDONLY, ""), 0);
    for (const std::string& target : {place.path() + "/new", inside}) {
        const ProgramEnd end = run_dashcam({"run", clips(), "--out", target});
        EXPECT_EQ(end.code, kExitCannotRun) << end.text();
        EXPECT_THAT(end.err, HasSubstr("cannot write the output folder '" + target)) << end.text();
        EXPECT_EQ(std::count(end.err.begin(), end.err.end(), '\n'), 1) << end.text();
    }
    umount2(place.path().c_str(), MNT_DETACH);
}

// From the card to the rows, and known again by the next run.
TEST_F(Border, OddNamesThroughAWholeRun) {
    const TemporaryFolder folder;
    const std::vector<std::string> names{"two  words .mp4", "line\nbreak.mp4",
                                         "not\xff\xfeutf8.mp4", "\t'\"$(x)`;.mp4",
                                         "\u00fcml\u00e4ut.mp4"};
    int variant = 0;
    for (const std::string& name : names) {
        fs::create_directory(folder.path() + "/" + name + ".d");
        pattern_clip(folder.path() + "/" + name + ".d", name, 8, 320, 240, variant++);
    }
    const ProgramEnd end = run_dashcam({"run", folder.path(), "--out", out()});
    EXPECT_EQ(end.code, kExitOk) << end.text();
    const std::vector<VideoRow> rows = videos_of_run(out());
    EXPECT_EQ(rows.size(), names.size()) << end.text();
    for (const VideoRow& row : rows) EXPECT_EQ(row.status, VideoStatus::kFinished) << row.path;
    const ProgramEnd next = run_dashcam({"run", folder.path(), "--out", out()});
    EXPECT_EQ(next.code, kExitOk) << next.text();
    EXPECT_THAT(next.out, HasSubstr("0 frames in")) << next.text();
}

// ---------------------------------------------------------------- PostgreSQL

// The server stays, and all connections to the database are cut, again and again.
TEST_F(Border, PostgresThatCutsItsConnections) {
    if (!PrivatePostgres::available()) GTEST_SKIP() << PrivatePostgres::skip_message();
    const auto place = make_place("postgresql");
    Program program(arguments({"--db", place->url()}));
    int cuts = 0;
    while (program.running() && cuts < 20) {
        std::this_thread::sleep_for(milliseconds(150));
        if (!fs::exists(out() + "/crops")) continue;
        const auto cut = shared_postgres()->execute(
            "postgres",
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() "
            "AND datname <> 'postgres'");
        EXPECT_TRUE(cut.ok()) << cut.error().message;
        ++cuts;
    }
    const ProgramEnd end = program.wait();
    EXPECT_GT(cuts, 0);
    EXPECT_EQ(end.code, kExitOk) << end.text();
    EXPECT_TRUE(dump_of(place->url()) == undisturbed_rows()) << end.text();
}

}  // namespace
}  // namespace dashcam
