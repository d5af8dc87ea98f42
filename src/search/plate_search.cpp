#include "search/plate_search.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <tuple>

#include "search/fuzzy_match.h"
#include "stores/row_rules.h"

namespace dashcam {
namespace {

// Each plan that is tried costs a count.
constexpr std::size_t kMostPlans = 4;
// Where the filter needs the row of each text that is passed by, and not an index alone: so much
// shorter a walk, and so many more texts of a plan, take the same time.
constexpr std::size_t kRowsCost = 8;
// The next walk is so much longer.
constexpr std::size_t kLongerWalk = 8;
// So much longer than it would have to be if hits were spread evenly.
constexpr double kWalkReserve = 1.25;
constexpr std::size_t kVideosAtOnce = 200;
constexpr std::size_t kNoLimit = 1'000'000'000;

// The best text of each vehicle so far.
class Hits {
  public:
    explicit Hits(const SearchQuery& query) : query_(query) {
        if (!query.windows) return;
        for (const MediaWindow& window : *query.windows) windows_[window.video].push_back(window);
    }

    void consider(const PlateTextRow& row) {
        if (query_.windows && !in_window(row)) return;
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
    std::size_t more_probable_than(double probability) const {
        return static_cast<std::size_t>(
            std::count_if(best_.begin(), best_.end(), [&](const auto& hit) {
                return hit.second.probability > probability;
            }));
    }
    // A text that is less probable is none of the best, as ranked() gives them, whatever it says.
    // Not for hits with errors.
    std::optional<double> least_needed() const {
        const auto best = ranked();
        return best.size() > query_.limit ? std::optional(best.back().second.probability)
                                          : std::nullopt;
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
    bool in_window(const PlateTextRow& row) const {
        const auto found = windows_.find(row.video);
        if (found == windows_.end()) return false;
        return std::any_of(found->second.begin(), found->second.end(), [&](const auto& window) {
            return row.last_us >= window.from_us && row.first_us <= window.until_us;
        });
    }

    const SearchQuery& query_;
    std::map<std::string, std::vector<MediaWindow>> windows_;  // by video
    std::map<VehicleKey, SearchHit> best_;
};

class Search {
  public:
    Search(Store& store, const SearchQuery& query, const SearchEffort& effort)
        : store_(store), query_(query), effort_(effort), hits_(query) {}

    Result<SearchResult> run() {
        if (query_.windows && query_.windows->size() <= effort_.few_windows) {
            TRY(by_windows());
        } else if (query_.fuzzy == Fuzzy::kYes) {
            const std::vector<Plan> plans = fuzzy_plans_of(query_.pattern);
            TRY(plans.empty() ? through_all() : by_plan(plans.front()));
        } else {
            TRY(search_exactly());
        }
        return result();
    }

  private:
    void restrict(PlateTextQuery& query) const {
        query.vehicle = query_.vehicle;
        if (query_.fuzzy == Fuzzy::kYes) {
            query.like = fuzzy_test_of(query_.pattern);
        } else if (!query_.pattern.is_everything()) {
            query.like = query_.pattern.test();
        }
        query.limit = kNoLimit;
    }
    Result<std::vector<PlateTextRow>> take(const PlateTextQuery& query, TextOrder order) {
        TRY_ASSIGN(std::vector<PlateTextRow> rows, store_.find_texts(query, order));
        for (const PlateTextRow& row : rows) hits_.consider(row);
        return rows;
    }

    Result<void> search_exactly() {
        const VehicleFilter walked = indexed_part(query_.vehicle);
        const bool by_rows = !(walked == query_.vehicle);
        const std::size_t walk = effort_.short_walk / (by_rows ? kRowsCost : 1);
        std::optional<double> least;
        if (!by_rows && restricts(walked)) {
            // Few texts of a filter are walked through sooner than a plan's are counted.
            TRY_ASSIGN(least, store_.probability_at(walked, walk));
            if (!least) return through_all_of_filter();
        }
        // Whether a plan has few texts is soon counted. Which one has the fewest is, only if a walk
        // does not answer.
        const std::size_t few = effort_.few_candidates * (by_rows ? kRowsCost : 1);
        const std::vector<Plan> plans = plans_of(query_.pattern);
        TRY_ASSIGN(Candidates best, best_plan(plans, std::min(few + 1, effort_.most_candidates)));
        if (!best.plan.empty()) return by_plan(best.plan);
        if (!least) {
            TRY_ASSIGN(least, store_.probability_at(walked, walk));
        }
        TRY_ASSIGN(bool enough, through_most_probable(std::nullopt, least));
        if (enough) return {};
        TRY_ASSIGN(best, best_plan(plans, effort_.most_candidates));
        // A walk that found nearly enough goes on a little.
        const std::size_t longer = length_for_enough(walk, *least);
        const std::size_t few_more = best.plan.empty() ? walk * kLongerWalk : best.rows / 2;
        if (longer - walk <= few_more * (by_rows ? 1 : kRowsCost)) {
            TRY_ASSIGN(const auto further, store_.probability_at(walked, longer));
            TRY_ASSIGN(enough, through_most_probable(least, further));
            if (enough) return {};
        }
        if (!by_rows && restricts(walked)) {
            std::size_t most = effort_.filtered_walk;
            if (!best.plan.empty()) most = std::min(most, best.rows * kRowsCost);
            TRY_ASSIGN(const auto last, store_.probability_at(walked, most));
            if (!last) return through_all_of_filter();
        }
        if (!best.plan.empty()) return by_plan(best.plan);
        if (query_.windows) return by_windows();
        return through_all_of_filter();
    }
    // Of a walk to the probability `least` and on, as dense in hits as one of length `walk` was.
    std::size_t length_for_enough(std::size_t walk, double least) const {
        const std::size_t found = hits_.more_probable_than(least);
        if (found == 0) return kNoLimit;
        const double share = static_cast<double>(query_.limit + 1) / static_cast<double>(found);
        return static_cast<std::size_t>(static_cast<double>(walk) * std::max(share, 1.0) *
                                        kWalkReserve);
    }
    Result<void> through_all_of_filter() {
        TRY(through_most_probable(std::nullopt, std::nullopt));
        return {};
    }

    static bool restricts(const VehicleFilter& filter) {
        return filter.tier || filter.vehicle_class || filter.region;
    }
    // A plan with the number of its rows; without one, all have as many or more.
    struct Candidates {
        std::size_t rows = 0;
        Plan plan;
    };
    Result<Candidates> best_plan(const std::vector<Plan>& plans, std::size_t most) {
        Candidates best{most, {}};
        std::size_t tried = 0;
        for (const Plan& plan : plans) {
            if (++tried > kMostPlans || best.rows <= effort_.few_candidates) break;
            TRY_ASSIGN(const std::size_t rows, store_.count_texts(plan, best.rows));
            if (rows < best.rows) best = {rows, plan};
        }
        return best;
    }
    Result<void> by_plan(Plan plan) {
        std::optional<double> least;
        if (query_.fuzzy == Fuzzy::kNo) least = hits_.least_needed();
        for (PlateTextQuery& query : plan) {
            restrict(query);
            query.min_probability = least;
        }
        TRY_ASSIGN(const std::vector<PlateTextRow> rows, store_.find_texts(plan));
        for (const PlateTextRow& row : rows) hits_.consider(row);
        return {};
    }
    // Clip by clip for few of them, with their times; many clips at once for many.
    Result<void> by_windows() {
        std::set<std::string> videos;
        for (const MediaWindow& window : *query_.windows) {
            if (query_.vehicle.video && *query_.vehicle.video != window.video) continue;
            videos.insert(window.video);
        }
        PlateTextQuery query;
        restrict(query);
        query.vehicle.video.reset();
        for (const std::string& video : videos) {
            query.videos.push_back(video);
            if (query.videos.size() < kVideosAtOnce) continue;
            TRY(take(query, TextOrder::kAny));
            query.videos.clear();
        }
        if (!query.videos.empty()) TRY(take(query, TextOrder::kAny));
        return {};
    }
    Result<void> through_all() {
        PlateTextQuery query;
        restrict(query);
        TRY(take(query, TextOrder::kAny));
        return {};
    }
    // Texts from the probability `from` down to `least`; without, from the first or to the last.
    // True if no other text can give a better hit than those that are shown; those before `from`
    // were considered.
    Result<bool> through_most_probable(std::optional<double> from, std::optional<double> least) {
        PlateTextQuery query;
        restrict(query);
        query.max_probability = from;
        query.min_probability = least;
        // A few more than are shown: what has unknown characters fits less.
        query.limit = query_.limit + query_.limit / 4 + 16;
        for (;; query.limit *= kLongerWalk) {
            TRY_ASSIGN(const auto rows, take(query, TextOrder::kMostProbable));
            const auto best = hits_.ranked();
            const bool full = best.size() > query_.limit;
            if (rows.size() < query.limit) {
                return !least || (full && best.back().second.probability > *least);
            }
            if (full && !before(rows.back(), best.back())) return true;
            // On from there: more rows than all so far, so also more than were as probable.
            query.max_probability = rows.back().probability;
        }
    }
    // Whether a text that comes after `row` could be a better hit than `hit`: hits are in the same
    // order as texts, and a text's probability is the most that its hit can have.
    static bool before(const PlateTextRow& row, const std::pair<VehicleKey, SearchHit>& hit) {
        const VehicleKey key{row.video, row.track};
        return std::tie(hit.second.probability, row.text, key) <
               std::tie(row.probability, hit.second.text, hit.first);
    }

    Result<SearchResult> result() {
        auto ranked = hits_.ranked();
        SearchResult result;
        const auto unlikely = [](const auto& hit) {
            return hit.second.probability < kMinHitProbability;
        };
        result.unlikely = !ranked.empty() && unlikely(ranked.front());
        if (!result.unlikely) std::erase_if(ranked, unlikely);
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
    const SearchEffort effort_;
    Hits hits_;
};

}  // namespace

Result<SearchResult> search_plates(Store& store, const SearchQuery& query,
                                   const SearchEffort& effort) {
    return Search(store, query, effort).run();
}

}  // namespace dashcam
