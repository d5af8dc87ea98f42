#pragma once

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>

#include "stores/soci_headers.h"

namespace dashcam {

// What can be done about a failed statement or connection.
enum class Trouble : std::uint8_t {
    kFatal,         // nothing: tell the user
    kBusy,          // another writer was in the way: the same transaction again, a little later
    kDisconnected,  // connect again, then the same transaction again
};

// How long a server may take for a statement.
enum class StatementLength : std::uint8_t {
    kUsual,
    kLong,  // it changes whole tables
};

// A failure whose message is meant for the user as it is, and that no second try will mend.
class RefusedError : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

// No connection could be made. The message is meant for the user.
class ConnectError : public std::runtime_error {
  public:
    enum class Cause : std::uint8_t {
        kNoAnswer,  // nobody there
        kNotYet,    // a server that starts up, shuts down, or has no room for another connection
        kRejected,  // wrong user, password or database
    };
    ConnectError(const std::string& message, Cause cause)
        : std::runtime_error(message), cause_(cause) {}
    Cause cause() const { return cause_; }

  private:
    Cause cause_;
};

// One connection to one database, and all in which SQLite and PostgreSQL differ. Methods throw
// soci::soci_error, RefusedError or ConnectError; SqlStore catches them.
class Database {
  public:
    virtual ~Database() = default;

    // Precondition: !connected().
    virtual void connect() = 0;
    virtual void disconnect() { session_.reset(); }
    bool connected() const { return session_ != nullptr; }
    // Precondition: connected().
    soci::session& session() { return *session_; }

    // Between the two, nothing happens here but waiting for the database. A server that keeps
    // silent for too long is cut off: the statement fails, and classify() says kDisconnected. See
    // AwaitedAnswer.
    virtual void expect_answer(StatementLength) {}
    virtual void answer_came() {}
    // Whether it was silence that ended the last connection, or that no connection came about.
    virtual bool kept_silent() const { return false; }

    // For messages: what database this is, without a password.
    virtual std::string name() const = 0;
    // Starts a transaction that will write.
    virtual void begin() = 0;
    // Starts a transaction that only reads, and sees the same rows all the time.
    virtual void begin_snapshot() = 0;
    // Starts a transaction that nobody else can be in at the same time, in this or another process.
    virtual void begin_migration() = 0;
    virtual bool has_table(const std::string& table) = 0;
    // False if the tables of somebody else are here, and it is a mistake to add ours.
    virtual bool may_create_tables() = 0;
    // Called after the tables have been created, inside the transaction.
    virtual void mark_as_ours() = 0;
    // Called after rows were deleted for good: makes their bytes go from the files as far as this
    // kind of database lets it.
    virtual void scrub() = 0;
    // Type of a text column that is compared byte by byte.
    virtual std::string text_type() const = 0;

    // Whether the row of each entry of an index is read before conditions on the index's other
    // columns are tested.
    virtual bool reads_rows_to_test() const = 0;

    virtual Trouble classify(const soci::soci_error& error) = 0;
    // Cause, and what to do, in one line.
    virtual std::string explain(const soci::soci_error& error) = 0;

  protected:
    std::unique_ptr<soci::session> session_;
};

// Around whatever waits for the database.
class AwaitedAnswer {
  public:
    explicit AwaitedAnswer(Database& database, StatementLength length = StatementLength::kUsual)
        : database_(database) {
        database_.expect_answer(length);
    }
    ~AwaitedAnswer() { database_.answer_came(); }
    AwaitedAnswer(const AwaitedAnswer&) = delete;
    AwaitedAnswer& operator=(const AwaitedAnswer&) = delete;

  private:
    Database& database_;
};

// SOCI's message on one line, without the statement and its values.
std::string one_line(const soci::soci_error& error);
std::string one_line(std::string text);

}  // namespace dashcam
