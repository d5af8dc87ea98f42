#include "reading/plate_hypotheses.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "reading/plate_formats.h"
#include "reading/reading_quality.h"

namespace dashcam {
namespace {

// Symbols of a column that are less probable than this can't become part of a likely text.
constexpr double kLeastSymbol = 0.002;
constexpr std::size_t kSymbolsPerColumn = 6;

struct Partial {
    std::array<std::uint8_t, kMaxColumns> symbols{};
    std::size_t characters = 0;
    double probability = 1;
};

std::vector<std::uint8_t> candidates(const Distribution& posterior) {
    std::vector<std::uint8_t> order(kPlateSymbols);
    for (std::size_t s = 0; s < kPlateSymbols; ++s) order[s] = static_cast<std::uint8_t>(s);
    std::stable_sort(order.begin(), order.end(),
                     [&](std::uint8_t a, std::uint8_t b) { return posterior[a] > posterior[b]; });
    std::size_t kept = 1;
    while (kept < kSymbolsPerColumn && posterior[order[kept]] >= kLeastSymbol) ++kept;
    order.resize(kept);
    return order;
}

// The exact best kMaxHypotheses: columns are independent, so the best of a prefix stay the best.
std::vector<Partial> best_products(std::span<const Column> columns) {
    std::vector<Partial> beam(1);
    for (std::size_t j = 0; j < columns.size(); ++j) {
        std::vector<Partial> longer;
        const std::vector<std::uint8_t> symbols = candidates(columns[j].posterior);
        for (const Partial& prefix : beam) {
            for (const std::uint8_t symbol : symbols) {
                Partial next = prefix;
                next.symbols[j] = symbol;
                next.probability *= columns[j].posterior[symbol];
                if (symbol != kBlankSymbol) ++next.characters;
                if (next.characters <= kPlateSlots) longer.push_back(next);
            }
        }
        std::stable_sort(longer.begin(), longer.end(), [](const Partial& a, const Partial& b) {
            return a.probability > b.probability;
        });
        if (longer.size() > kMaxHypotheses) longer.resize(kMaxHypotheses);
        beam = std::move(longer);
    }
    return beam;
}

}  // namespace

std::vector<PlateHypothesis> likely_texts(std::span<const Column> columns) {
    std::vector<PlateHypothesis> out;
    double before = 0;
    double after = 0;
    for (const Partial& partial : best_products(columns)) {
        PlateHypothesis hypothesis{
            .symbols = partial.symbols, .text = {}, .probability = partial.probability};
        for (std::size_t j = 0; j < columns.size(); ++j) {
            if (partial.symbols[j] != kBlankSymbol)
                hypothesis.text += kPlateAlphabet[partial.symbols[j]];
        }
        before += partial.probability;
        hypothesis.probability *= std::exp(format_boost(hypothesis.text));
        after += hypothesis.probability;
        const auto same = std::find_if(out.begin(), out.end(), [&](const PlateHypothesis& h) {
            return h.text == hypothesis.text;
        });
        if (same == out.end()) {
            out.push_back(std::move(hypothesis));
        } else {
            same->probability += hypothesis.probability;
        }
    }
    // The texts left out keep the share that they had before the boost: a boosted text takes from
    // the texts that compete with it, not from the unknown.
    if (after > 0) {
        for (PlateHypothesis& h : out) h.probability *= before / after;
    }
    std::stable_sort(out.begin(), out.end(),
                     [](const PlateHypothesis& a, const PlateHypothesis& b) {
                         return a.probability > b.probability;
                     });
    return out;
}

}  // namespace dashcam
