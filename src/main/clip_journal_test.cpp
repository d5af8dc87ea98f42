#include "main/clip_journal.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <optional>
#include <stdexcept>
#include <thread>

#include "stores/testing/store_places.h"

// "Main" is a process of its own here, which opens clips and dies.

namespace dashcam {
namespace {

namespace fs = std::filesystem;
using Close = ClipJournal::Close;

const ClipKey kA{"/card/a\tb%\n.mp4", 10, 1};
const ClipKey kB{"/card/\xff.mp4", 20, 2};

class ClipJournalTest : public testing::Test {
  protected:
    // A run that does `work` and ends as that lets it: in order, or by a signal, which is returned.
    int run(const std::function<void(ClipJournal&)>& work) const {
        const pid_t pid = fork();
        if (pid == 0) {
            const rlimit no_core{0, 0};
            setrlimit(RLIMIT_CORE, &no_core);
            {
                ClipJournal journal;
                if (!ClipJournal::begin(file_, journal).ok()) _exit(1);
                work(journal);
            }
            _exit(0);
        }
        int status = 0;
        waitpid(pid, &status, 0);
        return WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
    }
    // What the next run would know.
    struct Verdict {
        std::uint32_t deaths_of_a, deaths_of_b;
        bool suspects_a, suspects_b;
        bool operator==(const Verdict&) const = default;
    };
    Verdict verdict() const {
        const std::string copy = folder_.path() + "/copy";
        std::error_code ignored;
        fs::copy_file(file_, copy, fs::copy_options::overwrite_existing, ignored);
        ClipJournal journal;
        EXPECT_TRUE(ClipJournal::begin(copy, journal).ok());
        const Verdict found{journal.deaths(kA), journal.deaths(kB), journal.is_suspect(kA),
                            journal.is_suspect(kB)};
        fs::remove(copy);
        return found;
    }

    TemporaryFolder folder_;
    std::string file_ = folder_.path() + "/journal";
};

void open_both(ClipJournal& journal) {
    journal.opened(kA);
    std::thread([&] { journal.opened(kB); }).join();
}

TEST_F(ClipJournalTest, AnOrderlyEndLeavesNoFile) {
    EXPECT_EQ(run([](ClipJournal& journal) {
                  open_both(journal);
                  journal.closed(kA, Close::kRead);
                  journal.closed(kB, Close::kLeft);
              }),
              0);
    EXPECT_FALSE(fs::exists(file_));
    // Stopped in the middle, and a reader that is stuck: no death.
    EXPECT_EQ(run(open_both), 0);
    EXPECT_FALSE(fs::exists(file_));
}

TEST_F(ClipJournalTest, TheThreadThatCrashesNamesItsClip) {
    for (const int signal : {SIGSEGV, SIGABRT, SIGBUS, SIGILL, SIGFPE}) {
        fs::remove(file_);
        EXPECT_EQ(run([&](ClipJournal& journal) {
                      journal.opened(kA);
                      std::thread([&] {
                          journal.opened(kB);
                          raise(signal);
                      }).join();
                  }),
                  signal);
        EXPECT_EQ(verdict(), (Verdict{0, 1, false, true})) << signal;
    }
}

TEST_F(ClipJournalTest, AnExceptionThatNobodyCatchesIsACrash) {
    const auto work = [](ClipJournal& journal) {
        journal.opened(kA);
        std::thread([&] {
            journal.opened(kB);
            throw std::runtime_error("from a library");
        }).join();
    };
    EXPECT_EQ(run(work), SIGABRT);
    EXPECT_EQ(verdict(), (Verdict{0, 1, false, true}));
    EXPECT_EQ(run(work), SIGABRT);
    EXPECT_EQ(verdict(), (Verdict{0, 2, false, true}));
}

[[gnu::noinline]] int run_over(int depth) {
    volatile char room[4096] = {};
    room[0] = static_cast<char>(depth);
    return depth == 0 ? room[0] : run_over(depth + 1) + room[0];
}

TEST_F(ClipJournalTest, AStackThatRanOverIsACrash) {
    EXPECT_EQ(run([](ClipJournal& journal) {
                  journal.opened(kB);
                  std::thread([&] {
                      journal.opened(kA);
                      run_over(1);
                  }).join();
              }),
              SIGSEGV);
    EXPECT_EQ(verdict(), (Verdict{1, 0, true, false}));
}

TEST_F(ClipJournalTest, WithoutAMarkTheOnlyOpenClipIsCharged) {
    EXPECT_EQ(run([](ClipJournal& journal) {
                  open_both(journal);
                  journal.closed(kB, Close::kRead);
                  raise(SIGKILL);
              }),
              SIGKILL);
    EXPECT_EQ(verdict(), (Verdict{1, 0, true, false}));
}

TEST_F(ClipJournalTest, WithoutAMarkSeveralOpenClipsAreSuspects) {
    EXPECT_EQ(run([](ClipJournal& journal) {
                  open_both(journal);
                  raise(SIGKILL);
              }),
              SIGKILL);
    EXPECT_EQ(verdict(), (Verdict{0, 0, true, true}));
    // Read alone, the one is clear and the other is not.
    EXPECT_EQ(run([](ClipJournal& journal) {
                  journal.opened(kA);
                  journal.closed(kA, Close::kRead);
                  journal.opened(kB);
                  raise(SIGKILL);
              }),
              SIGKILL);
    EXPECT_EQ(verdict(), (Verdict{0, 1, false, true}));
}

TEST_F(ClipJournalTest, ASignalFromOutsideChargesNobody) {
    EXPECT_EQ(run([](ClipJournal& journal) {
                  journal.opened(kA);
                  const pid_t self = getpid();
                  if (fork() == 0) {
                      kill(self, SIGSEGV);
                      _exit(0);
                  }
                  for (;;) pause();
              }),
              SIGSEGV);
    EXPECT_EQ(verdict(), (Verdict{0, 0, false, false}));
}

TEST_F(ClipJournalTest, AMachineThatWentDownChargesNobody) {
    std::ofstream(file_) << "run\tanother-boot\nopen\t20\t2\t/card/\xff.mp4\n";
    EXPECT_EQ(verdict(), (Verdict{0, 0, false, false}));
}

TEST_F(ClipJournalTest, ReadingToTheEndClears) {
    const auto die = [](ClipJournal& journal) {
        journal.opened(kA);
        raise(SIGSEGV);
    };
    EXPECT_EQ(run(die), SIGSEGV);
    // A look without decoding, or a stop, proves nothing.
    EXPECT_EQ(run([](ClipJournal& journal) {
                  journal.opened(kA);
                  journal.closed(kA, Close::kLeft);
              }),
              0);
    EXPECT_EQ(verdict(), (Verdict{1, 0, true, false}));
    EXPECT_EQ(run([](ClipJournal& journal) {
                  journal.opened(kA);
                  journal.closed(kA, Close::kRead);
              }),
              0);
    EXPECT_FALSE(fs::exists(file_));
}

TEST_F(ClipJournalTest, AChangedFileIsAnotherClip) {
    EXPECT_EQ(run([](ClipJournal& journal) {
                  journal.opened(kA);
                  raise(SIGSEGV);
              }),
              SIGSEGV);
    ClipKey repaired = kA;
    repaired.modified_us = 5;
    ClipJournal journal;
    ASSERT_TRUE(ClipJournal::begin(file_, journal).ok());
    EXPECT_EQ(journal.deaths(kA), 1u);
    EXPECT_EQ(journal.deaths(repaired), 0u);
    journal.forgive(kA);
    EXPECT_EQ(journal.deaths(kA), 0u);
}

TEST_F(ClipJournalTest, PassesOverLinesThatAreNone) {
    for (const char* text : {"", "\n\n\t\t\t", "run\nopen\ncrash\ncharged\t1\n", "\x00\xff",
                             "charged\t99999999999\t1\t1\tx\nopen\t-\t1\tx\n", "open\t1\t1\t%"}) {
        std::ofstream(file_) << text;
        EXPECT_EQ(verdict(), (Verdict{0, 0, false, false})) << text;
    }
}

}  // namespace
}  // namespace dashcam
