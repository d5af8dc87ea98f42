#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <thread>

#include "base/result.h"
#include "stores/testing/private_postgres.h"

namespace dashcam {

// What happens to one connection through a PostgresProxy.
struct ConnectionFault {
    enum class Kind : std::uint8_t {
        kNone,
        kClose,       // closed on both sides, in an orderly way
        kReset,       // the same, as after a crash: bytes on their way are lost
        kStall,       // both sides stay connected, and nothing goes through any more
        kPause,       // nothing goes through for `pause_ms`, then all does
        kLoseCommit,  // closed when the first COMMIT has been answered, without the answer
    };
    Kind kind = Kind::kNone;
    // It happens when this many bytes went through, both ways together: so mostly in the middle of
    // a message. 0: as soon as the connection is there. Nothing to kLoseCommit.
    std::size_t after_bytes = 0;
    std::uint32_t pause_ms = 0;
};
std::string to_text(const ConnectionFault& fault);

// For tests: a way to a PrivatePostgres through a TCP port of this machine, on which connections
// are closed, torn in the middle of a message, and stall. One thread serves all of them.
class PostgresProxy {
  public:
    // What the number-th connection (from 0) meets. Called from the proxy's thread.
    using Plan = std::function<ConnectionFault(std::size_t number)>;

    static Result<std::unique_ptr<PostgresProxy>> create(const PrivatePostgres& server, Plan plan);
    ~PostgresProxy();
    PostgresProxy(const PostgresProxy&) = delete;
    PostgresProxy& operator=(const PostgresProxy&) = delete;

    // Of the database that `direct`, a URL of the server, names. `parameters`: of libpq, as in
    // "connect_timeout=2&tcp_user_timeout=1000".
    std::string url(const std::string& direct, const std::string& parameters) const;

    // From now on nothing goes through, on old connections and new ones; they stay open.
    void stall_all() { all_stalled_ = true; }
    // The stalled connections are closed, and new ones are as they should be.
    void heal() { healed_ = true; }

    std::size_t connections() const { return accepted_.load(); }
    // Those that met their fault so far.
    std::size_t faults() const { return faults_.load(); }

  private:
    struct Link;

    explicit PostgresProxy(Plan plan);
    void serve();
    void accept_one();
    // False: the connection is to be closed.
    bool forward(Link& link, int from, int to);
    bool meet_fault(Link& link);

    Plan plan_;
    std::string socket_path_;
    int listener_ = -1;
    std::uint16_t port_ = 0;
    std::atomic<bool> leaving_ = false;
    std::atomic<bool> all_stalled_ = false;
    std::atomic<bool> healed_ = false;
    std::atomic<std::size_t> accepted_ = 0;
    std::atomic<std::size_t> faults_ = 0;
    std::list<Link> links_;  // of the thread
    std::thread thread_;
};

}  // namespace dashcam
