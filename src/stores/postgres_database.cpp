#include "stores/postgres_database.h"

#include <libpq-fe.h>
#include <soci/postgresql/soci-postgresql.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

namespace dashcam {
namespace {

// Any number that no other program takes for its own lock in the same database: "dashcam".
constexpr long long kMigrationLock = 0x64617368'63616D;

// Programs that only read may ask for much at once, and nobody waits for their locks.
constexpr int kSilenceFactorOfReaders = 10;
constexpr int kSilenceFactorOfLong = 30;

// Parameters that are set unless the URL sets them.
const std::map<std::string, std::string>& defaults() {
    static const std::map<std::string, std::string> values = {
        {"connect_timeout",
         "10"},  // seconds; without it a host that swallows packets takes minutes
        // ms until a connection that went dead is given up; also how long an answer is waited for.
        // Twice this, for two tries, and the time that connecting takes are less than
        // Settings::stale_after_s.
        {"tcp_user_timeout", "20000"},
        // s; a firewall must not forget a connection that writes only now and then.
        {"keepalives_idle", "30"},
        {"keepalives_interval", "5"},
        {"keepalives_count", "3"},
        {"fallback_application_name", "dashcam"},
    };
    return values;
}

std::string quoted(const std::string& value) {
    std::string text = "'";
    for (const char c : value) {
        if (c == '\'' || c == '\\') text += '\\';
        text += c;
    }
    return text + "'";
}

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

// Nothing if the error is SOCI's own; empty if libpq found it, without a word from the server.
std::optional<std::string> sqlstate_of(const soci::soci_error& error) {
    const auto* postgres = dynamic_cast<const soci::postgresql_soci_error*>(&error);
    if (postgres == nullptr) return std::nullopt;
    const std::string state = postgres->sqlstate();
    return state.find_first_not_of(' ') == std::string::npos ? "" : state;
}

PGconn* connection_of(soci::session& session) {
    return static_cast<soci::postgresql_session_backend*>(session.get_backend())->conn_;
}

// Libraries don't print: the server's warnings go nowhere.
void ignore_notice(void*, const PGresult*) {}

}  // namespace

PostgresDatabase::PostgresDatabase(std::string name, std::string connection, Access access,
                                   std::chrono::milliseconds lock_wait)
    : name_(std::move(name)),
      connection_(std::move(connection)),
      access_(access),
      lock_wait_(lock_wait) {}

Result<std::unique_ptr<Database>> PostgresDatabase::create(const std::string& url, Access access,
                                                           std::chrono::milliseconds lock_wait) {
    const std::string name = redacted(url);
    char* message = nullptr;
    const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options(
        PQconninfoParse(url.c_str(), &message), PQconninfoFree);
    if (!options) {
        std::string cause = "percent-encode special characters in user and password";
        // libpq quotes the part it did not understand, which could be the password.
        if (message != nullptr && name == url) cause = one_line(std::string(message));
        PQfreemem(message);
        return Error{name + " is not a valid PostgreSQL URL: " + cause};
    }
    std::map<std::string, std::string> values = defaults();
    for (const PQconninfoOption* option = options.get(); option->keyword != nullptr; ++option) {
        if (option->val != nullptr) values[option->keyword] = option->val;
    }
    values["client_encoding"] = "UTF8";
    std::string connection;
    for (const auto& [key, value] : values) connection += key + "=" + quoted(value) + " ";
    const auto value_of = [&](const char* key) {
        const auto found = values.find(key);
        return found == values.end() ? std::string() : found->second;
    };
    std::unique_ptr<PostgresDatabase> made(
        new PostgresDatabase(name, connection, access, lock_wait));
    made->database_ = value_of("dbname");
    made->user_ = value_of("user");
    const long silence_ms = std::strtol(value_of("tcp_user_timeout").c_str(), nullptr, 10);
    if (silence_ms > 0) {
        made->silence_limit_ = std::chrono::milliseconds(silence_ms);
        // Waiting for another writer is no silence.
        made->lock_wait_ = std::clamp(lock_wait, std::chrono::milliseconds{1},
                                      made->silence_limit_ / 2 + std::chrono::milliseconds{1});
    }
    if (access == Access::kReadOnly) made->silence_limit_ *= kSilenceFactorOfReaders;
    return std::unique_ptr<Database>(std::move(made));
}

void PostgresDatabase::connect() {
    kept_silent_ = false;
    try {
        session_ = std::make_unique<soci::session>(soci::postgresql, connection_);
    } catch (const soci::soci_error& error) {
        throw_connect_error(error);
    }
    try {
        if (silence_limit_.count() > 0)
            watch_ = std::make_unique<AnswerWatch>(PQsocket(connection_of(session())));
        set_up();
    } catch (...) {
        disconnect();
        throw;
    }
}

void PostgresDatabase::disconnect() {
    kept_silent_ = kept_silent();
    watch_.reset();
    Database::disconnect();
}

void PostgresDatabase::expect_answer(StatementLength length) {
    if (watch_ == nullptr) return;
    watch_->expect(silence_limit_ * (length == StatementLength::kLong ? kSilenceFactorOfLong : 1));
}

void PostgresDatabase::answer_came() {
    if (watch_ != nullptr) watch_->came();
}

bool PostgresDatabase::kept_silent() const {
    return kept_silent_ || (watch_ != nullptr && watch_->has_cut());
}

void PostgresDatabase::set_up() {
    const AwaitedAnswer awaited(*this);
    PQsetNoticeReceiver(connection_of(session()), ignore_notice, nullptr);
    // All in one turn. Compiling a statement takes longer than any of ours runs, and so does
    // starting processes for it.
    std::string encoding, wait = std::to_string(lock_wait_.count());
    std::string read_only = access_ == Access::kReadOnly ? "on" : "off", ignored;
    session() << "SELECT current_setting('server_encoding'), set_config('jit', 'off', false) || "
                 "set_config('max_parallel_workers_per_gather', '0', false) || "
                 "set_config('lock_timeout', :wait, false) || "
                 "set_config('default_transaction_read_only', :read_only, false)",
        soci::use(wait, "wait"), soci::use(read_only, "read_only"), soci::into(encoding),
        soci::into(ignored);
    if (encoding != "UTF8" && encoding != "SQL_ASCII") {
        throw RefusedError(name_ + " has the encoding " + encoding +
                           ", which cannot hold every file name; create a database with: createdb "
                           "-E UTF8 -T template0 NAME");
    }
    if (access_ != Access::kReadOnly && silence_limit_.count() > 0) {
        // A connection that stalled may live on at the server, with rows locked.
        session() << "SET idle_in_transaction_session_timeout = " +
                         std::to_string(silence_limit_.count());
    }
}

void PostgresDatabase::throw_connect_error(const soci::soci_error& error) {
    using Cause = ConnectError::Cause;
    std::string text = error.get_error_message();
    // Drops SOCI's own first line.
    if (const std::size_t end = text.find('\n'); end != std::string::npos)
        text = text.substr(end + 1);
    text = one_line(text);
    // Waited for long enough: asking again would take as long once more.
    kept_silent_ = contains(text, "timeout expired");
    const PGPing ping = kept_silent_ ? PQPING_NO_RESPONSE : PQping(connection_.c_str());
    Cause cause = Cause::kRejected;
    std::string advice = "check the URL";
    // The text, too: a server that was starting up may be ready when it is asked again, and a
    // connection that broke off may do better the next time.
    if (ping == PQPING_REJECT || contains(text, "the database system is") ||
        contains(text, "too many clients") || contains(text, "remaining connection slots") ||
        contains(text, "closed the connection unexpectedly") ||
        contains(text, "could not receive data") || contains(text, "could not send")) {
        cause = Cause::kNotYet;
        advice = "try again later";
    } else if (ping == PQPING_NO_RESPONSE) {
        cause = Cause::kNoAnswer;
        advice = "start the server, or correct host and port";
    } else if (contains(text, "database") && contains(text, "does not exist")) {
        advice = "create it with: createdb " + database_;
    } else if (contains(text, "role") && contains(text, "does not exist")) {
        advice = "create the user with: createuser " + user_;
    } else if (contains(text, "password")) {
        advice = "check user and password";
    }
    throw ConnectError(name_ + ": no connection to PostgreSQL: " + text + "; " + advice, cause);
}

void PostgresDatabase::begin() {
    const AwaitedAnswer awaited(*this);
    session() << "BEGIN";
}

void PostgresDatabase::begin_snapshot() {
    const AwaitedAnswer awaited(*this);
    session() << "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
}

void PostgresDatabase::begin_migration() {
    const AwaitedAnswer awaited(*this);
    session() << "BEGIN";
    session() << "SELECT pg_advisory_xact_lock(:lock)", soci::use(kMigrationLock, "lock");
}

bool PostgresDatabase::has_table(const std::string& table) {
    const AwaitedAnswer awaited(*this);
    long long count = 0;
    session() << "SELECT count(*) FROM pg_catalog.pg_class c WHERE c.relname = :name AND "
                 "c.relkind IN ('r', 'p') AND pg_catalog.pg_table_is_visible(c.oid)",
        soci::use(table, "name"), soci::into(count);
    return count > 0;
}

Trouble PostgresDatabase::classify(const soci::soci_error& error) {
    const std::optional<std::string> state = sqlstate_of(error);
    if (!state) return Trouble::kFatal;
    // libpq may find a broken connection when it sends, and still call its status good.
    if (state->empty()) return Trouble::kDisconnected;
    // Connection exceptions; shutdown or crash of the server; a server that is starting up.
    // Or it ended a connection that stood idle, in a transaction or without one.
    if (state->starts_with("08") || state == "57P01" || state == "57P02" || state == "57P03" ||
        state == "57P05" || state == "25P03") {
        return Trouble::kDisconnected;
    }
    // Serialization failure, deadlock, lock timeout.
    if (state == "40001" || state == "40P01" || state == "55P03") return Trouble::kBusy;
    return Trouble::kFatal;
}

std::string PostgresDatabase::explain(const soci::soci_error& error) {
    if (kept_silent()) {
        return "no answer for " + std::to_string(silence_limit_.count()) +
               " ms: the server, or something on the way to it, takes what is sent and says "
               "nothing; if it is only slow, give it more time with tcp_user_timeout=MILLISECONDS "
               "in the URL";
    }
    const std::string state = sqlstate_of(error).value_or("");
    const std::string text = one_line(error);
    if (state == "42501") {
        return text +
               "; let the database's owner grant what is missing (to create tables: GRANT CREATE "
               "ON "
               "SCHEMA public TO ...)";
    }
    if (state == "53100") return text + "; make room on the server and start again";
    if (state == "55P03") return text + "; another program holds a lock on the tables";
    return text;
}

}  // namespace dashcam
