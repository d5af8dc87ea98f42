#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <iostream>

#include "cli/exit_codes.h"
#include "support/disturbed_run.h"
#include "support/results.h"

// SQLite and PostgreSQL hold the same rows for the same run.

namespace dashcam {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class PostgresRows : public DisturbedRun {
  protected:
    void SetUp() override {
        if (!PrivatePostgres::available()) GTEST_SKIP() << PrivatePostgres::skip_message();
        place_ = make_place("postgresql");
    }
    std::unique_ptr<StorePlace> place_;
};

TEST_F(PostgresRows, AreThoseOfSqlite) {
    const ProgramEnd end = run_dashcam(arguments({"--db", place_->url()}));
    EXPECT_EQ(end.code, kExitOk) << end.text();
    EXPECT_TRUE(dump_of(place_->url()) == undisturbed_rows()) << end.text();
    EXPECT_FALSE(std::filesystem::exists(out() + "/dashcam.db"));
    const ProgramEnd list = run_dashcam({"vehicles", "--json", "--db", place_->url()});
    EXPECT_EQ(list.code, kExitOk) << list.text();
    EXPECT_GT(list.out.size(), 2u);
    const ProgramEnd again = run_dashcam(arguments({"--db", place_->url()}));
    EXPECT_EQ(again.code, kExitOk) << again.text();
    EXPECT_THAT(again.out, HasSubstr("0 frames in")) << again.text();
}

// The server goes away in the middle and comes back.
TEST_F(PostgresRows, SurviveARestartOfTheServer) {
    Program program(arguments({"--db", place_->url()}));
    while (program.running() && !std::filesystem::exists(out() + "/crops")) {
    }
    ASSERT_TRUE(shared_postgres()->stop(PrivatePostgres::Stop::kCrash).ok());
    ASSERT_TRUE(shared_postgres()->start().ok());
    const ProgramEnd end = program.wait();
    EXPECT_EQ(end.code, kExitOk) << end.text();
    EXPECT_TRUE(dump_of(place_->url()) == undisturbed_rows()) << end.text();
}

class Unreachable : public DisturbedRun {};

TEST_F(Unreachable, PostgresThatCannotBeReachedIsOneClearLine) {
    const std::string url = "postgresql://somebody:secret@127.0.0.1:1/dashcam";
    const ProgramEnd end = run_dashcam(arguments({"--db", url}));
    EXPECT_EQ(end.code, kExitCannotRun) << end.text();
    EXPECT_EQ(std::count(end.err.begin(), end.err.end(), '\n'), 1) << end.text();
    EXPECT_THAT(end.err,
                AllOf(HasSubstr("dashcam: "), HasSubstr("127.0.0.1"), Not(HasSubstr("secret"))))
        << end.text();
    const ProgramEnd list = run_dashcam({"vehicles", "--db", url});
    EXPECT_EQ(list.code, kExitCannotRun) << list.text();
    EXPECT_EQ(std::count(list.err.begin(), list.err.end(), '\n'), 1) << list.text();
    EXPECT_THAT(list.err, Not(HasSubstr("secret"))) << list.text();
}

}  // namespace
}  // namespace dashcam
