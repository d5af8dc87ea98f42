#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "stores/database.h"
#include "stores/store.h"

namespace dashcam {

// One file of schema/, embedded at build time. Its version is its place, from 1.
struct Migration {
    std::string_view file;
    std::string_view sql;
};
std::span<const Migration> migrations();

// Statements of a migration for one kind of database: ${TEXT} replaced, comments removed. A
// statement ends with a line that ends with ';'.
std::vector<std::string> statements_of(std::string_view sql, const std::string& text_type);

// Brings the tables to the newest version (kReadWrite), or checks that they have it (kReadOnly).
// Safe to call from several processes at once. A database of a newer version is refused. Throws as
// Database does. `fill` is called inside the transaction, after all statements, with the version
// that the tables had (0: there were none): for what SQL alone cannot derive from older rows.
void migrate(Database& database, Access access, const std::function<void(long long)>& fill);

}  // namespace dashcam
