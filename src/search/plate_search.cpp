#include "search/plate_search.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "search/fuzzy_match.h"

namespace dashcam {
namespace {

// A plan with more rows than this is slower than walking through the most probable ones, which
// soon finds enough hits if that many fit.
constexpr std::size_t kFewCandidates = 10'000;
// The first walk, and how much longer each further one is.
constexpr std::size_t kFirstWalk = 512;
constexpr std::size_t kLongerWalk = 8;
constexpr std::size_t kNoLimit = 1'000'000'000;

// The best text of each vehicle so far.
class Hits {
  public:
    explicit Hits(const SearchQuery& query) : query_(query) {}

    void consider(const PlateTextRow& row) {
        SearchHit hit;
        hit.text = row.text;
        hit.kind = row.kind;
        hit.probability = std::clamp(row.probability, 0.0, 1.0) * query_.pattern.match(row);
        if (query_.fuzzy == Fuzzy::kYes && row.kind != PlateTextKind::kAlternative) {
            const double near = fuzzy_match(query_.pattern, row);
            if (near > hit.probability) {
                hit.probability = near;
                hit.exact = false;
            }
        }
        if (!(hit.probability >= (hit.exact ? kMinHitProbability : kMinSimilarProbability))) return;
        SearchHit& best = best_[{row.video, row.track}];
        if (hit.probability > best.probability) best = std::move(hit);
    }
    // Most probable first; one more than the limit, if there is one.
    std::vector<std::pair<VehicleKey, SearchHit>> ranked() const {
        std::vector<std::pair<VehicleKey, SearchHit>> all(best_.begin(), best_.end());
        const auto wanted = std::min(all.size(), query_.limit + 1);
        std::partial_sort(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(wanted), all.end(),
                          [](const auto& a, const auto& b) {
                              return std::tie(b.second.probability, a.second.text, a.first) <
                                     std::tie(a.second.probability, b.second.text, b.first);
                          });
        all.resize(wanted);
        return all;
    }

  private:
    const SearchQuery& query_;
    std::map<VehicleKey, SearchHit> best_;
};

class Search {
  public:
    Search(Store& store, const SearchQuery& query) : store_(store), query_(query), hits_(query) {}

    Result<SearchResult> run() {
        if (query_.windows) {
            TRY(by_windows());
        } else {
            TRY_ASSIGN(const std::optional<Plan> plan, best_plan());
            if (plan) {
                TRY(by_plan(*plan));
            } else {
                TRY(query_.fuzzy == Fuzzy::kYes ? through_all() : through_most_probable());
            }
        }
        return result();
    }

  private:
    void restrict(PlateTextQuery& query) const {
        query.vehicle = query_.vehicle;
        if (query_.fuzzy == Fuzzy::kNo && !query_.pattern.is_everything()) {
            query.like = query_.pattern.like();
        }
        query.limit = kNoLimit;
    }
    Result<std::size_t> take(PlateTextQuery query, TextOrder order) {
        TRY_ASSIGN(const std::vector<PlateTextRow> rows, store_.find_texts(query, order));
        for (const PlateTextRow& row : rows) hits_.consider(row);
        if (!rows.empty()) last_probability_ = rows.back().probability;
        return rows.size();
    }

    // The plan with the fewest rows; none if all have many.
    Result<std::optional<Plan>> best_plan() {
        const bool fuzzy = query_.fuzzy == Fuzzy::kYes;
        const std::vector<Plan> plans =
            fuzzy ? fuzzy_plans_of(query_.pattern) : plans_of(query_.pattern);
        if (fuzzy) return plans.empty() ? std::nullopt : std::optional(plans.front());
        const Plan* best = nullptr;
        std::size_t fewest = kFewCandidates;
        for (const Plan& plan : plans) {
            std::size_t rows = 0;
            for (PlateTextQuery query : plan) {
                if (rows >= fewest) break;
                query.limit = fewest - rows;
                TRY_ASSIGN(const std::size_t found, store_.count_texts(query));
                rows += found;
            }
            if (rows >= fewest) continue;
            fewest = rows;
            best = &plan;
        }
        return best == nullptr ? std::nullopt : std::optional(*best);
    }
    Result<void> by_plan(const Plan& plan) {
        for (PlateTextQuery query : plan) {
            restrict(query);
            TRY(take(query, TextOrder::kAny));
        }
        return {};
    }
    Result<void> by_windows() {
        for (const MediaWindow& window : *query_.windows) {
            PlateTextQuery query;
            restrict(query);
            VehicleFilter& filter = query.vehicle;
            if (filter.video && *filter.video != window.video) continue;
            filter.video = window.video;
            filter.from_us = std::max(filter.from_us.value_or(window.from_us), window.from_us);
            filter.until_us = std::min(filter.until_us.value_or(window.until_us), window.until_us);
            TRY(take(query, TextOrder::kAny));
        }
        return {};
    }
    Result<void> through_all() {
        PlateTextQuery query;
        restrict(query);
        TRY(take(query, TextOrder::kAny));
        return {};
    }
    // A text's probability is the most that its hit can have.
    Result<void> through_most_probable() {
        PlateTextQuery query;
        restrict(query);
        for (query.limit = std::max(kFirstWalk, query_.limit + 1);; query.limit *= kLongerWalk) {
            TRY_ASSIGN(const std::size_t rows, take(query, TextOrder::kMostProbable));
            if (rows < query.limit) return {};
            const auto best = hits_.ranked();
            if (best.size() > query_.limit && best.back().second.probability > last_probability_) {
                return {};
            }
        }
    }

    Result<SearchResult> result() {
        auto ranked = hits_.ranked();
        SearchResult result;
        result.more = ranked.size() > query_.limit;
        if (result.more) ranked.resize(query_.limit);
        std::vector<VehicleKey> keys;
        for (const auto& [key, hit] : ranked) keys.push_back(key);
        TRY_ASSIGN(std::vector<VehicleRow> rows, store_.vehicles_of(keys));
        std::map<VehicleKey, VehicleRow*> by_key;
        for (VehicleRow& row : rows) by_key[{row.video, row.track}] = &row;
        for (auto& [key, hit] : ranked) {
            const auto found = by_key.find(key);
            if (found == by_key.end()) continue;  // deleted meanwhile
            hit.vehicle = std::move(*found->second);
            result.hits.push_back(std::move(hit));
        }
        return result;
    }

    Store& store_;
    const SearchQuery& query_;
    Hits hits_;
    double last_probability_ = 0;
};

}  // namespace

Result<SearchResult> search_plates(Store& store, const SearchQuery& query) {
    return Search(store, query).run();
}

}  // namespace dashcam
