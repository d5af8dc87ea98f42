// What only a PostgreSQL server can go through.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "stores/store.h"
#include "stores/testing/postgres_proxy.h"
#include "stores/testing/sample_rows.h"
#include "stores/testing/store_places.h"

namespace dashcam {
namespace {

using std::chrono::milliseconds;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class PostgresStore : public testing::Test {
  protected:
    void SetUp() override {
        server_ = shared_postgres();
        if (server_ == nullptr) GTEST_SKIP() << PrivatePostgres::skip_message();
        ASSERT_TRUE(server_->start().ok());
        static int count = 0;
        name_ = "test" + std::to_string(++count);
        make_database(name_);
    }
    void make_database(const std::string& name, const std::string& options = "") {
        const auto made = server_->create_database(name, options);
        ASSERT_TRUE(made.ok()) << made.error().message;
    }
    std::unique_ptr<Store> opened(const StoreLimits& limits = {}) {
        auto store = open_store(server_->url(name_), Access::kReadWrite, limits);
        EXPECT_TRUE(store.ok()) << store.error().message;
        return store.ok() ? std::move(store).value() : nullptr;
    }
    std::string error_of(const std::string& url, Access access = Access::kReadWrite) const {
        const auto store = open_store(url, access);
        return store.ok() ? "no error" : store.error().message;
    }
    void execute(const std::string& sql) {
        const auto done = server_->execute(name_, sql);
        ASSERT_TRUE(done.ok()) << done.error().message;
    }

    PrivatePostgres* server_ = nullptr;
    std::string name_;
    Random random_{test_seed()};
};

TEST_F(PostgresStore, SaysHowToMakeAMissingDatabase) {
    EXPECT_THAT(error_of(server_->url("none")), HasSubstr("createdb none"));
}

TEST_F(PostgresStore, SaysThatAPasswordIsWrong) {
    const std::string guarded = PrivatePostgres::kGuardedUser;
    EXPECT_EQ(error_of(server_->url(name_, guarded, PrivatePostgres::kPassword)), "no error");
    const std::string message = error_of(server_->url(name_, guarded, "open barley"));
    EXPECT_THAT(message, AllOf(HasSubstr("password authentication failed"), HasSubstr("***"),
                               HasSubstr("check user and password")));
    EXPECT_THAT(message, Not(HasSubstr("barley")));
    EXPECT_THAT(error_of(server_->url(name_, "stranger", "x")), HasSubstr("createuser stranger"));
}

TEST_F(PostgresStore, SaysThatNobodyAnswers) {
    EXPECT_THAT(error_of("postgresql://me:secret@127.0.0.1:1/db"),
                AllOf(HasSubstr("start the server"), Not(HasSubstr("secret"))));
    EXPECT_THAT(error_of("postgresql:///db?host=/nowhere"), HasSubstr("start the server"));
}

TEST_F(PostgresStore, RefusesANewerSchema) {
    opened();
    execute("INSERT INTO schema_version (version) VALUES (9000)");
    for (const Access access : {Access::kReadWrite, Access::kReadOnly}) {
        EXPECT_THAT(error_of(server_->url(name_), access),
                    AllOf(HasSubstr("newer version"), HasSubstr("9000")));
    }
}

TEST_F(PostgresStore, ReadingNeedsTables) {
    EXPECT_THAT(error_of(server_->url(name_), Access::kReadOnly), HasSubstr("holds no results"));
}

TEST_F(PostgresStore, RefusesAnEncodingThatCannotHoldEveryText) {
    make_database("latin", "ENCODING 'LATIN1' TEMPLATE template0");
    EXPECT_THAT(error_of(server_->url("latin")),
                AllOf(HasSubstr("LATIN1"), HasSubstr("createdb -E UTF8")));
}

TEST_F(PostgresStore, SaysWhichRightIsMissing) {
    execute("CREATE ROLE guest LOGIN");
    EXPECT_THAT(error_of(server_->url(name_, "guest", "")),
                AllOf(HasSubstr("permission denied"), HasSubstr("GRANT CREATE ON SCHEMA")));
    opened();
    execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO guest");
    EXPECT_EQ(error_of(server_->url(name_, "guest", ""), Access::kReadOnly), "no error");
}

TEST_F(PostgresStore, ReconnectsWhenTheServerWasRestarted) {
    auto store = opened();
    ASSERT_TRUE(store);
    auto expected = open_store("memory:", Access::kReadWrite).value();
    const VideoRow video = sample_video(random_, sample_id(1));
    ASSERT_TRUE(store->begin_video(video).ok() && expected->begin_video(video).ok());
    std::uint32_t track = 0;
    const auto write_some = [&] {
        for (int i = 0; i < 5; ++i) {
            const VehicleRow row = sample_vehicle(random_, video.id, ++track);
            const auto readings = sample_readings(random_, row, 2);
            const auto written = store->write_vehicle(row, readings);
            ASSERT_TRUE(written.ok()) << written.error().message;
            ASSERT_TRUE(expected->write_vehicle(row, readings).ok());
        }
    };
    write_some();
    for (const auto how : {PrivatePostgres::Stop::kFast, PrivatePostgres::Stop::kCrash}) {
        ASSERT_TRUE(server_->stop(how).ok());
        ASSERT_TRUE(server_->start().ok());
        write_some();
        ASSERT_TRUE(server_->stop(how).ok());
        ASSERT_TRUE(server_->start().ok());
        EXPECT_TRUE(store->videos().ok());
    }
    EXPECT_EQ(dump(*store).value(), dump(*expected).value());
}

// A writer in another thread goes on all the time while the server crashes and comes back.
TEST_F(PostgresStore, WritesThroughCrashesOfTheServer) {
    auto store = opened();
    ASSERT_TRUE(store);
    const VideoRow video = sample_video(random_, sample_id(1));
    ASSERT_TRUE(store->begin_video(video).ok());
    std::atomic<bool> stop{false};
    std::string failure;
    std::vector<VehicleRow> written;
    std::atomic<std::size_t> done_so_far = 0;
    std::thread writer([&] {
        Random random(test_seed());
        while (!stop && failure.empty()) {
            const auto track = static_cast<std::uint32_t>(written.size() + 1);
            written.push_back(sample_vehicle(random, video.id, track));
            const auto done =
                store->write_vehicle(written.back(), sample_readings(random, written.back(), 3));
            if (!done) failure = done.error().message;
            ++done_so_far;
        }
    });
    // Not by the clock alone: on a busy machine a row takes as long as it takes.
    const auto wait_for_a_row = [&] {
        const std::size_t before = done_so_far;
        for (int i = 0; i < 6'000 && done_so_far == before; ++i)
            std::this_thread::sleep_for(milliseconds(10));
        EXPECT_GT(done_so_far, before);
    };
    for (int i = 0; i < 3; ++i) {
        wait_for_a_row();
        std::this_thread::sleep_for(milliseconds(random_() % 100));
        EXPECT_TRUE(server_->stop(PrivatePostgres::Stop::kCrash).ok());
        EXPECT_TRUE(server_->start().ok());
    }
    wait_for_a_row();
    stop = true;
    writer.join();
    EXPECT_EQ(failure, "");
    EXPECT_EQ(store->vehicles({}).value(), written);
}

TEST_F(PostgresStore, ReconnectsWhenItsConnectionWasEnded) {
    auto store = opened();
    ASSERT_TRUE(store);
    for (std::uint32_t number = 0; number < 3; ++number) {
        ASSERT_TRUE(store->begin_video(sample_video(random_, sample_id(number))).ok());
        execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = "
            "current_database() "
            "AND pid <> pg_backend_pid()");
    }
    EXPECT_EQ(store->videos().value().size(), 3u);
}

TEST_F(PostgresStore, GivesUpOnAServerThatStaysAway) {
    StoreLimits limits;
    limits.retry_limit = milliseconds(300);
    auto store = opened(limits);
    ASSERT_TRUE(store);
    const VideoRow video = sample_video(random_, sample_id(1));
    ASSERT_TRUE(server_->stop().ok());
    const auto begun = store->begin_video(video);
    EXPECT_THAT(error_of(server_->url(name_)), HasSubstr("start the server"));
    ASSERT_TRUE(server_->start().ok());
    ASSERT_FALSE(begun.ok());
    EXPECT_THAT(begun.error().message, AllOf(HasSubstr("start the server"), HasSubstr("300 ms")));
    EXPECT_TRUE(store->begin_video(video).ok()) << "a store that gave up once works again";
}

TEST_F(PostgresStore, WaitsForAServerAtItsStartIfAsked) {
    ASSERT_TRUE(server_->stop().ok());
    StoreLimits limits;
    limits.connect_limit = std::chrono::seconds(20);
    std::unique_ptr<Store> store;
    std::thread opens([&] { store = opened(limits); });
    std::this_thread::sleep_for(milliseconds(300));
    EXPECT_TRUE(server_->start().ok());
    opens.join();
    EXPECT_TRUE(store);
}

// The third reading is refused by a constraint: nothing of the vehicle may stay.
TEST_F(PostgresStore, RollsBackWhenATransactionFailsInTheMiddle) {
    auto store = opened();
    ASSERT_TRUE(store);
    const VideoRow video = sample_video(random_, sample_id(1));
    ASSERT_TRUE(store->begin_video(video).ok());
    const VehicleRow first = sample_vehicle(random_, video.id, 1);
    ASSERT_TRUE(store->write_vehicle(first, sample_readings(random_, first, 2)).ok());
    const std::string before = dump(*store).value();
    execute("ALTER TABLE readings ADD CONSTRAINT refused CHECK (frame <> 21)");
    for (const std::uint32_t track : {1u, 2u}) {
        const VehicleRow row = sample_vehicle(random_, video.id, track);
        const auto written = store->write_vehicle(row, sample_readings(random_, row, 4));
        ASSERT_FALSE(written.ok());
        EXPECT_THAT(written.error().message, AllOf(HasSubstr("refused"), Not(HasSubstr("\n"))));
        EXPECT_EQ(dump(*store).value(), before);
    }
}

TEST_F(PostgresStore, TriesAgainAfterALockTimeout) {
    auto store = opened();
    ASSERT_TRUE(store);
    execute("ALTER DATABASE " + name_ + " SET deadlock_timeout = '50ms'");
    std::thread holder([&] {
        EXPECT_TRUE(
            server_->execute(name_, "BEGIN; LOCK TABLE videos; SELECT pg_sleep(0.5); COMMIT").ok());
    });
    std::this_thread::sleep_for(milliseconds(150));
    const auto written = store->begin_video(sample_video(random_, sample_id(1)));
    holder.join();
    EXPECT_TRUE(written.ok()) << written.error().message;
}

// Two processes' worth of stores replace the same two vehicles in opposite orders.
TEST_F(PostgresStore, WritersOfTheSameRowsDoNotFail) {
    auto setup = opened();
    ASSERT_TRUE(setup);
    const VideoRow video = sample_video(random_, sample_id(1));
    ASSERT_TRUE(setup->begin_video(video).ok());
    std::vector<std::thread> writers;
    std::array<std::string, 4> failures;
    for (std::size_t writer = 0; writer < failures.size(); ++writer) {
        writers.emplace_back([&, writer] {
            auto store = open_store(server_->url(name_), Access::kReadWrite).value();
            Random random(test_seed());
            for (int i = 0; i < 50; ++i) {
                for (const std::uint32_t track : {1u, 2u}) {
                    const VehicleRow row =
                        sample_vehicle(random, video.id, writer % 2 == 0 ? track : 3 - track);
                    const auto done = store->write_vehicle(row, sample_readings(random, row, 3));
                    if (!done) failures[writer] = done.error().message;
                }
                const auto done = store->finish_video(video, std::vector{1u, 2u});
                if (!done) failures[writer] = done.error().message;
            }
        });
    }
    for (std::thread& writer : writers) writer.join();
    for (const std::string& failure : failures) EXPECT_EQ(failure, "");
    EXPECT_EQ(setup->vehicles({}).value().size(), 2u);
    EXPECT_EQ(setup->readings(video.id, 1).value().size(), 3u);
}

// The rest goes through a proxy, which can do to a connection what a network does.
class PostgresBehindAProxy : public PostgresStore {
  protected:
    void SetUp() override {
        PostgresStore::SetUp();
        if (server_ == nullptr) return;
        auto proxy = PostgresProxy::create(*server_, [this](std::size_t) {
            return ConnectionFault{next_.exchange(ConnectionFault::Kind::kNone)};
        });
        ASSERT_TRUE(proxy.ok()) << proxy.error().message;
        proxy_ = std::move(proxy).value();
    }
    // More than an answer takes on a busy machine.
    static constexpr int kPatienceMs = 1'500;
    std::string url(int patience_ms = kPatienceMs) const {
        return proxy_->url(server_->url(name_),
                           "connect_timeout=2&tcp_user_timeout=" + std::to_string(patience_ms));
    }
    std::unique_ptr<Store> opened(int patience_ms = kPatienceMs) const {
        auto store = open_store(url(patience_ms), Access::kReadWrite);
        EXPECT_TRUE(store.ok()) << store.error().message;
        return store.ok() ? std::move(store).value() : nullptr;
    }
    // A store whose first transaction is done, but the answer to its COMMIT gets lost.
    std::unique_ptr<Store> opened_for_a_lost_commit() {
        next_ = ConnectionFault::Kind::kLoseCommit;
        return opened(20'000);
    }

    std::atomic<ConnectionFault::Kind> next_ = ConnectionFault::Kind::kNone;
    std::unique_ptr<PostgresProxy> proxy_;
};

TEST_F(PostgresBehindAProxy, AServerThatFallsSilentIsGivenUp) {
    auto store = opened();
    ASSERT_TRUE(store);
    const VideoRow video = sample_video(random_, sample_id(1));
    ASSERT_TRUE(store->begin_video(video).ok());
    EXPECT_FALSE(store->is_cut_off());
    proxy_->stall_all();
    const auto start = std::chrono::steady_clock::now();
    const auto written = store->finish_video(video, std::nullopt);
    ASSERT_FALSE(written.ok());
    // Silence once, and then no new connection.
    EXPECT_THAT(written.error().message, HasSubstr("timeout expired"));
    EXPECT_TRUE(store->is_cut_off());
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(20));
    proxy_->heal();
    EXPECT_TRUE(store->finish_video(video, std::nullopt).ok());
    EXPECT_FALSE(store->is_cut_off());
    EXPECT_EQ(store->videos().value().size(), 1u);
}

TEST_F(PostgresBehindAProxy, AServerThatTakesConnectionsAndSaysNothing) {
    proxy_->stall_all();
    const auto start = std::chrono::steady_clock::now();
    EXPECT_THAT(error_of(url()), AllOf(HasSubstr("timeout expired"), HasSubstr("127.0.0.1")));
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(20));
}

// The connection is alive, and the answer to one statement does not come.
TEST_F(PostgresBehindAProxy, AStatementThatIsNeverAnsweredIsCutOff) {
    auto store = opened();
    ASSERT_TRUE(store);
    const VideoRow video = sample_video(random_, sample_id(1));
    execute(
        "CREATE FUNCTION sleeps() RETURNS trigger LANGUAGE plpgsql AS "
        "'BEGIN PERFORM pg_sleep(60); RETURN NEW; END'");
    execute("CREATE TRIGGER sleeps BEFORE INSERT ON videos FOR EACH ROW EXECUTE FUNCTION sleeps()");
    const auto written = store->begin_video(video);
    ASSERT_FALSE(written.ok());
    EXPECT_THAT(written.error().message,
                AllOf(HasSubstr("no answer for 1500 ms"), HasSubstr("tried twice")));
    execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() "
        "AND datname = current_database()");
    execute("DROP TRIGGER sleeps ON videos");
    EXPECT_TRUE(store->begin_video(video).ok());
}

TEST_F(PostgresBehindAProxy, ALostAnswerToACommitWritesNothingTwice) {
    const VideoRow video = sample_video(random_, sample_id(1));
    const VehicleRow vehicle = sample_vehicle(random_, video.id, 1);
    const auto readings = sample_readings(random_, vehicle, 3);
    auto expected = open_store("memory:", Access::kReadWrite).value();
    ASSERT_TRUE(opened());
    const auto both = [&](const auto& change) {
        const std::size_t before = proxy_->faults();
        change(*opened_for_a_lost_commit());
        EXPECT_EQ(proxy_->faults(), before + 1);
        change(*expected);
        EXPECT_EQ(dump(*opened()).value(), dump(*expected).value());
        EXPECT_EQ(opened()->corrections(std::nullopt).value(),
                  expected->corrections(std::nullopt).value());
    };
    both([&](Store& store) { EXPECT_TRUE(store.begin_video(video).ok()); });
    both([&](Store& store) { EXPECT_TRUE(store.write_vehicle(vehicle, readings).ok()); });
    for (const char* plate : {"B1", "B2"}) {
        const Correction correction{video.id, 1, plate, "seen", "2024-05-06T07:08:09+02:00"};
        both([&](Store& store) {
            const auto entered = store.correct(correction);
            ASSERT_TRUE(entered.ok()) << entered.error().message;
            EXPECT_EQ(entered->plate, plate);
        });
    }
    // The later one goes, the earlier one stays.
    both([&](Store& store) { EXPECT_EQ(store.withdraw_correction(video.id, 1).value(), true); });
    EXPECT_EQ(expected->corrections(std::nullopt).value().size(), 1u);
    both([&](Store& store) {
        const auto gone = store.forget({{}, {video.id}, {}}, [] { return Result<void>(); });
        ASSERT_TRUE(gone.ok()) << gone.error().message;
        EXPECT_EQ(gone->vehicles, 1);
        EXPECT_EQ(gone->readings, 3);
    });
}

}  // namespace
}  // namespace dashcam
