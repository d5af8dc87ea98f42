#pragma once

#include <chrono>
#include <string>
#include <utility>

#include "stores/database.h"
#include "stores/store.h"

namespace dashcam {

// An SQLite file: write-ahead log, so that readers and one writer don't wait for each other;
// writers queue up at the start of their transactions.
class SqliteDatabase final : public Database {
  public:
    // `lock_wait`: how long a statement waits for another writer before it fails as busy.
    SqliteDatabase(std::string path, Access access, std::chrono::milliseconds lock_wait)
        : path_(std::move(path)), access_(access), lock_wait_(lock_wait) {}

    void connect() override;
    std::string name() const override { return path_; }
    void begin() override;
    void begin_snapshot() override;
    void begin_migration() override;
    void scrub() override;
    bool has_table(const std::string& table) override;
    bool may_create_tables() override;
    void mark_as_ours() override;
    std::string text_type() const override { return "TEXT"; }
    bool reads_rows_to_test() const override { return false; }
    Trouble classify(const soci::soci_error& error) override;
    std::string explain(const soci::soci_error& error) override;

  private:
    void check_path() const;
    void open(const std::string& mode);
    long long number(const std::string& pragma);

    std::string path_;
    Access access_;
    std::chrono::milliseconds lock_wait_;
};

}  // namespace dashcam
