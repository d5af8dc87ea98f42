#include "stores/inspect_database.h"

#include <sqlite3.h>
#include <unistd.h>

#include <chrono>
#include <exception>
#include <filesystem>
#include <memory>

#include "stores/migrations.h"
#include "stores/postgres_database.h"
#include "stores/sqlite_database.h"

namespace dashcam {
namespace {

namespace fs = std::filesystem;
constexpr std::chrono::milliseconds kLockWait{2'000};

bool is_true(Database& database, const std::string& condition) {
    const AwaitedAnswer awaited(database);
    int answer = 0;
    database.session() << "SELECT CASE WHEN " + condition + " THEN 1 ELSE 0 END",
        soci::into(answer);
    return answer == 1;
}

long long schema_of(Database& database) {
    if (!database.has_table("schema_version")) return 0;
    const AwaitedAnswer awaited(database);
    long long version = 0;
    database.session() << "SELECT coalesce(max(version), 0) FROM schema_version",
        soci::into(version);
    return version;
}

void ask_postgres(Database& database, DatabaseFacts& facts) {
    std::string version;
    {
        const AwaitedAnswer awaited(database);
        database.session() << "SHOW server_version", soci::into(version);
    }
    facts.version = "PostgreSQL " + version.substr(0, version.find(' '));
    facts.schema = schema_of(database);
    if (facts.schema == 0) {
        facts.may_write =
            is_true(database, "coalesce(has_schema_privilege(current_schema(), 'CREATE'), false)");
        return;
    }
    facts.may_write = true;
    for (const char* table : {"videos", "vehicles", "readings", "runs"}) {
        for (const char* right : {"INSERT", "UPDATE", "DELETE"}) {
            facts.may_write =
                facts.may_write && is_true(database, std::string("has_table_privilege('") + table +
                                                         "', '" + right + "')");
        }
    }
}

}  // namespace

Result<DatabaseFacts> inspect_database(const std::string& url) {
    TRY_ASSIGN(const StoreUrl parsed, parse_store_url(url));
    DatabaseFacts facts;
    facts.kind = parsed.kind;
    facts.known_schema = std::ssize(migrations());
    facts.name = parsed.location;
    facts.version = std::string("SQLite ") + sqlite3_libversion();
    if (parsed.kind == StoreKind::kMemory) {
        facts.may_write = true;
        return facts;
    }
    std::error_code ignored;
    if (parsed.kind == StoreKind::kSqlite && !fs::exists(parsed.location, ignored)) {
        facts.exists = false;
        facts.may_write = true;  // as far as its folder goes
        return facts;
    }
    std::unique_ptr<Database> database;
    if (parsed.kind == StoreKind::kSqlite) {
        database = std::make_unique<SqliteDatabase>(parsed.location, Access::kReadOnly, kLockWait);
    } else {
        TRY_ASSIGN(database,
                   PostgresDatabase::create(parsed.location, Access::kReadOnly, kLockWait));
    }
    try {
        database->connect();
        facts.name = database->name();
        if (parsed.kind == StoreKind::kPostgres) {
            ask_postgres(*database, facts);
        } else {
            facts.schema = schema_of(*database);
            const fs::path folder = fs::absolute(parsed.location).parent_path();
            facts.may_write = eaccess(parsed.location.c_str(), R_OK | W_OK) == 0 &&
                              eaccess(folder.c_str(), W_OK | X_OK) == 0 &&
                              (facts.schema > 0 || database->may_create_tables());
        }
    } catch (const soci::soci_error& error) {
        return Error{database->name() + " " + database->explain(error)};
    } catch (const std::exception& error) {
        return Error{error.what()};
    }
    return facts;
}

}  // namespace dashcam
