#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "reading/plate_summary.h"

namespace dashcam {

// One way in which a country (or a state) composes its plates' texts. Spaces and hyphens are left
// out.
struct PlateFormat {
    // ISO 3166-1 alpha-2 code, or with the state: "US-CA".
    const char* region;
    // Area codes of which one opens the text, separated by spaces; empty: none.
    const char* codes;
    // What follows the code, alternatives separated by spaces: 'd' a digit, 'n' a digit but 0, 'l'
    // one of `letters`, 'm' any letter but Q; capitals and digits stand for themselves.
    const char* patterns;
    // Letters that 'l' may be; nullptr: A to Z.
    const char* letters;
    // How many vehicles carry it, roughly, on an arbitrary scale (1: a small country or state).
    double weight;
};

// The formats known. Composed from the rules that Wikipedia's articles "Vehicle registration plates
// of <country>" state; common formats of ordinary vehicles only.
std::span<const PlateFormat> plate_formats();

// How much a known format can speak for a text: log of the largest factor between two texts. A
// character read with more than 8/9 against one alternative is therefore never changed by a format.
constexpr double kMaxFormatBoost = 2.0794415416798357;  // log 8

// Log of the factor by which known formats make a text more probable than an arbitrary text of its
// length, 0 (no format fits) to kMaxFormatBoost.
double format_boost(std::string_view text);
// The same for a text whose formats make it `gain` times as probable (see FormatFit).
double format_boost(double gain);

// A text that formats know.
struct FormatFit {
    std::string text;
    // How many times more vehicles carry it than would if all texts of its length were equally
    // frequent.
    double gain = 0;
};

// All texts that some format fits and that differ from `text` in twins only (O for 0, I for 1 and
// the reverse), ordered by text.
std::vector<FormatFit> formats_up_to_twins(std::string_view text);

struct RegionShare {
    PlateText region{};
    double share = 0;  // of the probability, 0 to 1
};

// A text that may be right, and how probable it is.
struct WeightedText {
    std::string_view text;
    double probability = 0;
};

// The regions whose formats fit a text, by how many times more vehicles carry it under each than if all
// texts of its length were equally frequent; largest first, one entry for each region.
struct RegionFit {
    std::string region;
    double gain = 0;
};
std::vector<RegionFit> regions_that_fit(std::string_view text);

// The region that these texts point to: a country with its state, else the country, if it holds the
// larger part of the probability among the known formats and the free format; else empty and 0.
RegionShare guess_region(std::span<const WeightedText> texts);

}  // namespace dashcam
