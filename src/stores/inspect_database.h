#pragma once

#include <string>

#include "base/result.h"
#include "stores/store_url.h"

namespace dashcam {

// What can be said about a results database without changing it.
struct DatabaseFacts {
    StoreKind kind = StoreKind::kSqlite;
    std::string name;            // for messages, without a password
    std::string version;         // of the library or server: "SQLite 3.40.1", "PostgreSQL 15.8"
    bool exists = true;          // false: an SQLite file that the first run will make
    long long schema = 0;        // version of the tables, 0: none yet
    long long known_schema = 0;  // the newest that this program knows
    bool may_write = false;      // rows, or tables where there are none yet
};

// Errors: see open_store(); whatever keeps it from being opened for reading, in one sentence. A
// server that does not answer is waited for as long as the URL's connect_timeout says, and for a
// statement ten times its tcp_user_timeout.
Result<DatabaseFacts> inspect_database(const std::string& url);

}  // namespace dashcam
