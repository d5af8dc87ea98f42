#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "base/result.h"
#include "stores/answer_watch.h"
#include "stores/database.h"
#include "stores/store.h"

namespace dashcam {

// A database of a PostgreSQL server (12 or newer).
class PostgresDatabase final : public Database {
  public:
    // An Error for a URL that libpq does not understand; does not connect.
    // `lock_wait`: how long a statement waits for another writer before it fails as busy.
    static Result<std::unique_ptr<Database>> create(const std::string& url, Access access,
                                                    std::chrono::milliseconds lock_wait);

    void connect() override;
    void disconnect() override;
    void expect_answer(StatementLength length) override;
    void answer_came() override;
    bool kept_silent() const override;
    std::string name() const override { return name_; }
    void begin() override;
    void begin_snapshot() override;
    void begin_migration() override;
    // Deleted rows go at the server's next vacuum.
    void scrub() override {}
    bool has_table(const std::string& table) override;
    bool may_create_tables() override { return true; }
    void mark_as_ours() override {}
    std::string text_type() const override { return "TEXT COLLATE \"C\""; }
    bool reads_rows_to_test() const override { return true; }
    Trouble classify(const soci::soci_error& error) override;
    std::string explain(const soci::soci_error& error) override;

  private:
    PostgresDatabase(std::string name, std::string connection, Access access,
                     std::chrono::milliseconds lock_wait);
    void set_up();
    [[noreturn]] void throw_connect_error(const soci::soci_error& error);

    std::string name_;        // redacted URL
    std::string connection_;  // libpq's key='value' form
    std::string database_;
    std::string user_;
    Access access_;
    std::chrono::milliseconds lock_wait_;
    std::chrono::milliseconds silence_limit_{0};  // of a usual statement; 0: none
    bool kept_silent_ = false;
    // Of the connection; ends before it.
    std::unique_ptr<AnswerWatch> watch_;
};

}  // namespace dashcam
