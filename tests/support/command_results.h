#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "stores/testing/store_places.h"
#include "support/program.h"

namespace dashcam {

// An output folder and its database, for commands that look at results.
struct CommandResults {
    std::string out;
    std::string db;  // a URL, or empty for the one in the folder

    // The command with --out and --db.
    ProgramEnd run(std::vector<std::string> command) const;
    // Its stdout; a failed test unless it ends with `code`.
    std::string text(const std::vector<std::string>& command, int code = 0) const;
    // A failed test unless it ends with `code`, prints nothing but one line to stderr, and that is
    // what is given back.
    std::string complaint(const std::vector<std::string>& command, int code) const;
    std::string database() const { return db.empty() ? out + "/dashcam.db" : db; }
};

// For tests of commands: the sample drive, and its first seconds once more in a file of another
// content, processed once in a program for each kind of database. Skipped without the drive.
class ProcessedDrive : public testing::Test {
  protected:
    static void SetUpTestSuite();
    void SetUp() override;

    static std::string clips();  // the folder: drive.mp4, again.mkv, same.mp4 (as drive.mp4)
    static bool has_postgres();
    // As they were made: not to be changed. `kind` is "sqlite" or "postgresql".
    static const CommandResults& made(const std::string& kind);
    // A copy with pictures, to be changed.
    CommandResults fresh(const std::string& kind);

    TemporaryFolder folder_;
};

// Passes if the text could not harm a terminal: no control bytes but newlines, and UTF-8.
testing::AssertionResult is_printable(const std::string& text);
// Lines of a CSV file (RFC 4180).
std::vector<std::vector<std::string>> csv_rows(const std::string& text);

}  // namespace dashcam
