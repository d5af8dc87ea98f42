// Databases of older versions of this program.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <soci/postgresql/soci-postgresql.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "stores/migrations.h"
#include "stores/store.h"
#include "stores/testing/sample_rows.h"
#include "stores/testing/store_places.h"

namespace dashcam {
namespace {

using testing::HasSubstr;

constexpr std::uint32_t kVehicles = 1500;  // more than the migration takes at once

// The kind of database, and its schema.
using Older = std::pair<const char*, int>;

class OlderSchema : public testing::TestWithParam<Older> {
  protected:
    void SetUp() override {
        place_ = make_place(GetParam().first);
        if (!place_) GTEST_SKIP() << PrivatePostgres::skip_message();
        fill();
        if (!testing::Test::HasFatalFailure()) make_older();
    }
    bool on_sqlite() const { return std::string(GetParam().first) == "sqlite"; }
    int version() const { return GetParam().second; }

    void fill() {
        auto store = open_store(place_->url(), Access::kReadWrite);
        ASSERT_TRUE(store.ok()) << store.error().message;
        Random random(test_seed());
        std::map<std::string, std::vector<VehicleWithReadings>> rows;
        for (std::uint32_t i = 0; i < kVehicles; ++i) {
            const VehicleRow row = sample_vehicle(random, sample_id(i % 3 + 1), i);
            std::vector<ReadingRow> readings = sample_readings(random, row, i % 2);
            for (ReadingRow& reading : readings) {  // columns that the version did not have
                reading.piece = -1;
                if (version() >= 3) continue;
                reading.cut = false;
                reading.places.clear();
            }
            rows[row.video].push_back({row, readings});
        }
        // Each video at once: a transaction for each vehicle takes most of a minute.
        for (std::uint32_t number = 1; number <= 3; ++number) {
            VideoRow video = sample_video(random, sample_id(number));
            for (VehicleWithReadings& row : rows[video.id]) row.row.settings = video.settings;
            ASSERT_TRUE((*store)->finish_video(video, std::nullopt, rows[video.id]).ok());
        }
        before_ = state(**store);
        EXPECT_GT(before_.size(), 1'000'000u);
    }
    // What later versions added goes.
    void make_older() {
        const std::string url = place_->url();
        soci::session session(on_sqlite()
                                  ? soci::session(soci::sqlite3, url.substr(url.find(':') + 1))
                                  : soci::session(soci::postgresql, url));
        for (const char* index :
             {"tier_class", "tier_region", "class_region", "all_filters", "length"})
            session << std::string("DROP INDEX plate_texts_by_") + index;
        session << "ALTER TABLE readings DROP COLUMN piece";
        if (version() == 1) {
            session << "DROP TABLE plate_texts";
            session << "DROP TABLE corrections";
            session << "ALTER TABLE readings DROP COLUMN cut";
            session << "ALTER TABLE readings DROP COLUMN places";
        }
        session << "DELETE FROM schema_version WHERE version > " + std::to_string(version());
    }
    // All rows, and what the vehicles are found by.
    static std::string state(Store& store) {
        std::string text = dump(store).value();
        const auto vehicles = store.vehicles({});
        for (const VehicleRow& row : *vehicles) {
            const auto texts = store.plate_texts(row.video, row.track);
            for (const PlateTextRow& found : *texts) {
                text += found.video + " " + std::to_string(found.track) + " " + found.text + " " +
                        std::string(to_string(found.kind)) + " " +
                        std::to_string(found.probability) + " " +
                        std::to_string(found.unknown.size()) + "\n";
            }
        }
        return text;
    }

    std::unique_ptr<StorePlace> place_;
    std::string before_;
};

TEST_P(OlderSchema, KeepsAllRowsAndMakesThemSearchable) {
    auto store = open_store(place_->url(), Access::kReadWrite);
    ASSERT_TRUE(store.ok()) << store.error().message;
    EXPECT_TRUE(state(**store) == before_);  // megabytes, which nobody wants to see
    EXPECT_TRUE((*store)->correct({sample_id(1), 0, "GOOD", "seen", "2024-05-06T07:08:09Z"}).ok());
    auto again = open_store(place_->url(), Access::kReadOnly);
    EXPECT_TRUE(again.ok()) << again.error().message;
}

TEST_P(OlderSchema, ReadingOnlySaysWhatToDo) {
    const auto store = open_store(place_->url(), Access::kReadOnly);
    ASSERT_FALSE(store.ok());
    EXPECT_THAT(store.error().message, HasSubstr("older version"));
    EXPECT_THAT(store.error().message, HasSubstr("dashcam upgrade"));
    EXPECT_THAT(store.error().message,
                HasSubstr("schema " + std::to_string(version()) + ", this one has 6"));
    EXPECT_THAT(store.error().message, testing::Not(HasSubstr("\n")));
}

INSTANTIATE_TEST_SUITE_P(Stores, OlderSchema,
                         testing::Values(Older{"sqlite", 1}, Older{"postgresql", 1},
                                         Older{"sqlite", 4}, Older{"postgresql", 4}),
                         [](const auto& test) {
                             return std::string(test.param.first) + "From" +
                                    std::to_string(test.param.second);
                         });

}  // namespace
}  // namespace dashcam
