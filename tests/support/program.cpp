#include "support/program.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <thread>

#include "settings/settings.h"
#include "support/processes.h"

extern char** environ;

namespace dashcam {
namespace {

using Clock = std::chrono::steady_clock;
constexpr auto kPollInterval = std::chrono::milliseconds(5);

std::string content_of(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<std::string> environment_for(const Program::Options& options) {
    std::map<std::string, std::string> all;
    for (char** entry = environ; *entry != nullptr; ++entry) {
        const std::string text = *entry;
        all[text.substr(0, text.find('='))] = text.substr(text.find('=') + 1);
    }
    const SettingsBuilder settings;
    for (const SettingInfo& info : settings.infos()) all.erase(info.environment);
    for (const auto& [name, value] : options.environment) all[name] = value;
    std::vector<std::string> lines;
    for (const auto& [name, value] : all) lines.push_back(name + "=" + value);
    return lines;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> result;
    for (std::string& text : texts) result.push_back(text.data());
    result.push_back(nullptr);
    return result;
}

}  // namespace

std::string ProgramEnd::text() const {
    return (timed_out ? std::string("ran too long")
                      : (by_signal ? "killed by signal " : "exit code ") + std::to_string(code)) +
           " after " + std::to_string(seconds) + " s\nstdout:\n" + out + "stderr:\n" + err;
}

Program::Program(const std::vector<std::string>& arguments) : Program(arguments, Options{}) {}

Program::Program(const std::vector<std::string>& arguments, const Options& options)
    : started_(Clock::now()) {
    const char* other = std::getenv("DASHCAM_TEST_PROGRAM");
    std::vector<std::string> all{other != nullptr ? other : DASHCAM_PROGRAM};
    all.insert(all.end(), arguments.begin(), arguments.end());
    std::vector<std::string> environment = environment_for(options);
    const std::vector<char*> argv = pointers(all);
    const std::vector<char*> envp = pointers(environment);
    const std::string out_file = folder_.path() + "/out";
    const std::string err_file = folder_.path() + "/err";
    const int out = open(out_file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    const int err = open(err_file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    pid_ = fork();
    if (pid_ == 0) {
        // A process group of its own, as a shell gives it; and it does not outlive this test.
        setpgid(0, 0);
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        dup2(open("/dev/null", O_RDONLY | O_CLOEXEC), STDIN_FILENO);
        dup2(out, STDOUT_FILENO);
        dup2(err, STDERR_FILENO);
        if (options.address_space_bytes > 0) {
            const rlimit limit{options.address_space_bytes, options.address_space_bytes};
            setrlimit(RLIMIT_AS, &limit);
        }
        if (options.open_files > 0) {
            const rlimit limit{options.open_files, options.open_files};
            setrlimit(RLIMIT_NOFILE, &limit);
        }
        execve(argv[0], argv.data(), envp.data());
        _exit(127);
    }
    close(out);
    close(err);
}

Program::~Program() {
    if (end_) return;
    kill_with_children(pid_);
    waitpid(pid_, nullptr, 0);
}

void Program::send_signal(int signal) const { kill(pid_, signal); }
void Program::send_signal_to_group(int signal) const { kill(-pid_, signal); }

std::string Program::out() const { return content_of(folder_.path() + "/out"); }
std::string Program::err() const { return content_of(folder_.path() + "/err"); }

bool Program::running() {
    if (end_) return false;
    int status = 0;
    if (waitpid(pid_, &status, WNOHANG) != pid_) return true;
    collect(status);
    return false;
}

void Program::collect(int status) {
    ProgramEnd end;
    end.by_signal = WIFSIGNALED(status);
    end.code = end.by_signal ? WTERMSIG(status) : WEXITSTATUS(status);
    end.seconds = std::chrono::duration<double>(Clock::now() - started_).count();
    end_ = end;
}

ProgramEnd Program::wait(std::chrono::seconds limit) {
    const auto deadline = Clock::now() + limit;
    while (running() && Clock::now() < deadline) std::this_thread::sleep_for(kPollInterval);
    if (!end_) {
        kill_with_children(pid_);
        int status = 0;
        waitpid(pid_, &status, 0);
        collect(status);
        end_->timed_out = true;
    }
    end_->out = out();
    end_->err = err();
    return *end_;
}

bool Program::wait_for_err(const std::string& text, std::chrono::seconds limit) {
    const auto deadline = Clock::now() + limit;
    while (err().find(text) == std::string::npos) {
        if (!running() || Clock::now() > deadline) return false;
        std::this_thread::sleep_for(kPollInterval);
    }
    return true;
}

ProgramEnd run_dashcam(const std::vector<std::string>& arguments, const Program::Options& options) {
    return Program(arguments, options).wait();
}

}  // namespace dashcam
