#pragma once

#include <sys/types.h>

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"

namespace dashcam {

// For tests: a PostgreSQL server of one's own, in a temporary folder, reachable through a unix
// socket there and nowhere else. Stopped and removed by the destructor; the server also ends if
// this process dies. Run as root, the server gets an unprivileged user, because it refuses to be
// root. Started from the thread that owns it.
class PrivatePostgres {
  public:
    // False where the server's programs are not installed: say so and skip the test.
    static bool available();
    // What to print when a test is skipped.
    static std::string skip_message();

    // Takes about two seconds, most of it for initdb.
    static Result<std::unique_ptr<PrivatePostgres>> create();
    ~PrivatePostgres();
    PrivatePostgres(const PrivatePostgres&) = delete;
    PrivatePostgres& operator=(const PrivatePostgres&) = delete;

    // postgresql:// URL of a database, for open_store() and psql; the default one is there already.
    std::string url(const std::string& database = "postgres") const;
    // The same with a user and a password of it. The user "guarded" needs its password, kPassword;
    // others need none.
    std::string url(const std::string& database, const std::string& user,
                    const std::string& password) const;
    // Of the unix socket that it listens on.
    std::string socket_path() const { return folder_ + "/.s.PGSQL.5432"; }
    static constexpr const char* kGuardedUser = "guarded";
    static constexpr const char* kPassword = "open sesame";

    // An empty database; `options` go behind CREATE DATABASE name.
    Result<void> create_database(const std::string& name, const std::string& options = "");
    // Runs one statement in a database.
    Result<void> execute(const std::string& database, const std::string& sql);

    // kFast: connections are ended and a checkpoint is written. kCrash: as if the machine had
    // failed.
    enum class Stop { kFast, kCrash };
    Result<void> stop(Stop how = Stop::kFast);
    Result<void> start();

  private:
    PrivatePostgres() = default;
    Result<void> set_up();
    Result<pid_t> spawn(const std::vector<std::string>& arguments) const;
    Result<void> run(const std::vector<std::string>& arguments) const;

    std::string folder_;
    pid_t server_ = -1;
    uid_t user_ = 0;
    gid_t group_ = 0;
};

}  // namespace dashcam
