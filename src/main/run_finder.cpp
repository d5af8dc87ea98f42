#include "main/run_finder.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>
#include <utility>

#include "video/printable_path.h"

namespace dashcam {
namespace {

namespace fs = std::filesystem;

// A run between two sessions has none for a moment.
constexpr auto kBetweenSessions = std::chrono::milliseconds(400);

std::string content_of(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

// Workers hold the same regions as main.
bool is_a_role(const fs::path& process) {
    const std::string command = content_of(process / "cmdline");
    const std::size_t end = command.find('\0');
    return end != std::string::npos && command.compare(end + 1, 9, "internal-") == 0;
}

// The first of its open files that is the memfd of this label.
std::optional<fs::path> memfd_of(const fs::path& process, const std::string& label) {
    std::error_code failed;
    for (fs::directory_iterator at(process / "fd", failed), end; !failed && at != end;
         at.increment(failed)) {
        std::error_code unreadable;
        const fs::path target = fs::read_symlink(at->path(), unreadable);
        if (!unreadable && target.string().starts_with("/memfd:" + label + " ")) return at->path();
    }
    return std::nullopt;
}

enum class Attempt : std::uint8_t { kNone, kOtherBuild, kFound };

Attempt attach(pid_t pid, const fs::path& process, std::vector<FoundRun>& runs) {
    if (is_a_role(process)) return Attempt::kNone;
    const auto control_file = memfd_of(process, "dashcam-control");
    const auto settings_file = memfd_of(process, "dashcam-settings");
    if (!control_file || !settings_file) return Attempt::kNone;
    const int descriptor = open(control_file->c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return Attempt::kNone;
    Result<ControlRegion> control = ControlRegion::attach(descriptor, RegionAccess::kReadOnly);
    Result<Settings> settings = deserialised(content_of(*settings_file));
    if (!control.ok() || !settings.ok()) return Attempt::kOtherBuild;
    runs.push_back({pid, std::move(settings).value(), std::move(control).value()});
    return Attempt::kFound;
}

bool is_folder(const FoundRun& run, const std::string& out) {
    std::error_code failed;
    return fs::weakly_canonical(run.settings.out, failed) == fs::weakly_canonical(out, failed);
}

}  // namespace

bool is_alive(pid_t pid) { return kill(pid, 0) == 0; }

FoundRuns find_runs() {
    FoundRuns found;
    std::error_code failed;
    for (fs::directory_iterator at("/proc", failed), end; !failed && at != end;
         at.increment(failed)) {
        const std::string name = at->path().filename().string();
        pid_t pid = 0;
        const auto [rest, error] = std::from_chars(name.data(), name.data() + name.size(), pid);
        struct stat status {};
        if (error != std::errc{} || rest != name.data() + name.size() || pid == getpid() ||
            stat(at->path().c_str(), &status) != 0 || status.st_uid != geteuid()) {
            continue;
        }
        found.other_builds += attach(pid, at->path(), found.runs) == Attempt::kOtherBuild;
    }
    std::sort(found.runs.begin(), found.runs.end(),
              [](const FoundRun& a, const FoundRun& b) { return a.pid < b.pid; });
    return found;
}

Result<FoundRun> find_run(const std::string& out) {
    FoundRuns found = find_runs();
    if (found.runs.empty()) {
        std::this_thread::sleep_for(kBetweenSessions);
        found = find_runs();
    }
    if (!out.empty())
        std::erase_if(found.runs, [&](const FoundRun& run) { return !is_folder(run, out); });
    if (found.runs.size() == 1) return std::move(found.runs.front());
    if (found.runs.empty()) {
        std::string message = "no run of yours is going on";
        if (!out.empty()) message += " in " + printable_path(out);
        if (found.other_builds > 0) {
            message += "; one of another version of dashcam is: ask that version";
        } else {
            message += "; start one with: dashcam run PATH";
        }
        return Error{message};
    }
    std::string message = "several runs are going on; choose one with --out:";
    for (const FoundRun& run : found.runs)
        message +=
            " " + printable_path(run.settings.out) + " (pid " + std::to_string(run.pid) + ")";
    return Error{message};
}

}  // namespace dashcam
