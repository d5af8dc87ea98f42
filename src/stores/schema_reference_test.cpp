// docs/schema.md is what the tables are: made here of a new database and of schema/columns.txt.
// With DASHCAM_UPDATE_DOCS=1 the page is written instead of compared.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <libpq-fe.h>
#include <sqlite3.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <map>
#include <regex>
#include <sstream>

#include "stores/store.h"
#include "stores/testing/store_places.h"

namespace dashcam {
namespace {

using Rows = std::vector<std::vector<std::string>>;

const std::string kRoot = DASHCAM_SOURCE_DIR;
const std::string kPage = kRoot + "/docs/schema.md";

Rows sqlite_rows(const std::string& path, const std::string& sql) {
    Rows rows;
    sqlite3* database = nullptr;
    EXPECT_EQ(sqlite3_open_v2(path.c_str(), &database, SQLITE_OPEN_READONLY, nullptr), SQLITE_OK);
    const auto add = [](void* to, int columns, char** values, char**) {
        auto& row = static_cast<Rows*>(to)->emplace_back();
        for (int i = 0; i < columns; ++i) row.emplace_back(values[i] == nullptr ? "" : values[i]);
        return 0;
    };
    EXPECT_EQ(sqlite3_exec(database, sql.c_str(), add, &rows, nullptr), SQLITE_OK)
        << sqlite3_errmsg(database);
    sqlite3_close(database);
    return rows;
}

Rows postgres_rows(const std::string& url, const std::string& sql) {
    Rows rows;
    PGconn* connection = PQconnectdb(url.c_str());
    PGresult* result = PQexec(connection, sql.c_str());
    EXPECT_EQ(PQresultStatus(result), PGRES_TUPLES_OK) << PQerrorMessage(connection);
    for (int row = 0; row < PQntuples(result); ++row) {
        auto& cells = rows.emplace_back();
        for (int i = 0; i < PQnfields(result); ++i) cells.push_back(PQgetvalue(result, row, i));
    }
    PQclear(result);
    PQfinish(connection);
    return rows;
}

// One table of columns.txt: what is said of it and, in order, of its columns.
struct Described {
    std::string name;
    std::string text;
    std::vector<std::pair<std::string, std::string>> columns;
};
std::vector<Described> descriptions() {
    std::vector<Described> tables;
    std::ifstream file(kRoot + "/src/stores/schema/columns.txt");
    for (std::string line; std::getline(file, line);) {
        if (line.empty() || line[0] == '#') continue;
        const std::size_t begin = line.find_first_not_of(' ');
        const std::size_t colon = line.find(": ");
        const std::string name = line.substr(begin, colon - begin);
        const std::string text = colon == std::string::npos ? "" : line.substr(colon + 2);
        EXPECT_NE(text, "") << line;
        if (begin == 0) {
            tables.push_back({name, text, {}});
        } else if (!tables.empty()) {
            tables.back().columns.push_back({name, text});
        }
    }
    return tables;
}

// "a, b" of the columns of a foreign key, and where it points.
std::string references_of(const std::string& database, const std::string& table) {
    std::map<std::string, std::array<std::string, 4>> keys;  // by number
    for (const auto& row : sqlite_rows(database, "PRAGMA foreign_key_list(" + table + ")")) {
        auto& [from, to, other, on_delete] = keys[row[0]];
        from += (from.empty() ? "" : ", ") + row[3];
        to += (to.empty() ? "" : ", ") + row[4];
        other = row[2];
        on_delete = row[6];
    }
    std::string text;
    for (const auto& [number, key] : keys) {
        text += "`" + key[0] + "` refers to `" + key[2] + " (" + key[1] + ")`" +
                (key[3] == "CASCADE" ? ", and goes with it" : "") + ".\n\n";
    }
    return text;
}

// What follows "CREATE INDEX ... ON table", the indexes in the order of their names.
std::string indexes_of(const std::string& database, const std::string& table) {
    std::string text;
    for (const auto& row : sqlite_rows(
             database, "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = '" +
                           table + "' AND sql IS NOT NULL ORDER BY name")) {
        const std::string head = " ON " + table + " ";
        std::string rest = row[1].substr(row[1].find(head) + head.size());
        rest = std::regex_replace(rest, std::regex(R"(\s+)"), " ");
        text += "| `" + row[0] + "` | `" + rest + "` |\n";
    }
    return text.empty() ? "" : "| index | over |\n|---|---|\n" + text + "\n";
}

std::string section(const std::string& database, const Described& table) {
    std::string text = "## " + table.name + "\n\nOne row is " + table.text + ".\n\n";
    if (table.name == "schema_version") text = "## schema_version\n\nHas " + table.text + ".\n\n";
    text += "| column | type | key | |\n|---|---|---|---|\n";
    const Rows columns = sqlite_rows(database, "PRAGMA table_info(" + table.name + ")");
    std::vector<std::string> there, described;
    for (const auto& column : columns) there.push_back(column[1]);
    for (const auto& column : table.columns) described.push_back(column.first);
    EXPECT_EQ(described, there) << "src/stores/schema/columns.txt, " << table.name;
    for (std::size_t i = 0; i < std::min(there.size(), described.size()); ++i) {
        EXPECT_EQ(columns[i][3], "1") << there[i] << " may be NULL";
        text += "| `" + there[i] + "` | " + columns[i][2] + " | " +
                (columns[i][5] == "0" ? "" : columns[i][5]) + " | " + table.columns[i].second +
                " |\n";
    }
    return text + "\n" + references_of(database, table.name) + indexes_of(database, table.name);
}

std::string page_of(const std::string& database) {
    const auto version = sqlite_rows(database, "SELECT max(version) FROM schema_version");
    std::string text =
        "# The tables\n\n"
        "Schema " +
        version.at(0).at(0) +
        ". Made from the tables themselves and `src/stores/schema/columns.txt` by "
        "`schema_reference_test`, which fails when this page is not what they say.\n"
        "Rules, forms of texts and JSON, and queries: "
        "[src/stores/schema/README.md](../src/stores/schema/README.md).\n\n"
        "Types are SQLite's names; PostgreSQL has the same columns, TEXT with COLLATE \"C\". "
        "Nothing "
        "is NULL. Boxes and corners are pixels of the upright frame. `_us` are microseconds, of "
        "vehicles and readings since the start of their clip. \"Key\" is the place in the primary "
        "key.\n\n";
    const auto tables = sqlite_rows(database,
                                    "SELECT name FROM sqlite_master WHERE type = 'table' AND name "
                                    "NOT LIKE 'sqlite_%' ORDER BY name");
    std::vector<std::vector<std::string>> described;
    for (const Described& table : descriptions()) {
        described.push_back({table.name});
        text += section(database, table);
    }
    std::sort(described.begin(), described.end());
    EXPECT_EQ(described, tables) << "src/stores/schema/columns.txt";
    return text.substr(0, text.size() - 1);
}

TEST(SchemaReference, PageIsWhatTheTablesAre) {
    const TemporaryFolder folder;
    const std::string database = folder.path() + "/a.db";
    ASSERT_TRUE(open_store(database, Access::kReadWrite).ok());
    const std::string page = page_of(database);
    if (std::getenv("DASHCAM_UPDATE_DOCS") != nullptr) std::ofstream(kPage) << page;
    std::ifstream file(kPage);
    const std::string written((std::istreambuf_iterator<char>(file)), {});
    EXPECT_EQ(written, page)
        << "docs/schema.md is stale; write it with: DASHCAM_UPDATE_DOCS=1 schema_reference_test";
}

TEST(SchemaReference, PostgresHasTheSameColumnsAndIndexes) {
    const auto place = make_place("postgresql");
    if (!place) GTEST_SKIP() << PrivatePostgres::skip_message();
    const TemporaryFolder folder;
    const std::string database = folder.path() + "/a.db";
    ASSERT_TRUE(open_store(database, Access::kReadWrite).ok());
    ASSERT_TRUE(open_store(place->url(), Access::kReadWrite).ok());
    EXPECT_EQ(postgres_rows(place->url(),
                            "SELECT table_name COLLATE \"C\", column_name, upper(data_type) FROM "
                            "information_schema.columns WHERE table_schema = 'public' ORDER BY 1, "
                            "ordinal_position"),
              sqlite_rows(database,
                          "SELECT m.name, c.name, c.type FROM sqlite_master m, "
                          "pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE "
                          "'sqlite_%' ORDER BY m.name, c.cid"));
    EXPECT_EQ(postgres_rows(place->url(),
                            "SELECT indexname COLLATE \"C\" FROM pg_indexes WHERE schemaname = "
                            "'public' AND indexname NOT LIKE '%pkey' ORDER BY 1"),
              sqlite_rows(database,
                          "SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL "
                          "ORDER BY name"));
}

}  // namespace
}  // namespace dashcam
