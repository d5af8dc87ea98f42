// The invariants are called the same by the audit, the model and the text.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <string>

#include "pipeline/task_queue/audit.h"

namespace dashcam {
namespace {

std::set<std::string> names_in(const std::string& file, const std::string& pattern) {
    std::ifstream in(std::string(DASHCAM_SOURCE_DIR) + "/" + file);
    EXPECT_TRUE(in.is_open()) << file;
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    const std::regex expression(pattern);
    std::set<std::string> names;
    for (std::sregex_iterator it(text.begin(), text.end(), expression), end; it != end; ++it)
        names.insert((*it)[1]);
    return names;
}

TEST(InvariantNames, AreTheSameInCodeModelAndText) {
    const std::set<std::string> names(kInvariants.begin(), kInvariants.end());
    EXPECT_EQ(names.size(), kInvariants.size());
    EXPECT_EQ(names_in("src/pipeline/task_queue/audit.cpp", "\"(I[0-9][a-z ]*): "), names);
    // Each is the comment of an assertion.
    EXPECT_EQ(names_in("docs/models/queue.pml", "assert\\([^\n]*/\\* (I[0-9][a-z ]*) \\*/"), names);
    EXPECT_EQ(names_in("docs/shared_memory.md", "\n\\| (I[0-9][a-z ]*) \\|"), names);
}

}  // namespace
}  // namespace dashcam
