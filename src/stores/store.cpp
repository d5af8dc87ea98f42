#include "stores/store.h"

#include <algorithm>
#include <chrono>

#include "stores/memory_store.h"
#include "stores/postgres_database.h"
#include "stores/sql_store.h"
#include "stores/sqlite_database.h"
#include "stores/store_url.h"

namespace dashcam {
namespace {

using std::chrono::milliseconds;

// A statement waits for another writer in the database's own queue first; SqlStore tries again
// after that. Not zero, which PostgreSQL takes for ever.
constexpr milliseconds kShortestWait{1};
constexpr milliseconds kLongestWait{5'000};

}  // namespace

Result<std::unique_ptr<Store>> open_store(const std::string& url, Access access,
                                          const StoreLimits& limits) {
    TRY_ASSIGN(const StoreUrl parsed, parse_store_url(url));
    if (parsed.kind == StoreKind::kMemory) {
        return std::unique_ptr<Store>(std::make_unique<MemoryStore>());
    }
    const milliseconds lock_wait = std::clamp(limits.retry_limit, kShortestWait, kLongestWait);
    if (parsed.kind == StoreKind::kSqlite) {
        return SqlStore::open(std::make_unique<SqliteDatabase>(parsed.location, access, lock_wait),
                              access, limits);
    }
    TRY_ASSIGN(std::unique_ptr<Database> database,
               PostgresDatabase::create(parsed.location, access, lock_wait));
    return SqlStore::open(std::move(database), access, limits);
}

}  // namespace dashcam
