#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <map>
#include <random>
#include <thread>

#include "cli/exit_codes.h"
#include "support/disturbed_run.h"
#include "support/footage.h"
#include "support/processes.h"
#include "support/results.h"
#include "support/storm.h"

// The outside world fails: calls that crash, hang or come late, full disks, a locked database, a
// wall clock that jumps, clips that change. The program is the one that users have; what fails is
// put before it (support/faults_preload.cpp) or under it (a tiny disk, limits of the kernel).

namespace dashcam {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::Not;

class Fault : public DisturbedRun {
  protected:
    ProgramEnd run(const std::vector<std::string>& more, const std::string& rules) const {
        Program program(arguments(more), with_faults(rules));
        return program.wait();
    }
    std::map<std::string, std::string> statuses() const {
        std::map<std::string, std::string> result;
        for (const VideoRow& row : videos_of_run(out()))
            result[fs::path(row.path).filename().string()] = std::string(to_string(row.status));
        return result;
    }
    // A picture of the undisturbed run, "crops/VIDEO/TRACK-FRAME-vehicle.jpg", and whose it is.
    std::string some_picture() const {
        const TemporaryFolder quiet;
        run_dashcam({"run", clips(), "--out", quiet.path(), "--num-cpu-workers", "2"});
        const RunOutcome outcome = RunOutcome::of(quiet.path());
        for (const auto& [path, content] : outcome.pictures) {
            if (path.find("-vehicle.jpg") != std::string::npos) return path;
        }
        return "";
    }
};

// ---------------------------------------------------------------- poison

TEST_F(Fault, TaskThatKillsItsWorkerEveryTimeIsSetAside) {
    const std::string picture = some_picture();
    if (picture.empty()) GTEST_SKIP() << "samples/drive.mp4 is not there: no vehicles";
    const ProgramEnd end = run({"--max-task-attempts", "3"}, "open|" + picture + ".part|crash|");
    EXPECT_EQ(end.code, kExitSomeFailed) << end.text();
    const std::string name = fs::path(picture).filename().string();  // TRACK-FRAME-vehicle.jpg
    const std::string frame = name.substr(name.find('-') + 1, name.rfind('-') - name.find('-') - 1);
    EXPECT_THAT(end.err, HasSubstr("VEHICLE_TRACK of frame " + frame + " in '" + clips()))
        << end.text();
    EXPECT_THAT(end.err, HasSubstr("set aside after 3 failed attempts")) << end.text();
    EXPECT_THAT(end.out, HasSubstr(", 3 restarts\n")) << end.text();
    EXPECT_THAT(end.out, HasSubstr("1 unfinished")) << end.text();
    // All others are there; and without the fault the next run completes the one.
    int unfinished = 0;
    for (const auto& [clip, status] : statuses()) unfinished += status == "unfinished";
    EXPECT_EQ(unfinished, 1) << end.text();
    expect_next_run_finishes();
}

TEST_F(Fault, ClipThatBringsMainDownTwiceIsSetAsideAndTheNextRunLives) {
    const std::string victim = fs::exists(clips() + "/a2.mp4") ? "a2.mp4" : "b1.mp4";
    for (int death = 0; death < 2; ++death) {
        const ProgramEnd end = run({}, "avformat_open_input|" + victim + "|crash|");
        EXPECT_TRUE(end.by_signal) << end.text();
        EXPECT_EQ(end.code, SIGSEGV) << end.text();
    }
    const ProgramEnd end = run({}, "avformat_open_input|" + victim + "|crash|");
    EXPECT_EQ(end.code, kExitSomeFailed) << end.text();
    EXPECT_THAT(end.err, HasSubstr(victim + "' is set aside")) << end.text();
    for (const auto& [clip, status] : statuses())
        EXPECT_EQ(status, clip == victim ? "failed" : "finished") << clip;
    // It stays set aside, until it is asked for.
    EXPECT_EQ(run({}, "avformat_open_input|" + victim + "|crash|").code, kExitSomeFailed);
    const ProgramEnd again = run_dashcam({"run", clips() + "/" + victim, "--redo", "--out", out()});
    EXPECT_EQ(again.code, kExitOk) << again.text();
    EXPECT_FALSE(fs::exists(out() + "/open-clips.journal"));
    expect_next_run_finishes();
}

// As the kernel does when memory runs out: no mark is left. Two readers are at work, so that the
// clip is not known at first.
TEST_F(Fault, ClipThatGetsMainKilledIsFoundAmongTheOpenOnes) {
    const std::string victim = fs::exists(clips() + "/a2.mp4") ? "a2.mp4" : "b1.mp4";
    // Not while the sizes of clips are looked up: there it would be the only one.
    const std::string rule =
        "avformat_open_input|" + victim + "|kill|if:" + out() + "/dashcam.db-wal";
    int deaths = 0;
    ProgramEnd end;
    do {
        end = run({"--num-video-readers", "3"}, rule);
    } while (end.by_signal && ++deaths < 6);
    EXPECT_EQ(end.code, kExitSomeFailed) << end.text();
    EXPECT_LE(deaths, 3);
    EXPECT_THAT(end.err, HasSubstr(victim + "' is set aside")) << end.text();
    for (const auto& [clip, status] : statuses())
        EXPECT_EQ(status, clip == victim ? "failed" : "finished") << clip << "\n" << end.text();
}

// ---------------------------------------------------------------- hanging

TEST_F(Fault, StageThatNeverReturnsIsFoundAndItsTaskDoneAgain) {
    const ProgramEnd end =
        run({"--stale-after-s", "2", "--gpu-batch", "1"}, "infer||hang|once:" + marker());
    EXPECT_EQ(end.code, kExitOk) << end.text();
    EXPECT_THAT(end.err, testing::ContainsRegex("hangs: [A-Z_]+, frame [0-9]+, no sign of life for "
                                                "[0-9]+ s; killing it"))
        << end.text();
    EXPECT_THAT(end.err, HasSubstr("1 of its tasks given back")) << end.text();
    expect_undisturbed_rows(end);
}

// Slower than the limit for work, within the one for loading.
TEST_F(Fault, SlowStartIsNotTakenForHung) {
    const ProgramEnd end =
        run({"--stale-after-s", "2", "--num-gpu-workers", "1"}, "open|.onnx|slow|once:" + marker());
    EXPECT_EQ(end.code, kExitOk) << end.text();
    EXPECT_TRUE(fs::exists(marker())) << "nothing was slow";
    EXPECT_THAT(end.err, Not(HasSubstr("hangs: loading"))) << end.text();
    expect_undisturbed_rows(end);
}

TEST_F(Fault, ReaderThatIsStuckInTheSystemEndsTheRunAndIsNamed) {
    const TemporaryFolder folder;
    make_clip(folder.path() + "/stuck.mp4",
              {"-f", "lavfi", "-i", "testsrc2=size=320x240:rate=15", "-vf", "noise=alls=60",
               "-frames:v", "150", "-c:v", "libx264", "-preset", "ultrafast", "-crf", "5"});
    pattern_clip(folder.path(), "live.mp4", 20, 320, 240);
    Program program({"run", folder.path(), "--out", out(), "--stale-after-s", "3",
                     "--terminate-timeout-s", "1"},
                    with_faults("read|stuck.mp4|hang|if:" + marker()));
    // The sizes of clips were looked up, and back-pressure holds the reader until a model is there.
    while (program.running() && child_in_role(program.pid(), "scheduler") == 0)
        std::this_thread::sleep_for(milliseconds(2));
    write_file(marker(), "");
    const ProgramEnd end = program.wait();
    EXPECT_FALSE(end.timed_out) << end.text();
    EXPECT_EQ(end.code, kExitGaveUp) << end.text();
    EXPECT_THAT(end.err, HasSubstr("stuck.mp4' has not come back for 3 s")) << end.text();
    EXPECT_EQ(statuses()["live.mp4"], "finished") << end.text();
    // That was no death of main's: the clip is tried again, and done.
    fs::remove(marker());
    const ProgramEnd next = run_dashcam({"run", folder.path(), "--out", out()});
    EXPECT_EQ(next.code, kExitOk) << next.text();
    EXPECT_EQ(statuses()["stuck.mp4"], "finished") << next.text();
}

TEST_F(Fault, DiskThatDoesNotAnswerAtTheStartHoldsNobody) {
    const ProgramEnd end = run({"--stale-after-s", "2"}, "read|b1.mp4|hang|");
    EXPECT_FALSE(end.timed_out) << end.text();
    EXPECT_EQ(end.code, kExitGaveUp) << end.text();
    EXPECT_THAT(end.err, HasSubstr("b1.mp4' has not come back for 2 s")) << end.text();
    expect_next_run_finishes();
}

// ---------------------------------------------------------------- the machine

// A small disk of its own, for root only.
class SmallDisk {
  public:
    explicit SmallDisk(const std::string& bytes) {
        mounted_ = mount("dashcam-test", folder_.path().c_str(), "tmpfs", 0,
                         ("size=" + bytes).c_str()) == 0;
    }
    ~SmallDisk() {
        if (mounted_) umount2(folder_.path().c_str(), MNT_DETACH);
    }
    bool mounted() const { return mounted_; }
    const std::string& path() const { return folder_.path(); }

  private:
    TemporaryFolder folder_;
    bool mounted_ = false;
};

// Whatever is full first, pictures, rows or log: the run ends, says why, and the next one, with
// room, completes it.
TEST_F(Fault, FullDisk) {
    for (const char* size : {"64k", "160k", "320k"}) {
        const SmallDisk disk(size);
        if (!disk.mounted()) GTEST_SKIP() << "a small disk can only be mounted by root";
        const std::string full = disk.path() + "/out";
        const ProgramEnd end = run_dashcam(
            {"run", clips(), "--out", full, "--num-cpu-workers", "2", "--max-task-attempts", "2"});
        EXPECT_FALSE(end.timed_out) << size << end.text();
        EXPECT_FALSE(end.by_signal) << size << end.text();
        EXPECT_TRUE(end.code == kExitSomeFailed || end.code == kExitCannotRun)
            << size << end.text();
        EXPECT_THAT(end.err + end.out,
                    testing::AnyOf(HasSubstr("No space left"), HasSubstr("full")))
            << size << end.text();
        // More room, as a person would make it.
        ASSERT_EQ(mount("dashcam-test", disk.path().c_str(), "tmpfs", MS_REMOUNT, "size=64m"), 0);
        const ProgramEnd next =
            run_dashcam({"run", clips(), "--out", full, "--num-cpu-workers", "2"});
        EXPECT_EQ(next.code, kExitOk) << size << next.text();
        EXPECT_TRUE(dump_of_run(full) == undisturbed_rows()) << size << next.text();
        EXPECT_THAT(crop_faults(full), testing::IsEmpty()) << size;
    }
}

TEST_F(Fault, WallClockThatJumps) {
    Program::Options options = with_faults("");
    options.environment["DASHCAM_TEST_CLOCK"] = "jump";
    Program program(arguments({"--stale-after-s", "10"}), options);
    const ProgramEnd end = program.wait();
    EXPECT_EQ(end.code, kExitOk) << end.text();
    EXPECT_THAT(end.err, Not(HasSubstr("hangs"))) << end.text();
    EXPECT_THAT(end.out, HasSubstr(", 0 restarts\n")) << end.text();
    expect_undisturbed_rows(end);
}

// Another program reads for two seconds in one transaction, and another one holds the write lock.
TEST_F(Fault, DatabaseThatOthersUse) {
    Program program(arguments());
    ASSERT_TRUE(wait_until_busy(program)) << program.wait().text();
    sqlite3* other = nullptr;
    ASSERT_EQ(sqlite3_open((out() + "/dashcam.db").c_str(), &other), SQLITE_OK);
    sqlite3_busy_timeout(other, 10'000);
    ASSERT_EQ(
        sqlite3_exec(other, "BEGIN; SELECT count(*) FROM vehicles", nullptr, nullptr, nullptr),
        SQLITE_OK);
    std::this_thread::sleep_for(milliseconds(1000));
    sqlite3_exec(other, "COMMIT", nullptr, nullptr, nullptr);
    EXPECT_EQ(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);
    std::this_thread::sleep_for(milliseconds(2000));
    sqlite3_exec(other, "ROLLBACK", nullptr, nullptr, nullptr);
    sqlite3_close(other);
    const ProgramEnd end = program.wait();
    EXPECT_EQ(end.code, kExitOk) << end.text();
    expect_undisturbed_rows(end);
}

TEST_F(Fault, FewDescriptors) {
    Program::Options options;
    options.open_files = 40;
    Program program(arguments(), options);
    const ProgramEnd end = program.wait();
    EXPECT_EQ(end.code, kExitOk) << end.text();
    expect_undisturbed_rows(end);
    // Too few to begin with: said, not crashed.
    options.open_files = 8;
    Program hopeless({"run", clips(), "--out", folder_.path() + "/few"}, options);
    const ProgramEnd refused = hopeless.wait();
    EXPECT_FALSE(refused.by_signal || refused.timed_out) << refused.text();
    EXPECT_NE(refused.code, kExitOk) << refused.text();
    EXPECT_THAT(refused.err,
                testing::AnyOf(HasSubstr("oo many open files"), HasSubstr("cannot be opened")))
        << refused.text();
}

// ---------------------------------------------------------------- clips that change

TEST_F(Fault, ClipsThatVanishGrowAndShrinkWhileTheyAreRead) {
    const TemporaryFolder folder;
    for (const char* name : {"c1.mp4", "c2.ts", "c3.mp4", "c4.mp4"})
        pattern_clip(folder.path(), name, 90, 320, 240, name[1] - '0');
    Program program({"run", folder.path(), "--out", out(), "--num-video-readers", "2"});
    while (program.running() && (!fs::exists(out() + "/dashcam.db-wal") ||
                                 fs::file_size(out() + "/dashcam.db-wal") == 0)) {
        std::this_thread::sleep_for(milliseconds(2));
    }
    const std::string more = read_file(folder.path() + "/c2.ts");
    fs::remove(folder.path() + "/c4.mp4");
    fs::resize_file(folder.path() + "/c1.mp4", 2000);
    write_file(folder.path() + "/c2.ts", more + more);
    const ProgramEnd end = program.wait();
    EXPECT_FALSE(end.timed_out || end.by_signal) << end.text();
    EXPECT_TRUE(end.code == kExitOk || end.code == kExitSomeFailed) << end.text();
    EXPECT_EQ(statuses()["c3.mp4"], "finished") << end.text();
    EXPECT_EQ(database_faults(out() + "/dashcam.db"), "");
    // What a reader saw half of must not pass for finished for ever: the file is another one now.
    const ProgramEnd next = run_dashcam({"run", folder.path(), "--out", out()});
    EXPECT_FALSE(next.timed_out || next.by_signal) << next.text();
    for (const auto& [clip, status] : statuses()) EXPECT_NE(status, "unfinished") << clip;
}

}  // namespace
}  // namespace dashcam
