#include "stores/migrations.h"

namespace dashcam {
namespace {

void replace_all(std::string& text, std::string_view from, const std::string& to) {
    for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at)) {
        text.replace(at, from.size(), to);
        at += to.size();
    }
}

// 0: no tables yet.
long long version_of(Database& database) {
    if (!database.has_table("schema_version")) return 0;
    const AwaitedAnswer awaited(database);
    long long version = 0;
    database.session() << "SELECT coalesce(max(version), 0) FROM schema_version",
        soci::into(version);
    return version;
}

void refuse_newer(const Database& database, long long version, long long newest) {
    if (version <= newest) return;
    throw RefusedError(database.name() +
                       " was written by a newer version of this program (schema " +
                       std::to_string(version) + ", this one knows up to " +
                       std::to_string(newest) + "); update the program, or give another database");
}

// Where there are no tables yet, nothing takes long.
StatementLength length_from(long long version) {
    return version == 0 ? StatementLength::kUsual : StatementLength::kLong;
}

void apply(Database& database, long long from, std::span<const Migration> all) {
    if (from == 0) {
        const AwaitedAnswer awaited(database);
        database.session() << "CREATE TABLE schema_version (version BIGINT NOT NULL PRIMARY KEY)";
    }
    for (long long version = from + 1; version <= std::ssize(all); ++version) {
        const Migration& migration = all[static_cast<std::size_t>(version - 1)];
        for (const std::string& sql : statements_of(migration.sql, database.text_type())) {
            const AwaitedAnswer awaited(database, length_from(from));
            database.session() << sql;
        }
        const AwaitedAnswer awaited(database);
        database.session() << "INSERT INTO schema_version (version) VALUES (:version)",
            soci::use(version, "version");
    }
    database.mark_as_ours();
}

}  // namespace

std::vector<std::string> statements_of(std::string_view sql, const std::string& text_type) {
    std::vector<std::string> statements;
    std::string statement;
    while (!sql.empty()) {
        const std::size_t end = std::min(sql.find('\n'), sql.size());
        std::string_view line = sql.substr(0, end);
        sql.remove_prefix(std::min(end + 1, sql.size()));
        // SOCI would take a colon or a quote in a comment for part of the statement.
        if (line.empty() || line.starts_with("--")) continue;
        const bool last = line.ends_with(';');
        if (last) line.remove_suffix(1);
        statement += std::string(line) + "\n";
        if (!last) continue;
        replace_all(statement, "${TEXT}", text_type);
        statements.push_back(std::move(statement));
        statement.clear();
    }
    return statements;
}

void migrate(Database& database, Access access, const std::function<void(long long)>& fill) {
    const std::span<const Migration> all = migrations();
    const long long newest = std::ssize(all);
    long long version = version_of(database);
    refuse_newer(database, version, newest);
    if (version == newest) return;
    if (access == Access::kReadOnly) {
        throw RefusedError(database.name() +
                           (version == 0 ? std::string(" holds no results of this program; "
                                                       "'dashcam run' makes some")
                                         : " was written by an older version of this program "
                                           "(schema " +
                                               std::to_string(version) + ", this one has " +
                                               std::to_string(newest) +
                                               "); bring it up to date with: dashcam upgrade, "
                                               "with the same --out or --db"));
    }
    if (version == 0 && !database.may_create_tables()) {
        throw RefusedError(database.name() +
                           " is the database of another program; give another path");
    }
    database.begin_migration();
    // Another process may have been quicker.
    version = version_of(database);
    refuse_newer(database, version, newest);
    if (version < newest) {
        apply(database, version, all);
        fill(version);
    }
    const AwaitedAnswer awaited(database, length_from(version));
    database.session() << "COMMIT";
}

}  // namespace dashcam
