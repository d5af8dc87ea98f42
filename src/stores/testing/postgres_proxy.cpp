#include "stores/testing/postgres_proxy.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <string_view>
#include <utility>
#include <vector>

namespace dashcam {
namespace {

using Clock = std::chrono::steady_clock;
using Kind = ConnectionFault::Kind;

constexpr int kTickMs = 20;

int connect_to(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) return -1;
    std::memcpy(address.sun_path, path.c_str(), path.size());
    const int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0)
        return descriptor;
    close(descriptor);
    return -1;
}

bool send_all(int descriptor, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t sent = send(descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

}  // namespace

std::string to_text(const ConnectionFault& fault) {
    static constexpr const char* kNames[] = {"nothing", "close", "reset",
                                             "stall",   "pause", "lose a commit"};
    return std::string(kNames[static_cast<std::size_t>(fault.kind)]) + " after " +
           std::to_string(fault.after_bytes) + " bytes" +
           (fault.kind == Kind::kPause ? ", " + std::to_string(fault.pause_ms) + " ms" : "");
}

struct PostgresProxy::Link {
    int client = -1;
    int server = -1;
    ConnectionFault fault;
    std::size_t bytes = 0;
    bool stalled = false;
    Clock::time_point goes_on_at;  // of a stalled one
    bool commit_sent = false;

    void close_both(bool reset) {
        const linger at_once{1, 0};
        if (reset) setsockopt(client, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
        close(client);
        if (server >= 0) close(server);
    }
};

PostgresProxy::PostgresProxy(Plan plan) : plan_(std::move(plan)) {}

Result<std::unique_ptr<PostgresProxy>> PostgresProxy::create(const PrivatePostgres& server,
                                                             Plan plan) {
    std::unique_ptr<PostgresProxy> proxy(new PostgresProxy(std::move(plan)));
    proxy->socket_path_ = server.socket_path();
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const any = reinterpret_cast<sockaddr*>(&address);
    proxy->listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (proxy->listener_ < 0 || bind(proxy->listener_, any, size) != 0 ||
        listen(proxy->listener_, 64) != 0 || getsockname(proxy->listener_, any, &size) != 0) {
        return Error{std::string("no port for the proxy: ") + std::strerror(errno)};
    }
    proxy->port_ = ntohs(address.sin_port);
    proxy->thread_ = std::thread([self = proxy.get()] { self->serve(); });
    return proxy;
}

PostgresProxy::~PostgresProxy() {
    leaving_ = true;
    if (thread_.joinable()) thread_.join();
    for (Link& link : links_) link.close_both(false);
    if (listener_ >= 0) close(listener_);
}

std::string PostgresProxy::url(const std::string& direct, const std::string& parameters) const {
    // postgresql://postgres@/NAME?host=FOLDER
    const std::size_t begin = direct.find("@/") + 2;
    return "postgresql://postgres@127.0.0.1:" + std::to_string(port_) + "/" +
           direct.substr(begin, direct.find('?') - begin) + "?" + parameters;
}

void PostgresProxy::serve() {
    while (!leaving_) {
        std::vector<pollfd> events{{listener_, POLLIN, 0}};
        for (const Link& link : links_) {
            // Of a stalled one nothing is read, so that its buffers fill up as on a dead line.
            const short wanted = link.stalled ? 0 : POLLIN;
            events.push_back({link.stalled ? -1 : link.client, wanted, 0});
            events.push_back({link.stalled ? -1 : link.server, wanted, 0});
        }
        poll(events.data(), events.size(), kTickMs);
        std::size_t place = 1;
        for (auto link = links_.begin(); link != links_.end(); place += 2) {
            if (all_stalled_ && !healed_) link->stalled = true;
            bool open = !link->stalled || !healed_;
            if (open && link->stalled && link->fault.kind == Kind::kPause && !all_stalled_ &&
                Clock::now() >= link->goes_on_at) {
                link->stalled = false;
                link->fault.kind = Kind::kNone;
            } else if (open && !link->stalled) {
                if (events[place].revents != 0) open = forward(*link, link->client, link->server);
                if (open && !link->stalled && events[place + 1].revents != 0)
                    open = forward(*link, link->server, link->client);
            }
            if (open) {
                ++link;
            } else {
                link->close_both(link->fault.kind == Kind::kReset);
                link = links_.erase(link);
            }
        }
        if (events[0].revents != 0) accept_one();
    }
}

void PostgresProxy::accept_one() {
    Link link;
    link.client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (link.client < 0) return;
    const std::size_t number = accepted_.fetch_add(1);
    if (!healed_) link.fault = plan_(number);
    link.server = connect_to(socket_path_);
    const bool at_once = link.fault.kind != Kind::kNone && link.fault.kind != Kind::kLoseCommit &&
                         link.fault.after_bytes == 0;
    if (link.server < 0 || (at_once && !meet_fault(link))) {
        link.close_both(link.fault.kind == Kind::kReset);
        return;
    }
    links_.push_back(link);
}

bool PostgresProxy::meet_fault(Link& link) {
    faults_.fetch_add(1);
    if (link.fault.kind != Kind::kStall && link.fault.kind != Kind::kPause) return false;
    link.stalled = true;
    link.goes_on_at = Clock::now() + std::chrono::milliseconds(link.fault.pause_ms);
    return true;
}

bool PostgresProxy::forward(Link& link, int from, int to) {
    std::array<char, 16384> buffer;
    const bool counts = link.fault.kind != Kind::kNone && link.fault.kind != Kind::kLoseCommit;
    std::size_t room = buffer.size();
    if (counts) room = std::min(room, link.fault.after_bytes - link.bytes);
    const ssize_t got = recv(from, buffer.data(), room, 0);
    if (got <= 0) return false;
    const std::string_view bytes(buffer.data(), static_cast<std::size_t>(got));
    if (link.fault.kind == Kind::kLoseCommit) {
        if (from == link.server && link.commit_sent) return meet_fault(link);
        link.commit_sent |= from == link.client && bytes.find("COMMIT") != std::string_view::npos;
    }
    if (!send_all(to, bytes)) return false;
    link.bytes += bytes.size();
    if (!counts || link.bytes < link.fault.after_bytes) return true;
    return meet_fault(link);
}

}  // namespace dashcam
