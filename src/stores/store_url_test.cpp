#include "stores/store_url.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "stores/store.h"

namespace dashcam {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(StoreUrl, KnowsTheKinds) {
    const auto plain = parse_store_url("out/results.db").value();
    EXPECT_EQ(plain.kind, StoreKind::kSqlite);
    EXPECT_EQ(plain.location, "out/results.db");
    const auto named = parse_store_url("sqlite:/a b/x=1.db").value();
    EXPECT_EQ(named.kind, StoreKind::kSqlite);
    EXPECT_EQ(named.location, "/a b/x=1.db");
    EXPECT_EQ(parse_store_url("postgres://h/d").value().kind, StoreKind::kPostgres);
    EXPECT_EQ(parse_store_url("postgresql://u:p@h:1/d").value().kind, StoreKind::kPostgres);
    EXPECT_EQ(parse_store_url("memory:").value().kind, StoreKind::kMemory);
}

TEST(StoreUrl, RefusesOthers) {
    EXPECT_FALSE(parse_store_url("").ok());
    EXPECT_FALSE(parse_store_url("sqlite:").ok());
    const auto other = parse_store_url("mysql://me:secret@host/db");
    ASSERT_FALSE(other.ok());
    EXPECT_THAT(other.error().message, HasSubstr("mysql://me:***@host/db"));
    EXPECT_THAT(other.error().message, Not(HasSubstr("secret")));
}

TEST(StoreUrl, HidesPasswords) {
    EXPECT_EQ(redacted("postgresql://me:secret@host:5432/db"), "postgresql://me:***@host:5432/db");
    EXPECT_EQ(redacted("postgresql://me@host:5432/db"), "postgresql://me@host:5432/db");
    EXPECT_EQ(redacted("postgresql://host:5432/db"), "postgresql://host:5432/db");
    EXPECT_EQ(redacted("postgresql:///db?user=me&password=secret&port=1"),
              "postgresql:///db?user=me&password=***&port=1");
    EXPECT_EQ(redacted("postgresql:///db?password=secret"), "postgresql:///db?password=***");
    // A mistake, but no reason to show it.
    EXPECT_EQ(redacted("postgresql://me:se/cr@et@host/db"), "postgresql://me:***@host/db");
    EXPECT_EQ(redacted("/some/file.db"), "/some/file.db");
}

TEST(StoreUrl, HidesPasswordsOfUrlsThatAreNotValid) {
    const auto store = open_store("postgresql://me:sec%zzret@host/db", Access::kReadWrite);
    ASSERT_FALSE(store.ok());
    EXPECT_THAT(store.error().message, HasSubstr("not a valid PostgreSQL URL"));
    EXPECT_THAT(store.error().message, Not(HasSubstr("sec%zz")));
}

}  // namespace
}  // namespace dashcam
