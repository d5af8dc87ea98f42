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

std::string PlatePattern::like() const {
    std::string text = text_;
    std::replace(text.begin(), text.end(), '?', '_');
    std::replace(text.begin(), text.end(), '*', '%');
    return text;
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
