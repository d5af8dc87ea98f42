#include "stores/store.h"

#include "stores/memory_store.h"
#include "stores/postgres_database.h"
#include "stores/sql_store.h"
#include "stores/sqlite_database.h"
#include "stores/store_url.h"

namespace dashcam {

Result<std::unique_ptr<Store>> open_store(const std::string& url, Access access,
                                          const StoreLimits& limits) {
    TRY_ASSIGN(const StoreUrl parsed, parse_store_url(url));
    if (parsed.kind == StoreKind::kMemory) {
        return std::unique_ptr<Store>(std::make_unique<MemoryStore>());
    }
    if (parsed.kind == StoreKind::kSqlite) {
        return SqlStore::open(std::make_unique<SqliteDatabase>(parsed.location, access), access,
                              limits);
    }
    TRY_ASSIGN(std::unique_ptr<Database> database,
               PostgresDatabase::create(parsed.location, access));
    return SqlStore::open(std::move(database), access, limits);
}

}  // namespace dashcam
