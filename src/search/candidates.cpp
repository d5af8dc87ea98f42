#include "search/candidates.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>

#include "search/confusions.h"
#include "search/fuzzy_match.h"

namespace dashcam {
namespace {

// As the indexes of plate_texts are: see stores/schema/0004_search_by_rank.sql and 0006.
constexpr std::size_t kPartLength = 3;
// 2^6 ranges, 2^7 whole texts: with one for each set of characters that may be unknown.
constexpr std::size_t kLongestPrefix = 6;
constexpr std::size_t kLongestWhole = 7;
// A character is taken for another at least this often, as a share of what is read right.
constexpr double kUsualConfusion = 0.02;

// Rough shares of the texts, to try the most promising plans first: that have one character at its
// place, and that end just there.
constexpr double kShareOfCharacter = 1.0 / 15;
constexpr double kShareOfEnd = 0.3;

// Longer than any text.
constexpr std::size_t kLongestText = 1000;

constexpr std::string_view kSymbols = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

bool is_fixed(char c) { return c != '?' && c != '*'; }

// Every text that has one of `choices[i]` at place i.
std::vector<std::string> products(const std::vector<std::string>& choices) {
    std::vector<std::string> texts{""};
    for (const std::string& some : choices) {
        std::vector<std::string> longer;
        for (const std::string& text : texts) {
            for (const char c : some) longer.push_back(text + c);
        }
        texts = std::move(longer);
    }
    return texts;
}

// How `text` may stand in the table: each character itself or '?'; for a '?', any symbol.
std::vector<std::string> known_or_not(std::string_view text) {
    std::vector<std::string> choices;
    for (const char c : text) {
        choices.push_back(c == '?' ? std::string(kSymbols) + '?' : std::string{c, '?'});
    }
    return products(choices);
}

// The same, and with the usual confusions.
std::vector<std::string> usual_readings(std::string_view text) {
    std::vector<std::string> choices;
    for (const char c : text) {
        std::string& some = choices.emplace_back(std::string{c, '?'});
        for (const char read : kSymbols) {
            if (read != c && confusion(c, read) >= kUsualConfusion) some += read;
        }
    }
    return products(choices);
}

PlateTextQuery part_query(std::size_t place, PartMatch match, std::vector<std::string> parts) {
    PlateTextQuery query;
    query.part = TextPart{place, match, std::move(parts)};
    return query;
}

// All parts at one place. Several ranges in one query would make SQLite read the row of each text
// in them, so each is a query of the plan.
void add_queries(Plan& plan, std::size_t place, PartMatch match,
                 const std::vector<std::string>& parts) {
    if (match == PartMatch::kEqual) {
        plan.push_back(part_query(place, match, parts));
        return;
    }
    for (const std::string& part : parts) plan.push_back(part_query(place, match, {part}));
}

// From a first place on, at any.
Plan anywhere(std::size_t first, PartMatch match, const std::vector<std::string>& parts) {
    Plan plan;
    for (std::size_t place = first; place <= kLastPartPlace; ++place) {
        add_queries(plan, place, match, parts);
    }
    return plan;
}

// Length of the run of fixed characters from `begin` on.
std::size_t run_length(std::string_view text, std::size_t begin) {
    std::size_t end = begin;
    while (end < text.size() && is_fixed(text[end])) ++end;
    return end - begin;
}

std::size_t last_run(std::string_view text) {
    std::size_t length = 0;
    while (length < text.size() && is_fixed(text[text.size() - 1 - length])) ++length;
    return length;
}

struct Ranked {
    double share = 1;
    Plan plan;
};

// What begins with the fixed character at `begin`.
Ranked plan_of_part(std::string_view text, std::size_t begin) {
    const std::size_t star = std::min(text.find('*', begin), text.size());
    std::string_view part = text.substr(begin, std::min(kPartLength, star - begin));
    const bool ends = begin + part.size() == text.size();
    // A '?' between two characters is worth asking for every symbol, more of them are not.
    const auto unknown = static_cast<std::size_t>(std::count(part.begin(), part.end(), '?'));
    const bool whole = unknown == 0 || (unknown == 1 && (ends || part.back() != '?'));
    const bool equal = whole && (ends || part.size() == kPartLength);
    if (!equal) part = part.substr(0, run_length(text, begin));
    if (!equal) part = part.substr(0, std::min(part.size(), kPartLength));
    const PartMatch match = equal ? PartMatch::kEqual : PartMatch::kBegins;
    const auto fixed = static_cast<double>(std::count_if(part.begin(), part.end(), is_fixed));
    Ranked ranked;
    ranked.share =
        std::pow(kShareOfCharacter, fixed) * (equal && part.size() < kPartLength ? kShareOfEnd : 1);
    const auto before = static_cast<std::size_t>(
        std::count_if(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(begin),
                      [](char c) { return c != '*'; }));
    const std::size_t place = before + 1;
    if (before < begin) {
        ranked.plan = anywhere(place, match, known_or_not(part));
        ranked.share *= static_cast<double>(kLastPartPlace - before);
    } else if (place <= kLastPartPlace) {
        add_queries(ranked.plan, place, match, known_or_not(part));
    }
    return ranked;
}

// Every text that is as long as the pattern, or longer if it has a star.
Plan plan_of_length(const PlatePattern& pattern) {
    const std::string& text = pattern.text();
    const auto least =
        text.size() - static_cast<std::size_t>(std::count(text.begin(), text.end(), '*'));
    PlateTextQuery query;
    query.length = TextLength{least, pattern.has_star() ? kLongestText : least};
    return {query};
}

}  // namespace

std::vector<Plan> plans_of(const PlatePattern& pattern) {
    const std::string_view text = pattern.text();
    const std::size_t prefix = run_length(text, 0);
    if (prefix == text.size() && prefix <= kLongestWhole) {
        PlateTextQuery query;
        query.whole = known_or_not(text);
        return {{query}};
    }
    std::vector<Ranked> ranked;
    if (prefix > kPartLength) {
        const std::size_t length = std::min(prefix, kLongestPrefix);
        Ranked& one = ranked.emplace_back();
        one.share = std::pow(kShareOfCharacter, static_cast<double>(length));
        add_queries(one.plan, 1, PartMatch::kBegins, known_or_not(text.substr(0, length)));
    }
    for (std::size_t begin = 0; begin < text.size(); ++begin) {
        if (!is_fixed(text[begin])) continue;
        Ranked one = plan_of_part(text, begin);
        if (!one.plan.empty()) ranked.push_back(std::move(one));
    }
    std::stable_sort(ranked.begin(), ranked.end(),
                     [](const Ranked& a, const Ranked& b) { return a.share < b.share; });
    std::vector<Plan> plans;
    for (Ranked& one : ranked) plans.push_back(std::move(one.plan));
    if (plans.empty() && !pattern.is_everything()) plans.push_back(plan_of_length(pattern));
    return plans;
}

TextTest fuzzy_test_of(const PlatePattern& pattern) {
    std::string fixed;
    for (const char c : pattern.text()) {
        if (is_fixed(c)) fixed += c;
    }
    if (fixed.size() <= kMostErrors) return {};
    // All but kMostErrors stand in the text, in this order.
    TextTest test(1);
    std::string chosen(fixed.size(), 'y');
    std::fill_n(chosen.begin(), kMostErrors, 'n');
    do {
        std::string like = "%";
        for (std::size_t i = 0; i < fixed.size(); ++i) {
            if (chosen[i] == 'y') like += {fixed[i], '%'};
        }
        test[0].push_back(std::move(like));
    } while (std::next_permutation(chosen.begin(), chosen.end()));
    std::sort(test[0].begin(), test[0].end());
    test[0].erase(std::unique(test[0].begin(), test[0].end()), test[0].end());
    return test;
}

std::vector<Plan> fuzzy_plans_of(const PlatePattern& pattern) {
    const std::string_view text = pattern.text();
    const std::size_t head = run_length(text, 0);
    const std::size_t tail = last_run(text);
    const std::size_t length = text.size();
    if (!pattern.has_star()) {
        // Both ends, without overlap: one error leaves one of them whole.
        const std::size_t first = std::min(kPartLength, length / 2);
        const std::size_t last = std::min(kPartLength, length - first);
        if (first < 2 || head < first || tail < last) return {};
        Plan plan{part_query(1, first == kPartLength ? PartMatch::kEqual : PartMatch::kBegins,
                             usual_readings(text.substr(0, first)))};
        // With a character lost or added before it, the end stands one place off.
        const std::size_t place = length - last + 1;
        for (std::size_t at = place - 1; at <= std::min(place + 1, kLastPartPlace); ++at) {
            plan.push_back(
                part_query(at, PartMatch::kEqual, usual_readings(text.substr(length - last))));
        }
        return {plan};
    }
    if (head >= kPartLength) {
        Plan plan{part_query(1, PartMatch::kEqual, usual_readings(text.substr(0, kPartLength)))};
        if (head >= 2 * kPartLength) {
            for (std::size_t at = kPartLength; at <= kPartLength + 2; ++at) {
                plan.push_back(part_query(at, PartMatch::kEqual,
                                          usual_readings(text.substr(kPartLength, kPartLength))));
            }
        }
        return {plan};
    }
    for (std::size_t begin = 0; begin + kPartLength <= length; ++begin) {
        if (run_length(text, begin) >= kPartLength) {
            return {
                anywhere(1, PartMatch::kEqual, usual_readings(text.substr(begin, kPartLength)))};
        }
    }
    return {};
}

}  // namespace dashcam
