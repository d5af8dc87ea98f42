#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>

#include "cli/exit_codes.h"
#include "support/command_results.h"
#include "support/disturbed_run.h"
#include "support/results.h"

// 'forget' that is killed, or cannot delete a picture, on the processed sample drive.

namespace dashcam {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;

class Forget : public ProcessedDrive, public testing::WithParamInterface<const char*> {};
INSTANTIATE_TEST_SUITE_P(Databases, Forget, testing::Values("sqlite", "postgresql"),
                         [](const auto& test) { return std::string(test.param); });

// The pictures, with their folders.
std::set<std::string> pictures_of(const CommandResults& results) {
    std::set<std::string> paths;
    for (const auto& entry : fs::recursive_directory_iterator(results.out + "/crops"))
        paths.insert(fs::relative(entry.path(), results.out).string());
    return paths;
}

// Killed before writes to the database, ever fewer of them, and before each deletion of a picture.
TEST_P(Forget, ThatIsKilledLosesAllOrNothing) {
    const std::string kind = GetParam();
    if (kind == "postgresql" && !has_postgres()) GTEST_SKIP() << PrivatePostgres::skip_message();
    const std::vector<std::string> forget{"forget", "--plate", "KV67WRT", "--yes"};
    auto results = std::make_unique<CommandResults>(fresh(kind));
    const std::string rows = dump_of(results->database());
    const std::set<std::string> pictures = pictures_of(*results);
    const CommandResults undisturbed = fresh(kind);
    undisturbed.text(forget);
    const std::string rows_left = dump_of(undisturbed.database());
    const std::set<std::string> pictures_left = pictures_of(undisturbed);
    ASSERT_NE(rows, rows_left);
    int nothing = 0, all = 0, with_pictures_left = 0;
    // False if the command came to its end before.
    const auto kill_at = [&](const std::string& call, int step) {
        SCOPED_TRACE(call + " " + std::to_string(step));
        std::vector<std::string> command = forget;
        command.insert(command.end(), {"--out", results->out});
        if (!results->db.empty()) command.insert(command.end(), {"--db", results->db});
        Program program(command,
                        DisturbedRun::with_faults(call + "|kill|at:" + std::to_string(step)));
        const ProgramEnd end = program.wait();
        const std::string now = dump_of(results->database());
        if (end.by_signal && now == rows) {
            ++nothing;
            EXPECT_EQ(pictures_of(*results), pictures);
            return true;
        }
        EXPECT_TRUE(now == rows_left) << end.text();
        if (end.by_signal) {
            ++all;
            with_pictures_left += pictures_of(*results) != pictures_left ? 1 : 0;
            // The next call ends what this one began.
            EXPECT_EQ(results->run(forget).code, kExitOk);
        }
        EXPECT_TRUE(dump_of(results->database()) == rows_left);
        EXPECT_EQ(pictures_of(*results), pictures_left);
        EXPECT_FALSE(fs::exists(results->out + "/forgotten-pictures"));
        results = std::make_unique<CommandResults>(fresh(kind));
        return end.by_signal;
    };
    const std::string write = results->db.empty() ? "pwrite64|/dashcam.db" : "send|socket";
    for (int step = 1; kill_at(write, step); step += 1 + step / 3) {
    }
    EXPECT_GE(nothing, 5);
    for (int step = 1; kill_at("unlink|/crops/", step); ++step) {
    }
    EXPECT_GE(with_pictures_left, 4) << "two vehicles have two pictures each";
    EXPECT_TRUE(kill_at("unlink|/forgotten-pictures", 1));
    EXPECT_GE(all, 5);
}

TEST_F(ProcessedDrive, PicturesThatCannotBeDeletedAreDeletedByTheNextForget) {
    const CommandResults results = fresh("sqlite");
    const std::string before = dump_of(results.database());
    const json rows = json::parse(results.text({"search", "KV67WRT", "--json"}));
    // A folder in the picture's place: not even root deletes it as a file.
    const std::string shot = results.out + "/" + rows[0]["best_shot"].get<std::string>();
    fs::remove(shot);
    fs::create_directory(shot);
    const std::string said = results.run({"forget", "--plate", "KV67WRT", "--yes"}).err;
    EXPECT_THAT(said, AllOf(HasSubstr("its row is deleted"), HasSubstr("the same command again")));
    EXPECT_NE(dump_of(results.database()), before);
    fs::remove(shot);
    EXPECT_THAT(results.text({"forget", "--plate", "KV67WRT", "--yes"}),
                AllOf(HasSubstr("was interrupted"), HasSubstr("nothing fits")));
    EXPECT_EQ(crop_faults(results.out), std::vector<std::string>{});
}

}  // namespace
}  // namespace dashcam
