#include "support/command_results.h"

#include <algorithm>
#include <atomic>
#include <filesystem>

#include "cli/exit_codes.h"
#include "support/footage.h"
#include "video/printable_path.h"

namespace dashcam {
namespace {

namespace fs = std::filesystem;

struct Shared {
    TemporaryFolder clips;
    TemporaryFolder out;
    CommandResults sqlite;
    CommandResults postgres;
};
// Kept for all suites of a program: goes when it ends.
std::unique_ptr<Shared> shared;
std::atomic<int> copies = 0;

constexpr double kSecondsAgain = 5;

}  // namespace

ProgramEnd CommandResults::run(std::vector<std::string> command) const {
    command.insert(command.end(), {"--out", out});
    if (!db.empty()) command.insert(command.end(), {"--db", db});
    return run_dashcam(command);
}

std::string CommandResults::text(const std::vector<std::string>& command, int code) const {
    const ProgramEnd end = run(command);
    EXPECT_EQ(end.code, code) << end.text();
    return end.out;
}

std::string CommandResults::complaint(const std::vector<std::string>& command, int code) const {
    const ProgramEnd end = run(command);
    EXPECT_EQ(end.code, code) << end.text();
    EXPECT_EQ(end.out, "");
    EXPECT_EQ(std::count(end.err.begin(), end.err.end(), '\n'), 1) << end.text();
    EXPECT_TRUE(is_printable(end.err));
    return end.err;
}

void ProcessedDrive::SetUpTestSuite() {
    if (sample_drive().empty() || shared != nullptr) return;
    shared = std::make_unique<Shared>();
    fs::copy_file(sample_drive(), clips() + "/drive.mp4");
    fs::copy_file(sample_drive(), clips() + "/same.mp4");
    make_clip(clips() + "/again.mkv",
              {"-i", sample_drive(), "-t", std::to_string(kSecondsAgain), "-c", "copy"});
    const std::vector<std::string> run{"run", clips()};
    shared->sqlite.out = shared->out.path();
    shared->sqlite.text(run);
    if (!PrivatePostgres::available()) {
        std::cout << PrivatePostgres::skip_message() << "\n";
        return;
    }
    ASSERT_TRUE(shared_postgres()->create_database("drive").ok());
    shared->postgres = {shared->out.path(), shared_postgres()->url("drive")};
    shared->postgres.text(run);
}

void ProcessedDrive::SetUp() {
    if (shared == nullptr) GTEST_SKIP() << "SKIPPED: samples/drive.mp4 is not there";
}

std::string ProcessedDrive::clips() { return shared->clips.path(); }
bool ProcessedDrive::has_postgres() { return !shared->postgres.db.empty(); }

const CommandResults& ProcessedDrive::made(const std::string& kind) {
    return kind == "sqlite" ? shared->sqlite : shared->postgres;
}

CommandResults ProcessedDrive::fresh(const std::string& kind) {
    const std::string name = "copy" + std::to_string(++copies);
    CommandResults results{folder_.path() + "/" + name, ""};
    fs::copy(shared->out.path(), results.out, fs::copy_options::recursive);
    if (kind == "sqlite") return results;
    EXPECT_TRUE(shared_postgres()->create_database(name, "TEMPLATE drive").ok());
    results.db = shared_postgres()->url(name);
    return results;
}

testing::AssertionResult is_printable(const std::string& text) {
    std::string plain;
    std::string line;
    for (const char c : text + "\n") {
        if (c != '\n') {
            line += c;
            continue;
        }
        if (printable_text(line) != line)
            return testing::AssertionFailure() << "control bytes in: " << printable_text(line);
        line.clear();
    }
    return testing::AssertionSuccess();
}

std::vector<std::vector<std::string>> csv_rows(const std::string& text) {
    std::vector<std::vector<std::string>> rows{{""}};
    bool quoted = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        std::string& field = rows.back().back();
        const char c = text[i];
        if (quoted && c == '"' && i + 1 < text.size() && text[i + 1] == '"') {
            field += text[++i];
        } else if (c == '"') {
            quoted = !quoted;
        } else if (quoted || (c != ',' && c != '\n')) {
            field += c;
        } else if (c == ',') {
            rows.back().push_back("");
        } else {
            rows.push_back({""});
        }
    }
    EXPECT_FALSE(quoted);
    EXPECT_EQ(rows.back(), std::vector<std::string>{""}) << "the last line has no end";
    rows.pop_back();
    return rows;
}

}  // namespace dashcam
