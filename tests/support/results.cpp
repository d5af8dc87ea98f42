#include "support/results.h"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <filesystem>
#include <set>

#include "stores/store.h"

namespace dashcam {
namespace {

namespace fs = std::filesystem;

// Rows of a PRAGMA, joined.
std::string answer(sqlite3* database, const char* statement) {
    std::string text;
    const auto take = [](void* result, int columns, char** values, char**) {
        for (int i = 0; i < columns; ++i) {
            *static_cast<std::string*>(result) +=
                std::string(values[i] != nullptr ? values[i] : "NULL") + " ";
        }
        return 0;
    };
    char* error = nullptr;
    if (sqlite3_exec(database, statement, take, &text, &error) != SQLITE_OK) text += error;
    sqlite3_free(error);
    return text;
}

}  // namespace

std::string dump_of(const std::string& url) {
    const auto store = open_store(url, Access::kReadOnly);
    if (!store.ok()) {
        ADD_FAILURE() << store.error().message;
        return "";
    }
    const auto text = dump(**store);
    if (!text.ok()) ADD_FAILURE() << text.error().message;
    return text.ok() ? *text : "";
}

std::string dump_of_run(const std::string& out) { return dump_of(out + "/dashcam.db"); }

std::vector<VideoRow> videos_of_run(const std::string& out) {
    const auto store = open_store(out + "/dashcam.db", Access::kReadOnly);
    if (!store.ok()) {
        ADD_FAILURE() << store.error().message;
        return {};
    }
    const auto rows = (*store)->videos();
    if (!rows.ok()) ADD_FAILURE() << rows.error().message;
    return rows.ok() ? *rows : std::vector<VideoRow>{};
}

std::string database_faults(const std::string& path) {
    sqlite3* database = nullptr;
    if (sqlite3_open_v2(path.c_str(), &database, SQLITE_OPEN_READWRITE, nullptr) != SQLITE_OK) {
        const std::string message = sqlite3_errmsg(database);
        sqlite3_close(database);
        return message;
    }
    std::string faults = answer(database, "PRAGMA integrity_check");
    if (faults == "ok ") faults.clear();
    faults += answer(database, "PRAGMA foreign_key_check");
    sqlite3_close(database);
    return faults;
}

void execute(const std::string& path, const std::string& sql) {
    sqlite3* database = nullptr;
    EXPECT_EQ(sqlite3_open(path.c_str(), &database), SQLITE_OK) << path;
    EXPECT_EQ(answer(database, sql.c_str()), "");
    sqlite3_close(database);
}

std::vector<std::string> crop_faults(const std::string& out) {
    std::set<std::string> named;
    const auto store = open_store(out + "/dashcam.db", Access::kReadOnly);
    if (!store.ok()) return {store.error().message};
    const auto vehicles = (*store)->vehicles({});
    if (!vehicles.ok()) return {vehicles.error().message};
    for (const VehicleRow& row : *vehicles) {
        for (const std::string& shot : {row.best_shot, row.plate_shot}) {
            if (!shot.empty()) named.insert(shot);
        }
    }
    std::vector<std::string> faults;
    for (const std::string& shot : named) {
        if (!fs::exists(out + "/" + shot)) faults.push_back(shot + " is missing");
    }
    if (!fs::exists(out + "/crops")) return faults;
    for (const auto& entry : fs::recursive_directory_iterator(out + "/crops")) {
        const std::string relative = fs::relative(entry.path(), out).string();
        if (entry.is_regular_file() && !named.contains(relative))
            faults.push_back(relative + " is not named");
    }
    return faults;
}

}  // namespace dashcam
