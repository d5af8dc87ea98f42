#pragma once

#include <sys/types.h>

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "stores/testing/store_places.h"

namespace dashcam {

// How a program ended, and all it said.
struct ProgramEnd {
    bool timed_out = false;  // it had to be killed: the time limit was over
    bool by_signal = false;
    int code = 0;  // exit code, or the signal
    std::string out;
    std::string err;
    double seconds = 0;

    // Everything, for a failed test's message.
    std::string text() const;
};

// The dashcam program as a process of its own, started as a user would start it: not in this
// process, no part replaced. Killed by the destructor, if it still runs. DASHCAM_TEST_PROGRAM in the
// environment names another build of it.
class Program {
  public:
    struct Options {
        // Variables to set. Of this process's environment, those of the program's settings are left
        // out.
        std::map<std::string, std::string> environment;
        // RLIMIT_AS of the program and its children, 0: none.
        std::size_t address_space_bytes = 0;
        // RLIMIT_NOFILE, 0: as it is.
        std::size_t open_files = 0;
    };

    // `arguments` without the program's name.
    explicit Program(const std::vector<std::string>& arguments);
    Program(const std::vector<std::string>& arguments, const Options& options);
    ~Program();
    Program(const Program&) = delete;
    Program& operator=(const Program&) = delete;

    pid_t pid() const { return pid_; }
    void send_signal(int signal) const;
    // To all its processes, as a terminal does on Ctrl-C.
    void send_signal_to_group(int signal) const;
    // What it wrote so far.
    std::string out() const;
    std::string err() const;
    // Waits for the end. After `limit` the program and its children are killed, and timed_out is
    // set.
    ProgramEnd wait(std::chrono::seconds limit = kPatience);
    // Waits until `text` is in its stderr; false if it ended or the limit was over before.
    bool wait_for_err(const std::string& text, std::chrono::seconds limit = kPatience);
    // True while it runs.
    bool running();

    // No step of a test takes this long, even on a busy machine: it stands for "never".
    static constexpr std::chrono::seconds kPatience{120};

  private:
    void collect(int status);

    TemporaryFolder folder_;  // its output
    pid_t pid_ = -1;
    std::chrono::steady_clock::time_point started_;
    std::optional<ProgramEnd> end_;
};

// Starts it and waits.
ProgramEnd run_dashcam(const std::vector<std::string>& arguments,
                       const Program::Options& options = {});

}  // namespace dashcam
