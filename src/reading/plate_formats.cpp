#include "reading/plate_formats.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <map>
#include <string>
#include <vector>

#include "reading/reading_quality.h"

namespace dashcam {
namespace {

constexpr std::size_t kLengths = kPlateSlots + 1;
constexpr std::uint64_t kDigits = 0x3FF;
constexpr std::uint64_t kAllLetters = ((std::uint64_t{1} << 36) - 1) & ~kDigits;

// Share of the vehicles whose text follows no known format: vanity plates, unknown countries.
constexpr double kFreeShare = 0.3;
// The boost is the prior's log ratio times this: the table's weights are rough.
constexpr double kTrust = 0.5;
// Where the table allows all letters, O and I are nevertheless rarer than others by this: many
// places leave them out, and the table does not know of all.
constexpr double kDigitlike = 0.5;
constexpr std::uint64_t kCommonLetters =
    kAllLetters & ~(std::uint64_t{1} << 24) & ~(std::uint64_t{1} << 18) & ~(std::uint64_t{1} << 26);
// Characters that are drawn alike on many plates, and their twins.
constexpr std::string_view kTwins = "0O1I";
constexpr std::string_view kTwinOf = "O0I1";
// A region must hold this share to be named.
constexpr double kRegionShare = 0.6;

// Index in the alphabet, or -1 for anything but 0-9 and A-Z.
int symbol_of(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'A' && c <= 'Z') return c - 'A' + 10;
    return -1;
}

// What is drawn like c on many plates; c itself if nothing is.
char twin_of(char c) {
    const std::size_t at = kTwins.find(c);
    return at == std::string_view::npos ? c : kTwinOf[at];
}

std::uint64_t letters_of(const char* letters) {
    if (letters == nullptr) return kAllLetters;
    std::uint64_t set = 0;
    for (const char* c = letters; *c != 0; ++c) set |= std::uint64_t{1} << symbol_of(*c);
    return set;
}

std::vector<std::string> words_of(const char* list) {
    std::vector<std::string> words;
    const std::string_view view(list);
    for (std::size_t at = 0; at < view.size();) {
        const std::size_t end = std::min(view.find(' ', at), view.size());
        if (end > at) words.emplace_back(view.substr(at, end - at));
        at = end + 1;
    }
    return words;
}

// One pattern of one length, ready to be compared: codes as sorted texts, then a symbol set per
// character.
struct Matcher {
    std::size_t region = 0;              // index in Matchers::regions
    std::vector<std::string> codes;      // all of one length; empty: none
    std::vector<std::uint64_t> symbols;  // after the code
    // Probability of each text that fits, times 36^length: how much likelier than an arbitrary
    // text.
    double gain = 0;

    bool fits(const std::array<std::int8_t, kLengths>& text, std::string_view characters) const {
        const std::size_t code = codes.empty() ? 0 : codes.front().size();
        for (std::size_t i = 0; i < symbols.size(); ++i) {
            if ((symbols[i] >> text[code + i] & 1) == 0) return false;
        }
        return codes.empty() ||
               std::binary_search(codes.begin(), codes.end(), characters.substr(0, code));
    }

    // How much likelier the text, which fits, is than an arbitrary one.
    double gain_of(std::string_view text) const {
        double out = gain;
        const std::size_t code = text.size() - symbols.size();
        for (std::size_t i = 0; i < symbols.size(); ++i) {
            const char c = text[code + i];
            if ((c == 'O' || c == 'I') && (symbols[i] & kCommonLetters) == kCommonLetters) {
                out *= kDigitlike;
            }
        }
        return out;
    }

    // False if no way to write the twins of the characters after the code fits.
    bool may_fit(std::string_view digits) const {
        for (std::size_t i = 0; i < symbols.size(); ++i) {
            const std::uint64_t either = std::uint64_t{1} << symbol_of(digits[i]) |
                                         std::uint64_t{1} << symbol_of(twin_of(digits[i]));
            if ((symbols[i] & either) == 0) return false;
        }
        return true;
    }

    std::size_t code_length() const { return codes.empty() ? 0 : codes.front().size(); }

    // Codes that differ from `digits` in twins only; `digits` has no O and no I.
    std::vector<std::string> codes_up_to_twins(std::string_view digits) const {
        std::vector<std::string> out;
        for (const std::string& known : codes) {
            const bool same = std::equal(known.begin(), known.end(), digits.begin(),
                                         [](char k, char d) { return k == d || k == twin_of(d); });
            if (same) out.push_back(known);
        }
        return out;
    }

    // Appends character c or its twin to the ways, as far as the set allows; may leave none.
    static void write(char c, std::uint64_t set, std::vector<std::string>& ways) {
        const char twin = twin_of(c);
        const bool plain = (set >> symbol_of(c) & 1) != 0;
        const bool other = twin != c && (set >> symbol_of(twin) & 1) != 0;
        if (plain && other) {
            const std::size_t known = ways.size();
            for (std::size_t w = 0; w < known; ++w) ways.push_back(ways[w] + twin);
            for (std::size_t w = 0; w < known; ++w) ways[w] += c;
        } else if (plain || other) {
            for (std::string& way : ways) way += plain ? c : twin;
        } else {
            ways.clear();
        }
    }
};

class Matchers {
  public:
    static const Matchers& get() {
        static const Matchers kMatchers;
        return kMatchers;
    }

    // Calls visit(matcher) for each that fits. `text` may hold anything.
    template <typename Visit>
    void for_each_fit(std::string_view text, Visit visit) const {
        if (text.empty() || text.size() > kPlateSlots) return;
        std::array<std::int8_t, kLengths> symbols{};
        for (std::size_t i = 0; i < text.size(); ++i) {
            const int symbol = symbol_of(text[i]);
            if (symbol < 0) return;
            symbols[i] = static_cast<std::int8_t>(symbol);
        }
        for (const Matcher& matcher : by_length_[text.size()]) {
            if (matcher.fits(symbols, text)) visit(matcher);
        }
    }

    // Calls visit(way, matcher) for each way to write the text's twins and each matcher that it
    // fits.
    template <typename Visit>
    void for_each_twin_fit(std::string_view text, Visit visit) const {
        if (text.empty() || text.size() > kPlateSlots) return;
        std::string digits(text);
        for (char& c : digits) {
            if (symbol_of(c) < 0) return;
            if (c == 'O') c = '0';
            if (c == 'I') c = '1';
        }
        for (const Matcher& matcher : by_length_[text.size()]) {
            const std::size_t code = matcher.code_length();
            if (!matcher.may_fit(std::string_view(digits).substr(code))) continue;
            std::vector<std::string> ways(1);
            if (code > 0) ways = matcher.codes_up_to_twins(digits.substr(0, code));
            for (std::size_t i = 0; i < matcher.symbols.size() && !ways.empty(); ++i) {
                matcher.write(digits[code + i], matcher.symbols[i], ways);
            }
            for (const std::string& way : ways) visit(way, matcher);
        }
    }

    const std::vector<std::string>& regions() const { return regions_; }

  private:
    Matchers() {
        double total = 0;
        for (const PlateFormat& format : plate_formats()) total += format.weight;
        for (const PlateFormat& format : plate_formats()) {
            add(format, (1 - kFreeShare) * format.weight / total);
        }
    }

    void add(const PlateFormat& format, double share) {
        const auto known = std::find(regions_.begin(), regions_.end(), format.region);
        const auto region = static_cast<std::size_t>(known - regions_.begin());
        if (known == regions_.end()) regions_.emplace_back(format.region);

        std::map<std::size_t, std::vector<std::string>> codes;
        for (std::string& code : words_of(format.codes))
            codes[code.size()].push_back(std::move(code));
        if (codes.empty()) codes[0] = {};
        std::size_t all_codes = 0;
        for (auto& [length, list] : codes) {
            std::sort(list.begin(), list.end());
            list.erase(std::unique(list.begin(), list.end()), list.end());
            all_codes += list.size();
        }
        const std::vector<std::string> patterns = words_of(format.patterns);
        for (const auto& [length, list] : codes) {
            const double part =
                all_codes == 0 ? 1.0
                               : static_cast<double>(list.size()) / static_cast<double>(all_codes);
            for (const std::string& pattern : patterns) {
                Matcher matcher{.region = region, .codes = list, .symbols = {}, .gain = 0};
                double gain = share * part / static_cast<double>(patterns.size());
                gain *= std::pow(36.0, length) /
                        static_cast<double>(std::max<std::size_t>(1, list.size()));
                for (const char c : pattern) {
                    matcher.symbols.push_back(set_of(c, format.letters));
                    gain *= 36.0 / std::popcount(matcher.symbols.back());
                }
                matcher.gain = gain;
                by_length_.at(length + pattern.size()).push_back(std::move(matcher));
            }
        }
    }

    static std::uint64_t set_of(char c, const char* letters) {
        if (c == 'd') return kDigits;
        if (c == 'n') return kDigits & ~std::uint64_t{1};
        if (c == 'l') return letters_of(letters);
        if (c == 'm') return kAllLetters & ~(std::uint64_t{1} << symbol_of('Q'));
        return std::uint64_t{1} << symbol_of(c);
    }

    std::vector<std::string> regions_;
    std::array<std::vector<Matcher>, kLengths> by_length_;
};

double gain_of(std::string_view text) {
    double gain = 0;
    Matchers::get().for_each_fit(text,
                                 [&](const Matcher& matcher) { gain += matcher.gain_of(text); });
    return gain;
}

RegionShare named(const std::string& region, double share) {
    RegionShare out{.region = {}, .share = std::min(1.0, share)};
    std::memcpy(out.region.data(), region.data(), std::min(region.size(), out.region.size() - 1));
    return out;
}

}  // namespace

double format_boost(std::string_view text) { return format_boost(gain_of(text)); }

double format_boost(double gain) {
    return std::min(kMaxFormatBoost, kTrust * std::log1p(gain / kFreeShare));
}

std::vector<FormatFit> formats_up_to_twins(std::string_view text) {
    std::map<std::string, double> gains;
    Matchers::get().for_each_twin_fit(text, [&](const std::string& way, const Matcher& matcher) {
        gains[way] += matcher.gain_of(way);
    });
    std::vector<FormatFit> out;
    for (const auto& [way, gain] : gains) out.push_back({way, gain});
    return out;
}

std::vector<RegionFit> regions_that_fit(std::string_view text) {
    std::map<std::string, double> gains;
    const Matchers& matchers = Matchers::get();
    matchers.for_each_fit(text, [&](const Matcher& matcher) {
        gains[matchers.regions()[matcher.region]] += matcher.gain_of(text);
    });
    std::vector<RegionFit> out;
    for (const auto& [region, gain] : gains) out.push_back({region, gain});
    std::stable_sort(out.begin(), out.end(),
                     [](const RegionFit& a, const RegionFit& b) { return a.gain > b.gain; });
    return out;
}

RegionShare guess_region(std::span<const WeightedText> texts) {
    const Matchers& matchers = Matchers::get();
    std::vector<double> shares(matchers.regions().size());
    double total = 0;
    for (const WeightedText& text : texts) {
        const double all = gain_of(text.text) + kFreeShare;
        matchers.for_each_fit(text.text, [&](const Matcher& matcher) {
            shares[matcher.region] += text.probability * matcher.gain_of(text.text) / all;
        });
        total += text.probability;
    }
    if (total <= 0) return {};
    std::map<std::string, double> countries;
    for (std::size_t i = 0; i < shares.size(); ++i) {
        if (shares[i] > kRegionShare * total)
            return named(matchers.regions()[i], shares[i] / total);
        countries[matchers.regions()[i].substr(0, 2)] += shares[i];
    }
    for (const auto& [country, share] : countries) {
        if (share > kRegionShare * total) return named(country, share / total);
    }
    return {};
}

}  // namespace dashcam
