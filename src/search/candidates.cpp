#include "search/candidates.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "search/confusions.h"

namespace dashcam {
namespace {

// As the indexes of plate_texts are: see stores/schema/0002_search.sql.
constexpr std::size_t kPartLength = 3;
// 2^6 ranges, 2^7 whole texts: with one for each set of characters that may be unknown.
constexpr std::size_t kLongestPrefix = 6;
constexpr std::size_t kLongestWhole = 7;
// A character is taken for another at least this often, as a share of what is read right.
constexpr double kUsualConfusion = 0.02;

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

// How `text` may stand in the table: each character itself or '?'.
std::vector<std::string> known_or_not(std::string_view text) {
    std::vector<std::string> choices;
    for (const char c : text) choices.push_back({c, '?'});
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

PlateTextQuery part_query(std::size_t place, std::vector<std::string> parts) {
    PlateTextQuery query;
    query.part = TextPart{place, std::move(parts)};
    return query;
}

// The parts at any place. Texts that consist of the part alone begin with it.
Plan anywhere(const std::vector<std::string>& parts) {
    Plan plan;
    for (std::size_t place = 1; place <= kLastPartPlace; ++place) {
        plan.push_back(part_query(place, parts));
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

}  // namespace

std::vector<Plan> plans_of(const PlatePattern& pattern) {
    const std::string_view text = pattern.text();
    std::vector<Plan> plans;
    const std::size_t prefix = run_length(text, 0);
    if (prefix == text.size() && prefix <= kLongestWhole) {
        PlateTextQuery query;
        query.whole = known_or_not(text);
        return {{query}};
    }
    if (prefix > 0) {
        plans.push_back(
            {part_query(1, known_or_not(text.substr(0, std::min(prefix, kLongestPrefix))))});
    }
    // Before the first star, places are known.
    const std::size_t known = std::min(text.find('*'), text.size());
    for (std::size_t begin = 1; begin + kPartLength <= known && begin < kLastPartPlace; ++begin) {
        if (run_length(text, begin) < kPartLength) continue;
        plans.push_back({part_query(begin + 1, known_or_not(text.substr(begin, kPartLength)))});
    }
    const std::size_t tail = last_run(text);
    const bool ends = tail >= 2 && text.size() > tail;
    if (ends && !pattern.has_star() && text.size() <= kLastPartPlace + 1) {
        plans.push_back({part_query(text.size() - 1, known_or_not(text.substr(text.size() - 2)))});
    }
    if (!pattern.has_star()) return plans;
    if (ends && tail == 2) {
        Plan plan = anywhere(known_or_not(text.substr(text.size() - 2)));
        // At place 1 it would be every text that begins so.
        plan.front() = PlateTextQuery();
        plan.front().whole = known_or_not(text.substr(text.size() - 2));
        plans.push_back(std::move(plan));
    }
    for (std::size_t begin = known; begin + kPartLength <= text.size(); ++begin) {
        if (run_length(text, begin) < kPartLength) continue;
        plans.push_back(anywhere(known_or_not(text.substr(begin, kPartLength))));
    }
    return plans;
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
        Plan plan{part_query(1, usual_readings(text.substr(0, first)))};
        // With a character lost or added before it, the end stands one place off.
        const std::size_t place = length - last + 1;
        for (std::size_t at = place - 1; at <= std::min(place + 1, kLastPartPlace); ++at) {
            plan.push_back(part_query(at, usual_readings(text.substr(length - last))));
        }
        return {plan};
    }
    if (head >= kPartLength) {
        Plan plan{part_query(1, usual_readings(text.substr(0, kPartLength)))};
        if (head >= 2 * kPartLength) {
            for (std::size_t at = kPartLength; at <= kPartLength + 2; ++at) {
                plan.push_back(
                    part_query(at, usual_readings(text.substr(kPartLength, kPartLength))));
            }
        }
        return {plan};
    }
    for (std::size_t begin = 0; begin + kPartLength <= length; ++begin) {
        if (run_length(text, begin) >= kPartLength) {
            return {anywhere(usual_readings(text.substr(begin, kPartLength)))};
        }
    }
    return {};
}

}  // namespace dashcam
