#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace dashcam {

// A process as /proc shows it.
struct ProcessGlimpse {
    pid_t pid = 0;
    pid_t parent = 0;
    char state = '?';  // R, S, D, T (stopped), Z (ended, not collected yet)
    std::vector<std::string> arguments;

    bool alive() const { return state != 'Z' && state != 'X' && state != '?'; }
};

// State '?' if there is none of that number.
ProcessGlimpse glimpse_of_process(pid_t pid);

// Living children of a process, by pid.
std::vector<ProcessGlimpse> children_of(pid_t pid);

// The child of a running 'dashcam run' in a role ("gpu-worker", "cpu-worker", "scheduler"), the
// number-th from 0 by pid; 0 if there is none.
pid_t child_in_role(pid_t main_pid, const std::string& role, std::size_t number = 0);

// Processes that have `path` open, such as the log file of a run: all of its processes have.
std::vector<pid_t> processes_with_open_file(const std::string& path);

// SIGKILL to a process and its children.
void kill_with_children(pid_t pid);

// Waits for all of them to be gone; false if they are not after `seconds`.
bool all_gone(const std::vector<pid_t>& pids, double seconds);

}  // namespace dashcam
