#pragma once

#include <cstdint>
#include <cstdlib>
#include <initializer_list>
#include <iostream>
#include <string>
#include <string_view>
#include <utility>

#include "reading/plate_reading.h"
#include "reading/reading_quality.h"
#include "reading/track_evidence.h"

namespace dashcam {

// The seed of a randomised test: DASHCAM_TEST_SEED, or `fallback`; printed, so that a failure can
// be repeated.
inline std::uint64_t test_seed(std::uint64_t fallback) {
    const char* given = std::getenv("DASHCAM_TEST_SEED");
    const std::uint64_t seed = given != nullptr ? std::strtoull(given, nullptr, 10) : fallback;
    std::cout << "DASHCAM_TEST_SEED=" << seed << "\n";
    return seed;
}

inline std::size_t symbol_index(char c) { return std::string_view(kPlateAlphabet).find(c); }

// A slot that holds these symbols with these probabilities; the rest is spread evenly.
inline SlotPosterior slot_of(std::initializer_list<std::pair<std::size_t, double>> parts) {
    double rest = 1;
    for (const auto& [symbol, p] : parts) rest -= p;
    SlotPosterior out;
    out.fill(static_cast<std::uint16_t>(rest / kPlateSymbols * 65535));
    for (const auto& [symbol, p] : parts) {
        out[symbol] = static_cast<std::uint16_t>(out[symbol] + p * 65535);
    }
    return out;
}

// A reading of `text`, each character with probability about `sure`, its slots evenly spaced over a
// plate of which the text begins at `first_place` (0 to 1).
inline PlateReading reading_of(std::uint32_t frame, std::string_view text, double sure = 0.97,
                               float width_px = 140, double first_place = 0.1) {
    PlateReading r;
    r.frame.index = frame;
    r.frame.time_us = std::int64_t{frame} * 40000;
    r.found = 1;
    r.plate_score = 0.8f;
    r.corners.corners = {Point{100, 100}, {100 + width_px, 100}, {100 + width_px, 130}, {100, 130}};
    r.width_px = width_px;
    r.height_px = 30;
    r.sharpness = 0.2f;
    r.contrast = 0.5f;
    for (std::size_t k = 0; k < kPlateSlots; ++k) {
        const std::size_t symbol = k < text.size() ? symbol_index(text[k]) : kBlankSymbol;
        r.posterior[k] = slot_of({{symbol, k < text.size() ? sure : 0.998}});
        const double x = first_place + 0.115 * static_cast<double>(k);
        r.place[k] = {static_cast<std::uint8_t>(x < 1 ? x * 255 : 255), 128};
    }
    return r;
}

// A reading of text that fills a plate (or the piece of one) of width_px x height_px from edge to
// edge.
inline PlateReading filling_reading_of(std::uint32_t frame, std::string_view text, float width_px,
                                       float height_px) {
    PlateReading r = reading_of(frame, text, 0.99, width_px);
    r.height_px = height_px;
    const double pitch = 1.0 / (static_cast<double>(text.size()) + 0.6);
    for (std::size_t k = 0; k < text.size(); ++k) {
        r.place[k][0] = static_cast<std::uint8_t>((0.8 + static_cast<double>(k)) * pitch * 255);
    }
    return r;
}

inline TrackEvidence evidence_of(std::initializer_list<PlateReading> readings) {
    TrackEvidence evidence;
    for (const PlateReading& r : readings) add_reading(evidence, r);
    return evidence;
}

}  // namespace dashcam
