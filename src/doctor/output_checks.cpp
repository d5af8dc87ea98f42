#include <fmt/format.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <array>
#include <filesystem>

#include "doctor/doctor.h"
#include "main/run_plan.h"
#include "stores/inspect_database.h"

namespace dashcam {
namespace {

namespace fs = std::filesystem;

// An hour of traffic gives some 10 MB of rows and pictures; the database's log grows and shrinks.
constexpr std::uint64_t kLittleSpaceBytes = std::uint64_t{1} << 30;
constexpr std::uint64_t kNoSpaceBytes = std::uint64_t{64} << 20;

// File systems on which SQLite's log does not work: statfs(2).
constexpr std::array<unsigned, 4> kNetworkFileSystems{0x6969, 0xff534d42, 0xfe534d42, 0x517b};

// The folder itself, or the nearest one above it that is there.
fs::path existing_part(fs::path path) {
    std::error_code ignored;
    while (!fs::exists(path, ignored) && path.has_parent_path() && path != path.parent_path())
        path = path.parent_path();
    return path;
}

bool is_network_file_system(const fs::path& path) {
    struct statfs info {};
    if (statfs(path.c_str(), &info) != 0) return false;
    for (const unsigned type : kNetworkFileSystems) {
        if (static_cast<unsigned>(info.f_type) == type) return true;
    }
    return false;
}

Finding free_space(const fs::path& place) {
    struct statvfs info {};
    if (statvfs(place.c_str(), &info) != 0)
        return {"disk", Health::kDoubtful, "its free space is not known", "df -h"};
    const std::uint64_t free = std::uint64_t{info.f_bavail} * info.f_frsize;
    const std::string text =
        fmt::format("{:.1f} GB free at {}", static_cast<double>(free) / 1e9, place.string());
    const std::string fix = "df -h " + shell_quoted(place.string()) +
                            " && export DASHCAM_OUT=/a/folder/on/another/disk";
    if (free < kNoSpaceBytes) return {"disk", Health::kBroken, text, fix};
    if (free < kLittleSpaceBytes) return {"disk", Health::kDoubtful, text, fix};
    return {"disk", Health::kGood, text, ""};
}

}  // namespace

Findings examine_output(const Settings& settings) {
    const fs::path folder = fs::absolute(settings.out).lexically_normal();
    const fs::path place = existing_part(folder);
    std::error_code ignored;
    if (!fs::is_directory(place, ignored)) {
        return {{"output folder", Health::kBroken, place.string() + " is there, but no folder",
                 "export DASHCAM_OUT=\"$HOME\"/dashcam-out"}};
    }
    if (eaccess(place.c_str(), W_OK | X_OK) != 0) {
        return {{"output folder", Health::kBroken,
                 fmt::format("{} cannot be written: {} is not writable for you", folder.string(),
                             place.string()),
                 "export DASHCAM_OUT=\"$HOME\"/dashcam-out"}};
    }
    return {{"output folder", Health::kGood,
             place == folder ? folder.string() + " is writable"
                             : folder.string() + " will be made by the first run",
             ""},
            free_space(place)};
}

Findings examine_database(const Settings& settings) {
    const std::string url = database_of(settings);
    const Result<DatabaseFacts> facts = inspect_database(url);
    if (!facts.ok()) {
        const bool is_postgres = url.starts_with("postgres");
        return {{"database", Health::kBroken, facts.error().message,
                 is_postgres ? "sudo apt-get install postgresql && sudo systemctl start postgresql"
                             : "export DASHCAM_DB=\"$HOME\"/dashcam.db  # another file"}};
    }
    std::string text = facts->version + ", " + facts->name;
    if (!facts->exists) {
        text += ": will be made by the first run";
        const fs::path place = existing_part(fs::absolute(facts->name).parent_path());
        // Inside the output folder it is that one's finding.
        if (!settings.db.empty() && eaccess(place.c_str(), W_OK | X_OK) != 0) {
            return {{"database", Health::kBroken,
                     text + ", but " + place.string() + " is not writable",
                     "export DASHCAM_DB=\"$HOME\"/dashcam.db"}};
        }
    } else if (facts->schema > facts->known_schema) {
        return {{"database", Health::kBroken,
                 fmt::format("{}: written by a newer version (schema {}, this one knows up to {})",
                             text, facts->schema, facts->known_schema),
                 "sudo apt-get install --only-upgrade dashcam"}};
    } else {
        text += facts->schema == 0
                    ? std::string(": the first run will make the tables")
                    : fmt::format(": schema {} of {}", facts->schema, facts->known_schema);
        if (facts->schema > 0 && facts->schema < facts->known_schema)
            text += ", the next run brings it up to date";
    }
    if (!facts->may_write) {
        const std::string fix =
            facts->kind == StoreKind::kPostgres
                ? "psql DATABASE -c 'GRANT CREATE, USAGE ON SCHEMA public TO \"ROLE\"; GRANT ALL "
                  "ON ALL "
                  "TABLES IN SCHEMA public TO \"ROLE\"'  # as the owner of the database"
                : "chmod u+w " + shell_quoted(facts->name) +
                      "  # or: export DASHCAM_DB=ANOTHER_FILE";
        return {{"database", Health::kBroken, text + ", but you may not write to it", fix}};
    }
    if (facts->kind == StoreKind::kSqlite && is_network_file_system(existing_part(facts->name))) {
        return {{"database", Health::kDoubtful,
                 text + "; it lies on a network file system, where SQLite can lose rows",
                 "export DASHCAM_DB=/a/local/folder/dashcam.db"}};
    }
    return {{"database", Health::kGood, text, ""}};
}

}  // namespace dashcam
