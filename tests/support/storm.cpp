#include "support/storm.h"

#include <signal.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <set>
#include <thread>

#include "cli/exit_codes.h"
#include "support/footage.h"
#include "support/processes.h"
#include "support/results.h"

namespace dashcam {
namespace {

namespace fs = std::filesystem;

// A stopped process is found after this; a working one on a busy machine must not be.
constexpr int kStaleAfterS = 2;
constexpr int kMostStrikes = 7;
// With so short a stale limit, a busy machine kills workers that are only slow to start, and gives
// them more time each time.
constexpr std::chrono::seconds kPatience{400};
constexpr int kMostMainStrikes = 2;

std::string name_of(int signal) {
    switch (signal) {
        case SIGKILL:
            return "SIGKILL";
        case SIGSTOP:
            return "SIGSTOP";
        case SIGSEGV:
            return "SIGSEGV";
        default:
            return "SIGABRT";
    }
}

// Lines of a log that no round may have: broken invariants are logged as such.
std::vector<std::string> damage_in_log(const std::string& log) {
    std::vector<std::string> found;
    for (const char* text : {"the task queue was damaged", "going on in new shared memory",
                             "the work stands still", "was set aside", "CHECK"}) {
        if (log.find(text) != std::string::npos)
            found.push_back("the log says: " + std::string(text));
    }
    return found;
}

}  // namespace

RunOutcome RunOutcome::of(const std::string& out) {
    RunOutcome outcome;
    outcome.rows = dump_of_run(out);
    if (!fs::exists(out + "/crops")) return outcome;
    for (const auto& entry : fs::recursive_directory_iterator(out + "/crops")) {
        if (!entry.is_regular_file()) continue;
        outcome.pictures[fs::relative(entry.path(), out).string()] =
            read_file(entry.path().string());
    }
    return outcome;
}

StormRound::StormRound(std::string clips, std::uint64_t seed, double undisturbed_seconds)
    : clips_(std::move(clips)),
      random_(seed),
      undisturbed_seconds_(undisturbed_seconds),
      out_(folder_.path() + "/out") {
    strikes_left_ = static_cast<int>(1 + random_() % kMostStrikes);
    main_strikes_left_ = kMostMainStrikes;
}

std::vector<std::string> StormRound::draw_arguments() {
    const auto number = [&](int least, int most) {
        return std::to_string(least + static_cast<int>(random_() % (most - least + 1)));
    };
    // No task and no clip is set aside for having met many of these deaths, and no worker is given
    // up: that is what other tests are about.
    return {"run",
            clips_,
            "--out",
            out_,
            "--stale-after-s",
            std::to_string(kStaleAfterS),
            "--max-task-attempts",
            "100",
            "--max-restarts",
            "100000",
            "--max-clip-crashes",
            "100",
            "--num-gpu-workers",
            number(1, 2),
            "--num-cpu-workers",
            number(1, 3),
            "--num-video-readers",
            number(1, 3),
            "--gpu-batch",
            number(1, 8),
            "--max-gpu-backlog",
            number(1, 16)};
}

StormRound::Strike StormRound::draw_strike() {
    static const char* const kRoles[] = {"gpu-worker", "gpu-worker", "gpu-worker", "cpu-worker",
                                         "cpu-worker", "cpu-worker", "scheduler",  "main"};
    static constexpr int kSignals[] = {SIGKILL, SIGKILL, SIGSTOP, SIGSEGV, SIGABRT};
    Strike strike{kRoles[random_() % std::size(kRoles)], kSignals[random_() % std::size(kSignals)]};
    if (strike.role == "main" && main_strikes_left_ == 0) strike.role = "cpu-worker";
    return strike;
}

bool StormRound::strike(Program& program, const Strike& strike) {
    pid_t victim = program.pid();
    if (strike.role != "main") {
        std::vector<pid_t> candidates;
        for (std::size_t i = 0; const pid_t pid = child_in_role(program.pid(), strike.role, i); ++i)
            candidates.push_back(pid);
        if (candidates.empty()) return false;
        victim = candidates[random_() % candidates.size()];
    }
    if (!program.running()) return false;
    for (const ProcessGlimpse& child : children_of(program.pid())) seen_.push_back(child.pid);
    kill(victim, strike.signal);
    if (strike.role == "main" && strike.signal == SIGSTOP) {
        // Nobody judges main; it only has to bear that the clocks went on without it.
        std::this_thread::sleep_for(std::chrono::milliseconds(kStaleAfterS * 1200));
        kill(victim, SIGCONT);
    }
    ++kills_[strike.role + " " + name_of(strike.signal)];
    note(strike.role + " (pid " + std::to_string(victim) + ") " + name_of(strike.signal));
    if (strike.role == "main") --main_strikes_left_;
    return true;
}

std::size_t StormRound::logged_audits() const {
    const std::string log = read_file(out_ + "/dashcam.log");
    const std::string line = "the queue's invariants hold at the end";
    std::size_t count = 0;
    for (std::size_t at = log.find(line); at != std::string::npos; at = log.find(line, at + 1))
        ++count;
    return count;
}

void StormRound::pause(double seconds) {
    std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
}

void StormRound::note(const std::string& line) {
    const auto now =
        std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch());
    story_ += std::to_string(now.count()) + " " + line + "\n";
}

bool StormRound::disturb(Program& program) {
    // Half of the delays are short: the start and the moments after a death are of interest too.
    std::uniform_real_distribution<double> longer(0, undisturbed_seconds_ * 0.4);
    std::uniform_real_distribution<double> shorter(0, 0.08);
    while (strikes_left_ > 0) {
        pause(random_() % 2 == 0 ? longer(random_) : shorter(random_));
        if (!program.running()) return true;
        const Strike next = draw_strike();
        if (!strike(program, next)) continue;
        --strikes_left_;
        if (next.role == "main" && next.signal != SIGSTOP) return false;
    }
    return true;
}

std::vector<std::string> StormRound::run(const RunOutcome& undisturbed) {
    std::vector<std::string> faults;
    for (bool ended = false; !ended;) {
        const std::size_t audits_before = logged_audits();
        Program program(draw_arguments());
        ++runs_;
        note("run " + std::to_string(runs_));
        ended = disturb(program);
        const ProgramEnd end = program.wait(kPatience);
        note(end.text());
        if (end.timed_out) faults.push_back("a run did not end");
        const bool had_work = end.out.find("clips: 0 finished") == std::string::npos;
        if (ended && had_work && logged_audits() <= audits_before)
            faults.push_back("the last run did not audit its queue");
        if (ended && (end.by_signal || end.code != kExitOk)) {
            faults.push_back("the last run ended with " +
                             std::string(end.by_signal ? "signal " : "exit code ") +
                             std::to_string(end.code));
        }
        // It was on its way out already: that run was the last one.
        ended = ended || (!end.by_signal && end.code == kExitOk);
        if (!faults.empty()) break;
    }
    look_for_remains(faults);
    const RunOutcome outcome = RunOutcome::of(out_);
    if (outcome.rows != undisturbed.rows) {
        faults.push_back("the rows differ");
        note("rows:\n" + outcome.rows + "undisturbed:\n" + undisturbed.rows);
    }
    if (outcome.pictures != undisturbed.pictures) faults.push_back("the pictures differ");
    return faults;
}

void StormRound::look_for_remains(std::vector<std::string>& faults) const {
    if (!all_gone(seen_, 2.0)) faults.push_back("a process is left");
    // All processes of a run hold its shared memory and its log.
    if (!processes_with_open_file(out_ + "/dashcam.log").empty())
        faults.push_back("a process has the log open");
    static const std::set<std::string> kExpected{"crops", "dashcam.db", "dashcam.log"};
    for (const auto& entry : fs::directory_iterator(out_)) {
        const std::string name = entry.path().filename().string();
        if (!kExpected.contains(name)) faults.push_back("left in the output folder: " + name);
    }
    for (const auto& entry : fs::directory_iterator("/dev/shm")) {
        if (entry.path().string().find("dashcam") != std::string::npos)
            faults.push_back("left: " + entry.path().string());
    }
    if (const std::string wrong = database_faults(out_ + "/dashcam.db"); !wrong.empty())
        faults.push_back("the database: " + wrong);
    for (const std::string& fault : damage_in_log(read_file(out_ + "/dashcam.log")))
        faults.push_back(fault);
}

}  // namespace dashcam
