#include "reading/plate_twins.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "reading/plate_formats.h"

namespace dashcam {
namespace {

struct TwinPair {
    char letter;
    char digit;
    // Share of the plates on which the two are one glyph.
    double alike;
    // Share of those on which the glyph looks like the letter to the network: most often an I is a
    // mere bar, and so is a 1 that looks like it.
    double looks_like_letter;
};
constexpr TwinPair kPairs[] = {{'O', '0', 0.5, 0.5}, {'I', '1', 0.5, 0.75}};
// Where they are one glyph the network guesses from the neighbours; in this share of the cases for
// each character by itself.
constexpr double kGuesses = 0.3;
// No picture says more than this about one character.
constexpr double kLeastShare = 0.002;
// Share of the plates whose text follows no known format, as far as twins are concerned: a plate
// that is one twin away from a country's format is that country's.
constexpr double kFreeShare = 0.05;
// Of texts that follow none: a character that is either is the digit with this probability. Plates
// hold about as many digits as letters, and there are fewer digits.
constexpr double kFreeDigit = 0.67;
// All ways of writing a text are listed up to this number of twins; beyond, those that a format or
// one changed character gives.
constexpr std::size_t kMostTwinsListed = 4;
// Ways that are less probable than this are left out.
constexpr double kLeastListed = 0.005;

const TwinPair* pair_of(char c) {
    for (const TwinPair& pair : kPairs) {
        if (c == pair.letter || c == pair.digit) return &pair;
    }
    return nullptr;
}

// Probability of what the network saw given how the text is written. A mixture: where the two are
// one glyph the picture is the same whatever is written, and all characters of the pair look alike;
// elsewhere the network's word counts.
class TwinLikelihood {
  public:
    TwinLikelihood(std::string_view text, std::span<const double> letter_shares) : text_(text) {
        for (std::size_t i = 0; i < text.size(); ++i) {
            letter_.push_back(std::clamp(letter_shares[i], kLeastShare, 1 - kLeastShare));
        }
        for (std::size_t p = 0; p < std::size(kPairs); ++p) {
            const TwinPair& pair = kPairs[p];
            double letters = pair.looks_like_letter;
            double digits = 1 - pair.looks_like_letter;
            double guessed = 1;
            for (std::size_t i = 0; i < text.size(); ++i) {
                if (text[i] != pair.digit) continue;
                letters *= letter_[i];
                digits *= 1 - letter_[i];
                guessed /= 2;
            }
            alike_[p] = pair.alike * ((1 - kGuesses) * (letters + digits) + kGuesses * guessed);
        }
    }

    double operator()(std::string_view way) const {
        double product = 1;
        for (std::size_t p = 0; p < std::size(kPairs); ++p) {
            double seen = 1 - kPairs[p].alike;
            for (std::size_t i = 0; i < text_.size(); ++i) {
                if (text_[i] != kPairs[p].digit) continue;
                seen *= way[i] == kPairs[p].letter ? letter_[i] : 1 - letter_[i];
            }
            product *= alike_[p] + seen;
        }
        return product;
    }

    // Probability of what was seen and of `way` among texts that follow no format.
    double free(std::string_view way) const {
        double prior = 1;
        for (std::size_t i = 0; i < text_.size(); ++i) {
            const TwinPair* pair = pair_of(text_[i]);
            if (pair != nullptr) prior *= way[i] == pair->digit ? kFreeDigit : 1 - kFreeDigit;
        }
        return prior * (*this)(way);
    }

    // The sum of free() over all ways.
    double all_free() const {
        double product = 1;
        for (std::size_t p = 0; p < std::size(kPairs); ++p) {
            double seen = 1 - kPairs[p].alike;
            for (std::size_t i = 0; i < text_.size(); ++i) {
                if (text_[i] != kPairs[p].digit) continue;
                seen *= (1 - kFreeDigit) * letter_[i] + kFreeDigit * (1 - letter_[i]);
            }
            product *= alike_[p] + seen;
        }
        return product;
    }

  private:
    std::string_view text_;
    std::vector<double> letter_;
    std::array<double, std::size(kPairs)> alike_{};
};

std::string as_seen(std::string_view text, std::span<const double> letter_shares) {
    std::string seen(text);
    for (std::size_t i = 0; i < text.size(); ++i) {
        const TwinPair* pair = pair_of(text[i]);
        if (pair != nullptr && letter_shares[i] > 0.5) seen[i] = pair->letter;
    }
    return seen;
}

void flip(char& c) {
    const TwinPair* pair = pair_of(c);
    c = c == pair->letter ? pair->digit : pair->letter;
}

// Ways to write the text besides those that formats give.
std::vector<std::string> plain_ways(const std::string& seen) {
    std::vector<std::size_t> twins;
    for (std::size_t i = 0; i < seen.size(); ++i) {
        if (pair_of(seen[i]) != nullptr) twins.push_back(i);
    }
    std::vector<std::string> ways{seen};
    if (twins.size() > kMostTwinsListed) {
        for (const std::size_t i : twins) flip(ways.emplace_back(seen)[i]);
        return ways;
    }
    for (const std::size_t i : twins) {
        for (std::size_t w = 0, known = ways.size(); w < known; ++w) {
            std::string other = ways[w];
            flip(other[i]);
            ways.push_back(std::move(other));
        }
    }
    return ways;
}

}  // namespace

std::size_t without_twin(std::size_t symbol) {
    if (symbol >= kBlankSymbol) return symbol;
    const TwinPair* pair = pair_of(kPlateAlphabet[symbol]);
    return pair == nullptr ? symbol : static_cast<std::size_t>(pair->digit - '0');
}

std::string without_twins(std::string_view text) {
    std::string out(text);
    for (char& c : out) {
        const TwinPair* pair = pair_of(c);
        if (pair != nullptr) c = pair->digit;
    }
    return out;
}

Distribution without_twins(const Distribution& posterior) {
    Distribution out{};
    for (std::size_t s = 0; s < kPlateSymbols; ++s) out[without_twin(s)] += posterior[s];
    return out;
}

double letter_share(const Distribution& posterior, std::size_t digit) {
    double letter = 0;
    for (std::size_t s = 0; s < kBlankSymbol; ++s) {
        if (s != digit && without_twin(s) == digit) letter += posterior[s];
    }
    const double both = letter + posterior[digit];
    return both > 0 ? letter / both : 0.5;
}

TwinTexts tell_twins(std::string_view text, std::span<const double> letter_shares) {
    const TwinLikelihood likelihood(text, letter_shares);
    struct Way {
        std::string text;
        double gain = 0;
    };
    std::vector<Way> ways;
    // Of the formats, weighted with the likelihood. All ways together are to an arbitrary text what
    // one symbol for both twins is to two.
    double gains = 0;
    const double twins = static_cast<double>(
        std::count_if(text.begin(), text.end(), [](char c) { return pair_of(c) != nullptr; }));
    for (FormatFit& fit : formats_up_to_twins(text)) {
        const double gain = fit.gain * std::exp2(-twins);
        gains += gain * likelihood(fit.text);
        ways.push_back({std::move(fit.text), gain});
    }
    for (std::string& way : plain_ways(as_seen(text, letter_shares))) {
        const auto same = std::find_if(ways.begin(), ways.end(),
                                       [&](const Way& known) { return known.text == way; });
        if (same == ways.end()) ways.push_back({std::move(way), 0});
    }
    const double all_free = likelihood.all_free();
    TwinTexts out{.ways = {}, .boost = format_boost(gains / all_free)};
    const double total = kFreeShare * all_free + gains;
    for (Way& way : ways) {
        const double share =
            kFreeShare * likelihood.free(way.text) + way.gain * likelihood(way.text);
        out.ways.push_back({std::move(way.text), share / total});
    }
    std::stable_sort(out.ways.begin(), out.ways.end(),
                     [](const TwinText& a, const TwinText& b) { return a.share > b.share; });
    while (out.ways.size() > 1 && out.ways.back().share < kLeastListed) out.ways.pop_back();
    return out;
}

}  // namespace dashcam
