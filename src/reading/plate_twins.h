#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "reading/reading_quality.h"

namespace dashcam {

// O and 0, I and 1: many countries draw each pair as one glyph, so what a network says between the
// two is little evidence. They are read as one symbol, written as the digit; the formats of
// countries, and as far as it goes the picture, tell them apart afterwards.

// The digit of a pair for its letter or digit; any other symbol itself.
std::size_t without_twin(std::size_t symbol);
std::string without_twins(std::string_view text);

// The posterior with the letters' parts added to the digits'.
Distribution without_twins(const Distribution& posterior);

// Which part of its pair's probability the posterior gives to the letter, 0 to 1; 0.5 if there is
// none.
double letter_share(const Distribution& posterior, std::size_t digit);

// One way to write a text whose twins are told apart.
struct TwinText {
    std::string text;
    double share = 0;  // of the probability of all ways, 0 to 1
};

struct TwinTexts {
    std::vector<TwinText> ways;  // most probable first, at least one; those left out matter little
    double boost = 0;  // log of the factor by which formats favour the text, see format_boost()
};

// Tells the twins of `text` (as without_twins() writes it) apart. `letter_shares` has an entry for
// each character; those of characters without a twin are not read.
TwinTexts tell_twins(std::string_view text, std::span<const double> letter_shares);

}  // namespace dashcam
