#include "support/processes.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <filesystem>
#include <sstream>
#include <thread>

namespace dashcam {
namespace {

namespace fs = std::filesystem;

std::vector<pid_t> all_pids() {
    std::vector<pid_t> pids;
    std::error_code ignored;
    for (fs::directory_iterator at("/proc", ignored), end; at != end; at.increment(ignored)) {
        const std::string name = at->path().filename().string();
        pid_t pid = 0;
        const auto [rest, error] = std::from_chars(name.data(), name.data() + name.size(), pid);
        if (error == std::errc{} && rest == name.data() + name.size()) pids.push_back(pid);
    }
    std::sort(pids.begin(), pids.end());
    return pids;
}

// "" if the process went meanwhile, which a stream would report as an exception.
std::string content_of(const std::string& path) {
    const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) return "";
    std::string content;
    char part[4096];
    for (ssize_t got = 0; (got = read(file, part, sizeof part)) > 0;)
        content.append(part, static_cast<std::size_t>(got));
    close(file);
    return content;
}

}  // namespace

ProcessGlimpse glimpse_of_process(pid_t pid) {
    ProcessGlimpse glimpse;
    glimpse.pid = pid;
    const std::string folder = "/proc/" + std::to_string(pid);
    const std::string stat = content_of(folder + "/stat");
    // The program's name stands in parentheses and may itself contain some.
    const std::size_t name_end = stat.rfind(')');
    if (name_end == std::string::npos) return glimpse;
    std::istringstream rest(stat.substr(name_end + 1));
    rest >> glimpse.state >> glimpse.parent;
    std::istringstream arguments(content_of(folder + "/cmdline"));
    std::string argument;
    while (std::getline(arguments, argument, '\0')) glimpse.arguments.push_back(argument);
    return glimpse;
}

std::vector<ProcessGlimpse> children_of(pid_t pid) {
    std::vector<ProcessGlimpse> children;
    for (const pid_t other : all_pids()) {
        const ProcessGlimpse glimpse = glimpse_of_process(other);
        if (glimpse.parent == pid && glimpse.alive()) children.push_back(glimpse);
    }
    return children;
}

pid_t child_in_role(pid_t main_pid, const std::string& role, std::size_t number) {
    for (const ProcessGlimpse& child : children_of(main_pid)) {
        if (child.arguments.size() < 2 || child.arguments[1] != "internal-" + role) continue;
        if (number-- == 0) return child.pid;
    }
    return 0;
}

std::vector<pid_t> processes_with_open_file(const std::string& path) {
    std::vector<pid_t> pids;
    for (const pid_t pid : all_pids()) {
        std::error_code ignored;
        for (fs::directory_iterator at("/proc/" + std::to_string(pid) + "/fd", ignored), end;
             at != end; at.increment(ignored)) {
            if (fs::read_symlink(at->path(), ignored) == path) {
                pids.push_back(pid);
                break;
            }
        }
    }
    return pids;
}

void kill_with_children(pid_t pid) {
    const std::vector<ProcessGlimpse> children = children_of(pid);
    kill(pid, SIGKILL);
    for (const ProcessGlimpse& child : children) {
        // Between the glimpse and now its number may have gone to somebody else.
        if (glimpse_of_process(child.pid).arguments == child.arguments) kill(child.pid, SIGKILL);
    }
}

bool all_gone(const std::vector<pid_t>& pids, double seconds) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
    const auto any_alive = [&] {
        return std::any_of(pids.begin(), pids.end(),
                           [](pid_t pid) { return glimpse_of_process(pid).alive(); });
    };
    while (any_alive()) {
        if (std::chrono::steady_clock::now() > deadline) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    return true;
}

}  // namespace dashcam
