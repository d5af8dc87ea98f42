#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"

namespace dashcam {

enum class StoreKind : std::uint8_t { kSqlite, kPostgres, kMemory };

struct StoreUrl {
    StoreKind kind = StoreKind::kSqlite;
    std::string location;  // SQLite: the path; PostgreSQL: the whole URL, with its password
};

// See open_store() for what there is. An Error never shows a password.
Result<StoreUrl> parse_store_url(const std::string& url);

}  // namespace dashcam
