// Search against every kind of store: what is found is what reading every text would find.
#include "search/plate_search.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <iterator>
#include <map>
#include <random>
#include <set>
#include <tuple>

#include "search/fuzzy_match.h"
#include "stores/testing/sample_rows.h"
#include "stores/testing/store_places.h"

namespace dashcam {
namespace {

template <typename T>
T taken(Result<T> result) {
    EXPECT_TRUE(result.ok()) << (result.ok() ? "" : result.error().message);
    return result.ok() ? std::move(result).value() : T();
}

// How often random searches are tried: `usual`, times DASHCAM_TEST_ROUNDS if that is set.
int rounds(int usual) {
    const char* times = std::getenv("DASHCAM_TEST_ROUNDS");
    return usual * (times == nullptr ? 1 : std::max(1, std::atoi(times)));
}

class PlateSearch : public testing::TestWithParam<const char*> {
  protected:
    // Memory has one way to search, and decodes every row each time.
    bool in_memory() const { return std::string(GetParam()) == "memory"; }
    static constexpr std::int64_t kDrive_us = 300'000;  // they come one after the other
    std::uint32_t vehicles() const { return in_memory() ? 60 : 240; }

    void SetUp() override {
        place_ = make_place(GetParam());
        if (!place_) GTEST_SKIP() << PrivatePostgres::skip_message();
        store_ = taken(open_store(place_->url(), Access::kReadWrite));
        std::map<std::string, std::vector<VehicleWithReadings>> rows;
        for (std::uint32_t track = 1; track <= vehicles(); ++track) {
            const VehicleRow row = any_vehicle(track);
            rows[row.video].push_back({row, {}});
        }
        for (std::uint32_t number = 1; number <= 3; ++number) {
            VideoRow video = sample_video(random_, sample_id(number));
            video.path = "/card/" + std::to_string(number) + ".mp4";
            for (VehicleWithReadings& row : rows[video.id]) row.row.settings = video.settings;
            ASSERT_TRUE(store_->finish_video(video, std::nullopt, rows[video.id]).ok());
        }
    }
    // Plates of few different characters, so that many are alike.
    std::string any_plate() {
        std::string text(3 + random_() % 6, ' ');
        for (char& c : text) c = "0O8BA1?"[random_() % 7];
        return text;
    }
    VehicleRow any_vehicle(std::uint32_t track) {
        VehicleRow row = sample_vehicle(random_, sample_id(track % 3 + 1), track);
        row.plate = track % 9 == 0 ? "" : any_plate();
        row.tier = row.plate.find('?') == std::string::npos ? "probable" : "partial";
        row.vehicle_class = track % 4 == 0 ? "bus" : "car";
        row.first_us = kDrive_us / vehicles() * track;
        row.last_us = row.first_us + 500;
        row.confidence = static_cast<double>(random_() % 1000) / 1000;
        row.characters.clear();
        for (std::size_t i = 0; i < row.plate.size(); ++i) {
            row.characters.push_back({0.5, {{'0', 0.25}, {'8', 0.5}, {'B', 0.125}}});
        }
        row.alternatives = {{any_plate(), 0.25}, {any_plate(), 0.001}};
        return row;
    }
    SearchResult search(const std::string& pattern, Fuzzy fuzzy = Fuzzy::kNo,
                        std::size_t limit = 10'000) {
        SearchQuery query{*PlatePattern::parse(pattern), fuzzy, {}, {}, limit};
        return taken(search_plates(*store_, query));
    }
    void read_texts() {
        if (!texts_.empty()) return;
        for (const VehicleRow& row : taken(store_->vehicles({}))) {
            texts_[{row.video, row.track}] = taken(store_->plate_texts(row.video, row.track));
        }
    }
    // Vehicles and probabilities, by looking at every text.
    std::vector<std::pair<double, VehicleKey>> expected(const std::string& text) {
        const PlatePattern pattern = *PlatePattern::parse(text);
        std::vector<std::pair<double, VehicleKey>> found;
        read_texts();
        for (const auto& [key, texts] : texts_) {
            double best = 0;
            for (const PlateTextRow& known : texts) {
                best = std::max(best, known.probability * pattern.match(known));
            }
            if (best >= kMinHitProbability) found.emplace_back(-best, key);
        }
        std::sort(found.begin(), found.end());
        return found;
    }
    static std::vector<std::pair<double, VehicleKey>> of(const SearchResult& result) {
        std::vector<std::pair<double, VehicleKey>> found;
        for (const SearchHit& hit : result.hits) {
            found.emplace_back(-hit.probability, VehicleKey{hit.vehicle.video, hit.vehicle.track});
        }
        std::sort(found.begin(), found.end());
        return found;
    }

    static std::string whole(std::string text) {
        std::replace(text.begin(), text.end(), '?', 'A');
        return text;
    }
    std::string any_pattern() {
        if (random_() % 4 != 0) {  // one that fits
            read_texts();
            const auto& texts =
                std::next(texts_.begin(), static_cast<std::ptrdiff_t>(random_() % texts_.size()))
                    ->second;
            if (!texts.empty()) {
                std::string pattern = texts.front().text;
                for (char& c : pattern) c = std::array{c, c, c, '?', '*'}[random_() % 5];
                return pattern;
            }
        }
        std::string pattern(1 + random_() % 8, ' ');
        for (char& c : pattern) c = "0O8BA1??*"[random_() % 9];
        return pattern;
    }
    void any_filter(SearchQuery& query) {
        VehicleFilter& filter = query.vehicle;
        filter.view = PlateView::kCorrected;
        if (random_() % 4 == 0) filter.vehicle_class = random_() % 2 == 0 ? "bus" : "car";
        if (random_() % 4 == 0) {
            filter.tier = std::vector{"partial", "probable", "corrected", "none"}[random_() % 4];
        }
        if (random_() % 6 == 0) filter.min_confidence = 0.5;
        if (random_() % 6 == 0) filter.from_us = 200'000;
        if (random_() % 6 == 0) filter.until_us = 400'000;
        if (random_() % 5 == 0)
            filter.video = sample_id(1 + static_cast<std::uint32_t>(random_() % 3));
        if (random_() % 4 != 0) return;
        query.windows.emplace();
        for (std::size_t i = random_() % 5; i > 0; --i) {
            const auto from = static_cast<std::int64_t>(random_() % 600'000);
            query.windows->push_back(
                {sample_id(1 + static_cast<std::uint32_t>(random_() % 3)), from, from + 150'000});
        }
    }
    // All hits, by looking at every text.
    std::vector<SearchHit> by_brute_force(const SearchQuery& query) {
        std::vector<SearchHit> hits;
        read_texts();
        for (const VehicleRow& row : taken(store_->vehicles(query.vehicle))) {
            const bool inside =
                !query.windows ||
                std::any_of(query.windows->begin(), query.windows->end(), [&](const auto& window) {
                    return row.video == window.video && row.last_us >= window.from_us &&
                           row.first_us <= window.until_us;
                });
            if (!inside) continue;
            SearchHit best;
            for (const PlateTextRow& text : texts_[{row.video, row.track}]) {
                const double probability = text.probability * query.pattern.match(text);
                if (probability <= best.probability) continue;
                best = {row, text.text, text.kind, true, probability};
            }
            if (best.probability >= kMinHitProbability) hits.push_back(best);
        }
        std::sort(hits.begin(), hits.end(), [](const SearchHit& a, const SearchHit& b) {
            return std::tie(b.probability, a.text, a.vehicle.video, a.vehicle.track) <
                   std::tie(a.probability, b.text, b.vehicle.video, b.vehicle.track);
        });
        return hits;
    }

    Random random_{test_seed()};
    std::unique_ptr<StorePlace> place_;
    std::unique_ptr<Store> store_;
    std::map<VehicleKey, std::vector<PlateTextRow>> texts_;
};

TEST_P(PlateSearch, FindsWhatLookingAtEveryTextFinds) {
    std::vector<std::string> patterns{"*",     "0*",       "*0",       "*0*",    "*80",
                                      "*BA",   "0B8",      "8?0*",     "B??8",   "??0B8",
                                      "*0?8*", "*0B8*",    "0*8",      "0B*8A",  "*080B*",
                                      "???",   "0B80B80B", "?????B80", "*1*0*8*"};
    for (int i = 0; i < rounds(10); ++i) {
        std::string pattern(1 + random_() % 8, ' ');
        for (char& c : pattern) c = "0O8BA1?*"[random_() % 8];
        patterns.push_back(pattern);
    }
    std::size_t hits = 0;
    for (const std::string& pattern : patterns) {
        const auto found = of(search(pattern));
        EXPECT_EQ(found, expected(pattern)) << pattern;
        hits += found.size();
    }
    EXPECT_GT(hits, 4u * vehicles());
}

TEST_P(PlateSearch, RanksAndLimits) {
    const SearchResult all = search("*0*");
    const SearchResult some = search("*0*", Fuzzy::kNo, 10);
    EXPECT_FALSE(all.more);
    EXPECT_TRUE(some.more);
    ASSERT_EQ(some.hits.size(), 10u);
    for (std::size_t i = 0; i < some.hits.size(); ++i) {
        EXPECT_EQ(some.hits[i].vehicle, all.hits[i].vehicle) << i;
        EXPECT_EQ(some.hits[i].probability, all.hits[i].probability);
        if (i > 0) {
            EXPECT_LE(some.hits[i].probability, some.hits[i - 1].probability);
        }
    }
}

TEST_P(PlateSearch, FindsNeighbours) {
    VehicleRow row = taken(store_->vehicles({})).at(0);
    for (const auto& [track, plate] :
         {std::pair(1001u, "KV67WRT"), std::pair(1002u, "KV67WR"), std::pair(1003u, "KV67WXRT"),
          std::pair(1004u, "KO6TW8T"), std::pair(1005u, "QQ99QQQ")}) {
        row.track = track;
        row.plate = plate;
        row.confidence = 0.5;
        row.alternatives.clear();
        row.characters.clear();
        ASSERT_TRUE(store_->write_vehicle(row, {}).ok());
    }
    const auto tracks = [&](const std::string& pattern) {
        std::vector<std::uint32_t> found;
        for (const SearchHit& hit : search(pattern, Fuzzy::kYes).hits) {
            found.push_back(hit.vehicle.track);
        }
        return found;
    };
    using testing::ElementsAre;
    EXPECT_EQ(tracks("KV67WRT").at(0), 1001u) << "what fits comes first";
    EXPECT_THAT(tracks("KV67WRT"), testing::IsSupersetOf({1001u, 1002u, 1003u}));
    EXPECT_THAT(tracks("K067WRT"), testing::IsSupersetOf({1001u}));
    EXPECT_THAT(tracks("KO67WBT"), testing::Contains(1004u));
    EXPECT_THAT(tracks("KV67W*"), testing::IsSupersetOf({1001u, 1002u}));
    const auto hits = search("KV67WRT", Fuzzy::kYes).hits;
    EXPECT_TRUE(hits.at(0).exact);
    EXPECT_FALSE(hits.at(1).exact);
    EXPECT_LT(hits.at(1).probability, 0.5);
}

// Neighbours of plates that were read for sure are noise, unless there is nothing else.
TEST_P(PlateSearch, LeavesOutUnlikelyNeighbours) {
    VehicleRow row = taken(store_->vehicles({})).at(0);
    row.alternatives.clear();
    row.characters.clear();
    row.confidence = 0.99999;
    row.track = 1001;
    row.plate = "KV67WRT";
    ASSERT_TRUE(store_->write_vehicle(row, {}).ok());
    const SearchResult alone = search("KV67WPT", Fuzzy::kYes);
    ASSERT_EQ(alone.hits.size(), 1u);
    EXPECT_TRUE(alone.unlikely);
    EXPECT_FALSE(alone.hits[0].exact);
    EXPECT_LT(alone.hits[0].probability, kMinHitProbability);
    row.track = 1002;
    row.plate = "KV67WPT";
    ASSERT_TRUE(store_->write_vehicle(row, {}).ok());
    const SearchResult both = search("KV67WPT", Fuzzy::kYes);
    ASSERT_EQ(both.hits.size(), 1u);
    EXPECT_FALSE(both.unlikely);
    EXPECT_EQ(both.hits[0].vehicle.plate, "KV67WPT");
}

TEST_P(PlateSearch, UsesCorrections) {
    const VehicleRow row = taken(store_->vehicles({})).at(0);
    ASSERT_TRUE(store_->correct({row.video, row.track, "GOOD1", "seen", "now"}).ok());
    const SearchResult found = search("GOOD*");
    ASSERT_FALSE(found.hits.empty());
    EXPECT_EQ(found.hits[0].vehicle.plate, "GOOD1");
    EXPECT_EQ(found.hits[0].vehicle.tier, "corrected");
    EXPECT_EQ(found.hits[0].kind, PlateTextKind::kCorrected);
    EXPECT_EQ(found.hits[0].probability, 1);
}

TEST_P(PlateSearch, Filters) {
    SearchQuery query{*PlatePattern::parse("*"), Fuzzy::kNo, {}, {}, 10'000};
    const auto all = [&](auto holds) {
        for (const SearchHit& hit : taken(search_plates(*store_, query)).hits) {
            if (!holds(hit.vehicle)) return false;
        }
        return !taken(search_plates(*store_, query)).hits.empty();
    };
    query.vehicle.vehicle_class = "bus";
    EXPECT_TRUE(all([](const VehicleRow& row) { return row.vehicle_class == "bus"; }));
    query.vehicle.tier = "partial";
    EXPECT_TRUE(all([](const VehicleRow& row) { return row.tier == "partial"; }));
    query.vehicle.tier = "corrected";
    EXPECT_TRUE(taken(search_plates(*store_, query)).hits.empty());
    query.vehicle = {};
    query.vehicle.min_confidence = 0.75;
    EXPECT_TRUE(all([](const VehicleRow& row) { return row.confidence >= 0.75; }));
    query.vehicle = {};
    query.windows = {{{sample_id(2), 100'000, 200'000}}};
    EXPECT_TRUE(all([](const VehicleRow& row) {
        return row.video == sample_id(2) && row.last_us >= 100'000 && row.first_us <= 200'000;
    }));
    query.windows = std::vector<MediaWindow>();
    EXPECT_TRUE(taken(search_plates(*store_, query)).hits.empty());
}

// Whatever way a search takes, it shows what looking at every text of every vehicle shows, in the
// same order. Patterns, filters, clips, limits and the efforts are random.
TEST_P(PlateSearch, ShowsWhatBruteForceShows) {
    for (int i = 0; i < 12; ++i) {
        const VehicleRow row = taken(store_->vehicles({})).at(random_() % vehicles());
        ASSERT_TRUE(store_
                        ->correct({row.video, row.track, i % 4 == 0 ? "" : whole(any_plate()),
                                   "seen", "now"})
                        .ok());
    }
    std::size_t hits = 0;
    const int queries = rounds(in_memory() ? 16 : 32);
    for (int i = 0; i < queries; ++i) {
        const std::string text = any_pattern();
        SearchQuery query{*PlatePattern::parse(text), Fuzzy::kNo, {}, {}, 1 + random_() % 40};
        any_filter(query);
        const SearchEffort effort{random_() % 3 * 30, random_() % 3 * 150, random_() % 200,
                                  random_() % 3 * 200, random_() % 3};
        const SearchResult found = taken(search_plates(*store_, query, effort));
        const std::vector<SearchHit> all = by_brute_force(query);
        const std::string what =
            text + ", query " + std::to_string(i) + ", limit " + std::to_string(query.limit) +
            ", efforts " + std::to_string(effort.few_candidates) + " " +
            std::to_string(effort.most_candidates) + " " + std::to_string(effort.short_walk) + " " +
            std::to_string(effort.filtered_walk) + " " + std::to_string(effort.few_windows);
        EXPECT_EQ(found.more, all.size() > query.limit) << what;
        ASSERT_EQ(found.hits.size(), std::min(all.size(), query.limit)) << what;
        for (std::size_t j = 0; j < found.hits.size(); ++j) {
            ASSERT_EQ(found.hits[j].vehicle, all[j].vehicle) << what << ", hit " << j;
            ASSERT_EQ(found.hits[j].text, all[j].text) << what << ", hit " << j;
            ASSERT_EQ(found.hits[j].probability, all[j].probability) << what << ", hit " << j;
        }
        hits += found.hits.size();
    }
    EXPECT_GT(hits, static_cast<std::size_t>(queries));
}

// What a pattern finds by both ends is not lost to the database's own test of texts.
TEST_P(PlateSearch, TestsOfTextsLetEveryMatchPass) {
    for (int i = 0; i < rounds(10); ++i) {
        const PlatePattern pattern = *PlatePattern::parse(any_pattern());
        PlateTextQuery exact, near, all;
        exact.limit = near.limit = all.limit = 100'000;
        exact.like = pattern.test();
        near.like = fuzzy_test_of(pattern);
        const auto passing = [&](const PlateTextQuery& query) {
            std::set<std::pair<VehicleKey, std::string>> keys;
            for (const auto& row : taken(store_->find_texts(query, TextOrder::kAny))) {
                keys.insert({{row.video, row.track}, row.text});
            }
            return keys;
        };
        const auto exactly = passing(exact), nearly = passing(near);
        for (const auto& row : taken(store_->find_texts(all, TextOrder::kAny))) {
            const std::pair<VehicleKey, std::string> key{{row.video, row.track}, row.text};
            if (pattern.match(row) > 0) {
                EXPECT_TRUE(exactly.contains(key)) << pattern.text() << " " << row.text;
            }
            if (fuzzy_match(pattern, row) > 0) {
                EXPECT_TRUE(nearly.contains(key)) << pattern.text() << " " << row.text;
            }
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Stores, PlateSearch, testing::Values("memory", "sqlite", "postgresql"),
                         [](const auto& test) { return std::string(test.param); });

}  // namespace
}  // namespace dashcam
