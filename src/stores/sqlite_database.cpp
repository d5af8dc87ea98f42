#include "stores/sqlite_database.h"

#include <soci/sqlite3/soci-sqlite3.h>
#include <unistd.h>

#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>

namespace dashcam {
namespace {

namespace fs = std::filesystem;

// Marks a file as this program's, for `file` and for ourselves: "DASH".
constexpr long long kApplicationId = 0x44415348;

int code_of(const soci::soci_error& error) {
    const auto* sqlite = dynamic_cast<const soci::sqlite3_soci_error*>(&error);
    return sqlite == nullptr ? SQLITE_OK : sqlite->result() & 0xFF;
}

// The path as the file: URI of SQLite. Also makes SOCI's connection string safe for any path: it
// has no quoting.
std::string file_uri(const std::string& path, std::string_view query) {
    static constexpr char kHex[] = "0123456789ABCDEF";
    static constexpr std::string_view kPlain =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/-._";
    std::string uri = "file:";
    for (const char c : fs::absolute(path).string()) {
        const auto byte = static_cast<unsigned char>(c);
        if (kPlain.find(c) != std::string_view::npos) {
            uri += c;
        } else {
            uri += {'%', kHex[byte >> 4], kHex[byte & 15]};
        }
    }
    return uri + "?" + std::string(query);
}

bool allowed(const fs::path& path, int how) { return eaccess(path.c_str(), how) == 0; }

fs::path folder_of(const std::string& path) { return fs::absolute(path).parent_path(); }

}  // namespace

void SqliteDatabase::check_path() const {
    std::error_code ignored;
    const fs::path folder = folder_of(path_);
    const bool exists = fs::exists(path_, ignored);
    if (fs::is_directory(path_, ignored)) {
        throw RefusedError(path_ + " is a folder: give the path of a file, such as " + path_ +
                           "/dashcam.db");
    }
    if (access_ == Access::kReadOnly) {
        if (!exists) {
            throw RefusedError(path_ +
                               " does not exist: 'dashcam run' makes results; --out and --db tell "
                               "where others are");
        }
        if (!allowed(path_, R_OK)) throw RefusedError(path_ + " cannot be read: permission denied");
        return;
    }
    if (!fs::is_directory(folder, ignored)) {
        throw RefusedError(path_ + " cannot be created: there is no folder " + folder.string() +
                           "; create it with: mkdir -p " + folder.string());
    }
    if (exists && !allowed(path_, R_OK | W_OK)) {
        throw RefusedError(path_ +
                           " cannot be written: permission denied; make it writable, or give "
                           "another path");
    }
    // SQLite writes its log beside the file.
    if (!allowed(folder, W_OK | X_OK)) {
        throw RefusedError(path_ + " cannot be written: the folder " + folder.string() +
                           " is not writable; make it writable, or give another path");
    }
}

void SqliteDatabase::open(const std::string& mode) {
    session_ = std::make_unique<soci::session>(soci::sqlite3, "dbname=" + file_uri(path_, mode));
    // The first read finds out whether this is a database at all.
    try {
        number("busy_timeout=" + std::to_string(lock_wait_.count()));
        number("schema_version");
        // The indexes' leaves, which a vehicle's texts go to one here and one there: with the usual
        // 2 MB, writing into a database of a million vehicles reads most of them again each time,
        // and so does a search that needs several statements.
        *session_ << "PRAGMA cache_size=-16384";
    } catch (...) {
        disconnect();
        throw;
    }
}

void SqliteDatabase::connect() {
    check_path();
    if (access_ == Access::kReadOnly) {
        try {
            open("mode=ro");
        } catch (const soci::sqlite3_soci_error& error) {
            // The log's index cannot be created in a folder that is not writable. Without a log
            // none is needed.
            const int code = code_of(error);
            std::error_code ignored;
            if ((code != SQLITE_CANTOPEN && code != SQLITE_READONLY) ||
                fs::exists(path_ + "-wal", ignored)) {
                throw;
            }
            open("immutable=1");
        }
        return;
    }
    open("mode=rwc");
    try {
        if (may_create_tables()) {
            std::string journal;
            *session_ << "PRAGMA journal_mode=WAL", soci::into(journal);
        }
        // A power cut may take back the last transactions, never parts of them; a killed process
        // takes none.
        *session_ << "PRAGMA synchronous=NORMAL";
        *session_ << "PRAGMA foreign_keys=ON";
        // What is deleted is overwritten: forgotten plates do not stay in the file's free pages.
        *session_ << "PRAGMA secure_delete=ON";
    } catch (...) {
        disconnect();
        throw;
    }
}

void SqliteDatabase::begin() { session() << "BEGIN IMMEDIATE"; }
void SqliteDatabase::begin_snapshot() { session() << "BEGIN"; }
void SqliteDatabase::begin_migration() { session() << "BEGIN EXCLUSIVE"; }

bool SqliteDatabase::has_table(const std::string& table) {
    long long count = 0;
    session() << "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = :name",
        soci::use(table, "name"), soci::into(count);
    return count > 0;
}

bool SqliteDatabase::may_create_tables() {
    if (number("application_id") == kApplicationId) return true;
    long long tables = 0;
    session() << "SELECT count(*) FROM sqlite_master", soci::into(tables);
    return tables == 0;
}

void SqliteDatabase::mark_as_ours() {
    session() << "PRAGMA application_id=" + std::to_string(kApplicationId);
}

void SqliteDatabase::scrub() {
    // The log goes into the file and is emptied, unless somebody is reading just now.
    number("wal_checkpoint(TRUNCATE)");
}

long long SqliteDatabase::number(const std::string& pragma) {
    long long value = 0;
    session() << "PRAGMA " + pragma, soci::into(value);
    return value;
}

Trouble SqliteDatabase::classify(const soci::soci_error& error) {
    const int code = code_of(error);
    return code == SQLITE_BUSY || code == SQLITE_LOCKED ? Trouble::kBusy : Trouble::kFatal;
}

std::string SqliteDatabase::explain(const soci::soci_error& error) {
    switch (code_of(error)) {
        case SQLITE_NOTADB:
            return "is not an SQLite database; give another path";
        case SQLITE_CORRUPT:
            return "is damaged (" + one_line(error) +
                   "); give another path, or repair it with: "
                   "sqlite3 FILE .recover";
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            return "is locked by another program; end that program, or wait for it";
        case SQLITE_FULL:
            return "cannot grow: the disk is full; make room and start again";
        case SQLITE_READONLY:
            return "cannot be written (" + one_line(error) + ")";
        case SQLITE_CANTOPEN:
            return "cannot be opened (" + one_line(error) + "); are the file and its folder " +
                   folder_of(path_).string() + " accessible?";
        case SQLITE_IOERR:
            return "cannot be read or written (" + one_line(error) + "); is the disk all right?";
        default:
            return one_line(error);
    }
}

}  // namespace dashcam
