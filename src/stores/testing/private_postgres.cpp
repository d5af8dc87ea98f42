#include "stores/testing/private_postgres.h"

#include <fcntl.h>
#include <grp.h>
#include <libpq-fe.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cctype>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>
#include <thread>

namespace dashcam {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr auto kStartLimit = 60s;
constexpr auto kStopLimit = 20s;

// The folder with initdb and postgres; the newest version, or empty.
std::string programs() {
    std::string newest;
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator("/usr/lib/postgresql", ignored)) {
        const std::string folder = entry.path() / "bin";
        const bool complete = access((folder + "/initdb").c_str(), X_OK) == 0 &&
                              access((folder + "/postgres").c_str(), X_OK) == 0;
        if (complete && folder > newest) newest = folder;
    }
    return newest;
}

// Percent-encoded for a URL.
std::string encoded(const std::string& text) {
    static constexpr char kHex[] = "0123456789ABCDEF";
    std::string result;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (std::isalnum(byte) || std::strchr("-._/", c) != nullptr) {
            result += c;
        } else {
            result += {'%', kHex[byte >> 4], kHex[byte & 15]};
        }
    }
    return result;
}

std::string text_of(const std::string& path) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
}

}  // namespace

bool PrivatePostgres::available() { return !programs().empty(); }

std::string PrivatePostgres::skip_message() {
    return "SKIPPED: PostgreSQL's server is not installed (no /usr/lib/postgresql/*/bin/initdb)";
}

Result<std::unique_ptr<PrivatePostgres>> PrivatePostgres::create() {
    if (!available()) return Error{skip_message()};
    std::unique_ptr<PrivatePostgres> server(new PrivatePostgres());
    TRY(server->set_up());
    TRY(server->start());
    TRY(server->execute("postgres", std::string("CREATE ROLE ") + kGuardedUser +
                                        " SUPERUSER LOGIN PASSWORD '" + kPassword + "'"));
    return server;
}

PrivatePostgres::~PrivatePostgres() {
    (void)stop(Stop::kCrash);
    std::error_code ignored;
    if (!folder_.empty()) fs::remove_all(folder_, ignored);
}

Result<void> PrivatePostgres::set_up() {
    const char* temporary = std::getenv("TMPDIR");
    std::string pattern = std::string(temporary ? temporary : "/tmp") + "/dashcam-postgres-XXXXXX";
    if (mkdtemp(pattern.data()) == nullptr) {
        return Error{"cannot make " + pattern + ": " + std::strerror(errno)};
    }
    folder_ = pattern;
    user_ = getuid();
    group_ = getgid();
    if (user_ == 0) {
        const passwd* account = getpwnam("postgres");
        if (account == nullptr) account = getpwnam("nobody");
        if (account == nullptr)
            return Error{"there is no user postgres or nobody to run a server as"};
        user_ = account->pw_uid;
        group_ = account->pw_gid;
        if (chown(folder_.c_str(), user_, group_) != 0) {
            return Error{"cannot give " + folder_ + " away: " + std::strerror(errno)};
        }
    }
    TRY(run({programs() + "/initdb", "-D", folder_ + "/data", "-U", "postgres", "-E", "UTF8",
             "--locale=C", "--auth=trust", "--no-sync", "--no-instructions"}));
    std::ofstream access(folder_ + "/data/pg_hba.conf", std::ios::trunc);
    access << "local all " << kGuardedUser << " scram-sha-256\nlocal all all trust\n";
    if (!access.flush()) return Error{"cannot write pg_hba.conf in " + folder_};
    return {};
}

Result<pid_t> PrivatePostgres::spawn(const std::vector<std::string>& arguments) const {
    std::vector<char*> pointers;
    for (const std::string& argument : arguments)
        pointers.push_back(const_cast<char*>(argument.c_str()));
    pointers.push_back(nullptr);
    const std::string log = folder_ + "/log";
    const pid_t parent = getpid();
    const pid_t child = fork();
    if (child < 0) return Error{std::string("cannot fork: ") + std::strerror(errno)};
    if (child > 0) return child;
    // Only system calls from here on: another thread may have held the allocator's lock.
    const int out = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    const int in = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (out < 0 || in < 0 || dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(out, 2) < 0) _exit(126);
    if (getuid() == 0 &&
        (setgroups(0, nullptr) != 0 || setgid(group_) != 0 || setuid(user_) != 0)) {
        _exit(126);
    }
    if (chdir(folder_.c_str()) != 0) _exit(126);
    setpgid(0, 0);  // a Ctrl-C at the test is not for the server
    // After setuid, which clears it. SIGQUIT: an immediate stop, which ends the server's own
    // children too.
    prctl(PR_SET_PDEATHSIG, SIGQUIT);
    if (getppid() != parent) _exit(126);
    execv(pointers[0], pointers.data());
    _exit(127);
}

Result<void> PrivatePostgres::run(const std::vector<std::string>& arguments) const {
    TRY_ASSIGN(const pid_t child, spawn(arguments));
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
    return Error{arguments[0] + " failed: " + text_of(folder_ + "/log")};
}

Result<void> PrivatePostgres::start() {
    if (server_ > 0) return {};
    // Nothing here has to outlive a power cut.
    TRY_ASSIGN(server_, spawn({programs() + "/postgres", "-D", folder_ + "/data", "-k", folder_,
                               "-c", "listen_addresses=", "-c", "fsync=off", "-c",
                               "full_page_writes=off", "-c", "shared_buffers=32MB", "-c",
                               "max_connections=40", "-c", "dynamic_shared_memory_type=mmap"}));
    const auto deadline = std::chrono::steady_clock::now() + kStartLimit;
    while (PQping(url().c_str()) != PQPING_OK) {
        int status = 0;
        if (waitpid(server_, &status, WNOHANG) == server_) {
            server_ = -1;
            return Error{"the server ended at its start: " + text_of(folder_ + "/log")};
        }
        if (std::chrono::steady_clock::now() > deadline) {
            return Error{"the server does not come up: " + text_of(folder_ + "/log")};
        }
        std::this_thread::sleep_for(20ms);
    }
    return {};
}

Result<void> PrivatePostgres::stop(Stop how) {
    if (server_ <= 0) return {};
    kill(server_, how == Stop::kFast ? SIGINT : SIGQUIT);
    const auto deadline = std::chrono::steady_clock::now() + kStopLimit;
    int status = 0;
    while (waitpid(server_, &status, WNOHANG) == 0) {
        if (std::chrono::steady_clock::now() > deadline) {
            kill(server_, SIGKILL);
            waitpid(server_, &status, 0);
            server_ = -1;
            return Error{"the server had to be killed: " + text_of(folder_ + "/log")};
        }
        std::this_thread::sleep_for(10ms);
    }
    server_ = -1;
    return {};
}

std::string PrivatePostgres::url(const std::string& database) const {
    return "postgresql://postgres@/" + encoded(database) + "?host=" + encoded(folder_);
}

std::string PrivatePostgres::url(const std::string& database, const std::string& user,
                                 const std::string& password) const {
    return "postgresql://" + encoded(user) + ":" + encoded(password) + "@/" + encoded(database) +
           "?host=" + encoded(folder_);
}

Result<void> PrivatePostgres::create_database(const std::string& name, const std::string& options) {
    return execute("postgres", "CREATE DATABASE \"" + name + "\" " + options);
}

Result<void> PrivatePostgres::execute(const std::string& database, const std::string& sql) {
    const std::unique_ptr<PGconn, decltype(&PQfinish)> connection(
        PQconnectdb(url(database).c_str()), PQfinish);
    const std::unique_ptr<PGresult, decltype(&PQclear)> result(
        PQexec(connection.get(), sql.c_str()), PQclear);
    const ExecStatusType status = PQresultStatus(result.get());
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) return {};
    return Error{sql + ": " + PQerrorMessage(connection.get())};
}

}  // namespace dashcam
