#include "search/plate_pattern.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "video/printable_path.h"

namespace dashcam {
namespace {

// Plates have up to kPlateSlots characters as they are read; a person's correction may have more.
constexpr std::size_t kLongestPattern = 32;
// Of a '?' whose posterior is not known.
constexpr double kAnySymbol = 1.0 / 36;

// Texts with more unknown characters than this need no test of their own: there are few. Patterns
// with few characters are tested with all of them unknown.
constexpr std::size_t kTestedUnknown = 2;
constexpr std::size_t kFewCharacters = 6;

// `like` with `count` of its letters and digits from `begin` on replaced by '?'; all ways.
void replace_any(const std::string& like, std::size_t begin, std::size_t count,
                 std::vector<std::string>& all) {
    if (count == 0) {
        all.push_back(like);
        return;
    }
    for (std::size_t i = begin; i < like.size(); ++i) {
        if (like[i] == '_' || like[i] == '%') continue;
        std::string with = like;
        with[i] = '?';
        replace_any(with, i + 1, count - 1, all);
    }
}

bool is_separator(char c) { return c == ' ' || c == '-' || c == '.'; }

}  // namespace

Result<PlatePattern> PlatePattern::parse(const std::string& text) {
    std::string kept;
    for (char c : text) {
        if (is_separator(c)) continue;
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
        const bool plain = (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '?' || c == '*';
        if (!plain) {
            return Error{"the pattern '" + printable_text(text) +
                         "' has a character that plates here do not have: use A to Z, 0 to 9, '?' "
                         "for one character and '*' for any number, as in 'AB?12*'"};
        }
        if (c == '*' && kept.ends_with('*')) continue;
        kept += c;
    }
    if (kept.empty()) {
        return Error{
            "the pattern is empty: give a plate or a part of one, as in 'AB?12*'; '*' is "
            "every plate"};
    }
    if (kept.size() > kLongestPattern) {
        return Error{"the pattern '" + kept + "' is longer than any plate"};
    }
    return PlatePattern(std::move(kept));
}

TextTest PlatePattern::test() const {
    std::string like = text_;
    std::replace(like.begin(), like.end(), '?', '_');
    std::replace(like.begin(), like.end(), '*', '%');
    const auto fixed = static_cast<std::size_t>(
        std::count_if(like.begin(), like.end(), [](char c) { return c != '_' && c != '%'; }));
    const bool few = fixed <= kFewCharacters;
    TextTest levels;
    for (std::size_t unknown = 0; unknown <= (few ? fixed : kTestedUnknown); ++unknown) {
        replace_any(like, 0, unknown, levels.emplace_back());
    }
    // Further ones meet no letter or digit of the pattern.
    if (few) levels.emplace_back();
    return levels;
}

double unknown_probability(const PlateTextRow& text, std::size_t index, char symbol) {
    if (index >= text.unknown.size()) return kAnySymbol;
    const auto& symbols = text.unknown[index].symbols;
    const auto found = symbols.find(symbol);
    return found == symbols.end() ? 0 : found->second;
}

double PlatePattern::match(const PlateTextRow& row) const {
    const std::string_view text = row.text;
    // best[j]: of the pattern so far against the first j characters.
    std::vector<double> best(text.size() + 1, 0);
    best[0] = 1;
    for (const char p : text_) {
        std::vector<double> next(text.size() + 1, 0);
        if (p == '*') {
            next[0] = best[0];
            for (std::size_t j = 1; j <= text.size(); ++j) next[j] = std::max(best[j], next[j - 1]);
        } else {
            std::size_t unknown = 0;
            for (std::size_t j = 1; j <= text.size(); ++j) {
                const char t = text[j - 1];
                double fits = p == '?' || p == t ? 1 : 0;
                if (t == '?') {
                    if (p != '?') fits = unknown_probability(row, unknown, p);
                    ++unknown;
                }
                next[j] = best[j - 1] * fits;
            }
        }
        best = std::move(next);
    }
    return best.back();
}

}  // namespace dashcam
