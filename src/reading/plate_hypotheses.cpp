#include "reading/plate_hypotheses.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <string_view>
#include <utility>

#include "reading/plate_twins.h"
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
std::vector<Partial> best_products(std::span<const AlignedColumn> columns) {
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

TwinTexts twins_of(const Partial& partial, std::span<const AlignedColumn> columns) {
    std::string text;
    std::vector<double> letter_shares;
    for (std::size_t j = 0; j < columns.size(); ++j) {
        const std::uint8_t symbol = partial.symbols[j];
        if (symbol == kBlankSymbol) continue;
        text += kPlateAlphabet[symbol];
        letter_shares.push_back(letter_share(columns[j].posterior, symbol));
    }
    return tell_twins(text, letter_shares);
}

PlateHypothesis hypothesis(const Partial& partial, const TwinText& way, double probability) {
    PlateHypothesis out{
        .symbols = partial.symbols, .text = way.text, .probability = probability * way.share};
    std::size_t next = 0;
    for (std::uint8_t& symbol : out.symbols) {
        if (symbol == kBlankSymbol || next == way.text.size()) continue;
        symbol = static_cast<std::uint8_t>(std::string_view(kPlateAlphabet).find(way.text[next++]));
    }
    return out;
}

void add(std::vector<PlateHypothesis>& list, PlateHypothesis hypothesis) {
    const auto same = std::find_if(list.begin(), list.end(), [&](const PlateHypothesis& h) {
        return h.text == hypothesis.text;
    });
    if (same == list.end()) {
        list.push_back(std::move(hypothesis));
    } else {
        same->probability += hypothesis.probability;
    }
}

// Moves the best way of writing the best text to the front: a text must not lose to another because
// its twins are in doubt.
void put_first(std::vector<PlateHypothesis>& list) {
    std::map<std::string, double> probability;  // of texts without twins
    for (const PlateHypothesis& h : list) probability[without_twins(h.text)] += h.probability;
    auto best = list.begin();
    double most = -1;
    for (auto h = list.begin(); h != list.end(); ++h) {
        const double p = probability[without_twins(h->text)];
        if (p > most) {
            most = p;
            best = h;
        }
    }
    if (best != list.end()) std::rotate(list.begin(), best, best + 1);
}

}  // namespace

std::vector<PlateHypothesis> likely_texts(std::span<const AlignedColumn> columns) {
    std::vector<AlignedColumn> merged(columns.begin(), columns.end());
    for (AlignedColumn& column : merged) column.posterior = without_twins(column.posterior);
    std::vector<PlateHypothesis> out;
    double before = 0;
    double after = 0;
    for (const Partial& partial : best_products(merged)) {
        const TwinTexts twins = twins_of(partial, columns);
        const double boosted = partial.probability * std::exp(twins.boost);
        before += partial.probability;
        after += boosted;
        for (const TwinText& way : twins.ways) {
            add(out, hypothesis(partial, way, boosted));
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
    put_first(out);
    return out;
}

}  // namespace dashcam
