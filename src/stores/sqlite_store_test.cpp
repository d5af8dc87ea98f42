// What only an SQLite file can go through.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

#include "stores/migrations.h"
#include "stores/store.h"
#include "stores/testing/sample_rows.h"
#include "stores/testing/store_places.h"

namespace dashcam {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr uid_t kNobody = 65534;

// Permissions do not bind root: while it lives, this process has the rights of nobody.
class WithoutRoot {
  public:
    WithoutRoot() : root_(geteuid() == 0) {
        if (root_ && seteuid(kNobody) != 0) std::abort();
    }
    ~WithoutRoot() {
        if (root_ && seteuid(0) != 0) std::abort();
    }

  private:
    bool root_;
};

class SqliteStore : public testing::Test {
  protected:
    SqliteStore() { chmod(folder_.path().c_str(), 0777); }
    std::string path() const { return folder_.path() + "/results.db"; }
    void execute(const char* sql) const {
        sqlite3* database = nullptr;
        ASSERT_EQ(sqlite3_open(path().c_str(), &database), SQLITE_OK);
        EXPECT_EQ(sqlite3_exec(database, sql, nullptr, nullptr, nullptr), SQLITE_OK)
            << sqlite3_errmsg(database);
        sqlite3_close(database);
    }
    std::string error_of(const std::string& url, Access access = Access::kReadWrite) const {
        const auto store = open_store(url, access);
        return store.ok() ? "no error" : store.error().message;
    }
    void make() const { ASSERT_TRUE(open_store(path(), Access::kReadWrite).ok()); }

    TemporaryFolder folder_;
};

TEST_F(SqliteStore, TakesAnyPath) {
    Random random(test_seed());
    for (const std::string name : {"plain.db", "two words.db", "a=b.db", "\"quoted\".db", "100%.db",
                                   "q?mode=ro&x#y.db", "\xC3\xBC\xFF.db", " leading"}) {
        const std::string file = folder_.path() + "/" + name;
        auto store = open_store("sqlite:" + file, Access::kReadWrite);
        ASSERT_TRUE(store.ok()) << store.error().message;
        EXPECT_TRUE((*store)->begin_video(sample_video(random, sample_id(1))).ok());
        EXPECT_TRUE(std::filesystem::exists(file)) << name;
    }
}

TEST_F(SqliteStore, RefusesWhatIsNoDatabase) {
    std::ofstream(path()) << std::string(10'000, 'x');
    EXPECT_THAT(error_of(path()), AllOf(HasSubstr(path()), HasSubstr("not an SQLite database")));
    EXPECT_THAT(error_of(path(), Access::kReadOnly), HasSubstr("not an SQLite database"));
    EXPECT_EQ(std::filesystem::file_size(path()), 10'000u);
}

TEST_F(SqliteStore, RefusesTheDatabaseOfAnotherProgram) {
    execute("CREATE TABLE bookmarks (url TEXT)");
    const auto before = std::filesystem::file_size(path());
    EXPECT_THAT(error_of(path()), HasSubstr("database of another program"));
    EXPECT_THAT(error_of(path(), Access::kReadOnly), HasSubstr("holds no results"));
    EXPECT_EQ(std::filesystem::file_size(path()), before);
    EXPECT_FALSE(std::filesystem::exists(path() + "-wal"));
}

TEST_F(SqliteStore, TakesAnEmptyFile) {
    std::ofstream(path()).flush();
    make();
    EXPECT_EQ(error_of(path(), Access::kReadOnly), "no error");
}

TEST_F(SqliteStore, RefusesANewerSchema) {
    make();
    execute("INSERT INTO schema_version (version) VALUES (9000)");
    for (const Access access : {Access::kReadWrite, Access::kReadOnly}) {
        EXPECT_THAT(error_of(path(), access),
                    AllOf(HasSubstr(path()), HasSubstr("newer version"), HasSubstr("9000")));
    }
}

TEST_F(SqliteStore, SaysWhatIsWrongWithThePath) {
    EXPECT_THAT(error_of(folder_.path()), HasSubstr("is a folder"));
    EXPECT_THAT(error_of(folder_.path() + "/none/results.db"),
                HasSubstr("create it with: mkdir -p"));
    EXPECT_THAT(error_of(path(), Access::kReadOnly), HasSubstr("does not exist"));
    EXPECT_FALSE(std::filesystem::exists(path()));
}

TEST_F(SqliteStore, SaysWhatMayNotBeWritten) {
    make();
    chmod(path().c_str(), 0444);
    const WithoutRoot limited;
    EXPECT_THAT(error_of(path()), AllOf(HasSubstr(path()), HasSubstr("permission denied")));
}

TEST_F(SqliteStore, SaysWhichFolderIsNotWritable) {
    chmod(folder_.path().c_str(), 0555);
    std::string message;
    {
        const WithoutRoot limited;
        message = error_of(path());
    }
    EXPECT_THAT(message, AllOf(HasSubstr(folder_.path()), HasSubstr("is not writable")));
    chmod(folder_.path().c_str(), 0777);
}

TEST_F(SqliteStore, ReadsInAFolderThatIsNotWritable) {
    Random random(test_seed());
    const VideoRow video = sample_video(random, sample_id(1));
    {
        auto store = open_store(path(), Access::kReadWrite);
        ASSERT_TRUE(store.ok() && (*store)->finish_video(video, std::nullopt).ok());
    }
    chmod(path().c_str(), 0444);
    chmod(folder_.path().c_str(), 0555);
    {
        const WithoutRoot limited;
        auto store = open_store(path(), Access::kReadOnly);
        EXPECT_TRUE(store.ok()) << store.error().message;
        if (store.ok()) {
            EXPECT_EQ((*store)->find_video(video.id).value(), video);
        }
    }
    chmod(folder_.path().c_str(), 0777);
}

TEST_F(SqliteStore, WaitsForALock) {
    Random random(test_seed());
    auto store = open_store(path(), Access::kReadWrite);
    ASSERT_TRUE(store.ok());
    sqlite3* other = nullptr;
    ASSERT_EQ(sqlite3_open(path().c_str(), &other), SQLITE_OK);
    ASSERT_EQ(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);
    std::thread ends([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(300));
        sqlite3_exec(other, "COMMIT", nullptr, nullptr, nullptr);
    });
    const auto written = (*store)->begin_video(sample_video(random, sample_id(1)));
    ends.join();
    EXPECT_TRUE(written.ok()) << written.error().message;
    sqlite3_close(other);
}

TEST_F(SqliteStore, GivesUpOnALockThatStays) {
    Random random(test_seed());
    StoreLimits limits;
    limits.retry_limit = std::chrono::milliseconds(50);
    auto store = open_store(path(), Access::kReadWrite, limits);
    ASSERT_TRUE(store.ok());
    sqlite3* other = nullptr;
    ASSERT_EQ(sqlite3_open(path().c_str(), &other), SQLITE_OK);
    ASSERT_EQ(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);
    const VideoRow video = sample_video(random, sample_id(1));
    const auto refused = (*store)->begin_video(video);
    ASSERT_FALSE(refused.ok());
    EXPECT_THAT(refused.error().message,
                AllOf(HasSubstr(path()), HasSubstr("locked by another program")));
    EXPECT_TRUE((*store)->videos().ok()) << "reading does not need the lock";
    sqlite3_exec(other, "ROLLBACK", nullptr, nullptr, nullptr);
    EXPECT_TRUE((*store)->begin_video(video).ok());
    sqlite3_close(other);
}

// The third reading is refused by a trigger: nothing of the vehicle may stay.
TEST_F(SqliteStore, RollsBackWhenATransactionFailsInTheMiddle) {
    Random random(test_seed());
    auto store = open_store(path(), Access::kReadWrite);
    ASSERT_TRUE(store.ok());
    const VideoRow video = sample_video(random, sample_id(1));
    ASSERT_TRUE((*store)->begin_video(video).ok());
    const VehicleRow first = sample_vehicle(random, video.id, 1);
    ASSERT_TRUE((*store)->write_vehicle(first, sample_readings(random, first, 2)).ok());
    const std::string before = dump(**store).value();
    execute(
        "CREATE TRIGGER refuse BEFORE INSERT ON readings WHEN NEW.frame = 21 "
        "BEGIN SELECT RAISE(ABORT, 'refused'); END");
    for (const std::uint32_t track : {1u, 2u}) {
        const VehicleRow row = sample_vehicle(random, video.id, track);
        const auto written = (*store)->write_vehicle(row, sample_readings(random, row, 4));
        ASSERT_FALSE(written.ok());
        EXPECT_THAT(written.error().message, HasSubstr("refused"));
        EXPECT_EQ(dump(**store).value(), before);
    }
    execute("DROP TRIGGER refuse");
    execute(
        "CREATE TRIGGER refuse BEFORE DELETE ON vehicles "
        "BEGIN SELECT RAISE(ABORT, 'refused'); END");
    EXPECT_FALSE((*store)->finish_video(video, std::vector<std::uint32_t>{}).ok());
    EXPECT_EQ(dump(**store).value(), before);
    EXPECT_EQ((*store)->find_video(video.id).value()->status, VideoStatus::kUnfinished);
}

TEST_F(SqliteStore, SaysWhenARowIsNotOurs) {
    Random random(test_seed());
    auto store = open_store(path(), Access::kReadWrite);
    ASSERT_TRUE(store.ok() && (*store)->begin_video(sample_video(random, sample_id(1))).ok());
    execute("UPDATE videos SET frames = -1");
    const auto videos = (*store)->videos();
    ASSERT_FALSE(videos.ok());
    EXPECT_THAT(videos.error().message, AllOf(HasSubstr("videos"), HasSubstr("frames")));
}

TEST(Migrations, SplitIntoStatements) {
    const auto statements = statements_of(
        "-- it's a comment: with a colon;\nCREATE TABLE a (\n    b ${TEXT}, -- not at the line's "
        "start\n"
        "    c ${TEXT}\n);\n\nCREATE INDEX d ON a (b);\n",
        "TEXT COLLATE \"C\"");
    ASSERT_EQ(statements.size(), 2u);
    EXPECT_THAT(statements[0], AllOf(HasSubstr("b TEXT COLLATE \"C\","), Not(HasSubstr("$")),
                                     Not(HasSubstr(";"))));
    EXPECT_EQ(statements[1], "CREATE INDEX d ON a (b)\n");
}

TEST(Migrations, AreNumbered) {
    ASSERT_FALSE(migrations().empty());
    EXPECT_TRUE(migrations()[0].file.starts_with("0001_"));
}

}  // namespace
}  // namespace dashcam
