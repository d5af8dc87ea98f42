#include "cli/explain_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <vector>

#include "cli/text_table.h"
#include "reading/plate_formats.h"
#include "reading/plate_twins.h"
#include "report/provenance.h"
#include "video/printable_path.h"

namespace dashcam {
namespace {

constexpr std::size_t kMostTexts = 6;
constexpr std::size_t kMostRegions = 4;

char symbol_char(std::size_t symbol) {
    return symbol == kBlankSymbol ? '-' : kPlateAlphabet[symbol];
}

std::size_t favourite(const Distribution& posterior) {
    return static_cast<std::size_t>(std::max_element(posterior.begin(), posterior.end()) -
                                    posterior.begin());
}

const PlateReading* reading_at(const TrackEvidence& evidence, std::uint32_t frame) {
    for (const PlateReading& reading : evidence.readings) {
        if (reading.frame.index == frame) return &reading;
    }
    return nullptr;
}

// What a fused reading says in each column: '-' for no character.
std::string aligned_text(const Explanation& explanation, const ReadingShare& share) {
    std::string text(explanation.fused.columns.size(), '-');
    const PlateReading* reading = reading_at(explanation.evidence, share.frame);
    for (std::size_t k = 0; reading != nullptr && k < kPlateSlots; ++k) {
        if (share.columns[k] < 0) continue;
        text.at(static_cast<std::size_t>(share.columns[k])) =
            symbol_char(favourite(distribution_of(reading->posterior[k])));
    }
    return text;
}

// Characters of the fused text, in their columns.
std::string fused_columns(const FusedPlate& fused) {
    std::string text;
    for (std::size_t j = 0; j < fused.columns.size(); ++j)
        text += symbol_char(fused.texts.front().symbols[j]);
    return text;
}

struct Votes {
    std::size_t readings = 0;
    double weight = 0;
};
using ColumnVotes = std::map<char, Votes>;

std::vector<ColumnVotes> votes_of(const Explanation& explanation) {
    std::vector<ColumnVotes> votes(explanation.fused.columns.size());
    for (const ReadingShare& share : explanation.fused.readings) {
        if (!share.fused) continue;
        const std::string text = aligned_text(explanation, share);
        for (std::size_t j = 0; j < votes.size(); ++j) {
            Votes& vote = votes[j][text[j]];
            ++vote.readings;
            vote.weight += share.weight;
        }
    }
    return votes;
}

std::string votes_text(const ColumnVotes& votes) {
    std::vector<std::pair<char, Votes>> order(votes.begin(), votes.end());
    std::stable_sort(order.begin(), order.end(), [](const auto& a, const auto& b) {
        return a.second.weight > b.second.weight;
    });
    std::string text;
    for (const auto& [symbol, vote] : order) {
        text += fmt::format("{}{} x{} ({:.2f})", text.empty() ? "" : ", ",
                            symbol == '-' ? std::string("none") : std::string(1, symbol),
                            vote.readings, vote.weight);
    }
    return text;
}

std::string posterior_text(const Distribution& posterior, std::size_t shown) {
    std::vector<std::size_t> order;
    for (std::size_t s = 0; s < kPlateSymbols; ++s) {
        if (s != shown && posterior[s] >= kMinSymbolProbability) order.push_back(s);
    }
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return posterior[a] > posterior[b]; });
    std::string text;
    for (const std::size_t s : order) {
        if (order.size() > 3 && s == order[3]) break;
        text +=
            fmt::format("{}{} {:.1f}%", text.empty() ? "" : ", ",
                        s == kBlankSymbol ? std::string("none") : std::string(1, symbol_char(s)),
                        100 * posterior[s]);
    }
    return text;
}

std::string readings_part(const VehicleRecord& record, const Explanation& explanation) {
    const FusedPlate& fused = explanation.fused;
    std::vector<TextLine> lines{
        {"TIME", "FRAME", "ALONE", "ALIGNED", "QUALITY", "PIECE", "WEIGHT"}};
    lines.push_back({"", "", "fused:", fused_columns(fused), "", "", ""});
    for (const ReadingShare& share : fused.readings) {
        std::string time;
        for (const ReadingRow& row : record.readings) {
            if (row.frame == share.frame) time = media_time(row.time_us);
        }
        lines.push_back({time, std::to_string(share.frame), share.alone.empty() ? "-" : share.alone,
                         share.fused ? aligned_text(explanation, share) : "(set aside)",
                         fmt::format("{:.2f}", share.quality), fmt::format("{:.2f}", share.piece),
                         share.fused ? fmt::format("{:.3f}", share.weight) : ""});
    }
    return text_table(lines, 2);
}

std::string positions_part(const Explanation& explanation) {
    const FusedPlate& fused = explanation.fused;
    const std::vector<ColumnVotes> votes = votes_of(explanation);
    std::vector<TextLine> lines{{"POSITION", "IS", "SURE", "ELSE", "VOTES (WEIGHT)"}};
    std::size_t at = 0;
    for (std::size_t j = 0; j < fused.columns.size(); ++j) {
        const std::size_t symbol = fused.texts.front().symbols[j];
        if (symbol == kBlankSymbol) {
            lines.push_back(
                {"", "none", fmt::format("{:.1f}%", 100 * fused.columns[j].posterior[kBlankSymbol]),
                 posterior_text(fused.columns[j].posterior, symbol), votes_text(votes[j])});
            continue;
        }
        lines.push_back({std::to_string(at + 1), std::string(1, symbol_char(symbol)),
                         fmt::format("{:.1f}%", 100 * fused.certainty[at]),
                         posterior_text(fused.posterior[at], symbol), votes_text(votes[j])});
        ++at;
    }
    return text_table(lines, 2);
}

std::string formats_text(const std::string& text) {
    std::string out;
    const std::vector<RegionFit> fits = regions_that_fit(text);
    for (std::size_t i = 0; i < std::min(fits.size(), kMostRegions); ++i)
        out += fmt::format("{}{}", i == 0 ? "" : ", ", fits[i].region);
    if (fits.size() > kMostRegions) out += fmt::format(", {} more", fits.size() - kMostRegions);
    if (fits.empty()) return "no known format";
    return out + fmt::format(" (x{:.1f})", std::exp(format_boost(text)));
}

std::string texts_part(const FusedPlate& fused) {
    std::vector<TextLine> lines{{"TEXT", "SHARE", "FORMATS THAT FIT"}};
    for (std::size_t i = 0; i < std::min(fused.texts.size(), kMostTexts); ++i) {
        const PlateHypothesis& text = fused.texts[i];
        lines.push_back({text.text.empty() ? "(nothing)" : text.text,
                         fmt::format("{:.3f}", text.probability), formats_text(text.text)});
    }
    return text_table(lines, 2);
}

// A line for each O, 0, I and 1: what the pictures say, and what decided.
std::vector<std::string> twins_of(const FusedPlate& fused) {
    std::vector<std::string> lines;
    const std::string& text = fused.texts.front().text;
    std::size_t at = 0;
    for (std::size_t j = 0; j < fused.columns.size(); ++j) {
        const std::size_t symbol = fused.texts.front().symbols[j];
        if (symbol == kBlankSymbol) continue;
        const std::size_t place = at++;
        const char c = symbol_char(symbol);
        const char letter = c == '0' || c == 'O' ? 'O' : c == '1' || c == 'I' ? 'I' : 0;
        if (letter == 0 || place >= text.size()) continue;
        const char digit = letter == 'O' ? '0' : '1';
        std::string other = text;
        other[place] = c == letter ? digit : letter;
        const double share = letter_share(fused.columns[j].posterior, without_twin(symbol));
        const double seen = c == letter ? share : 1 - share;
        const bool fits = !regions_that_fit(text).empty();
        const bool other_fits = !regions_that_fit(other).empty();
        const char* why = fits && !other_fits   ? "the formats that fit allow no other"
                          : fits && other_fits  ? "formats allow both; the likelier one counts"
                          : !fits && other_fits ? "against the formats, as the pictures are clear"
                                                : "no format tells; digits are likelier";
        lines.push_back(
            fmt::format("position {}: {} rather than {}; the pictures alone say {} "
                        "with {:.0f} %; {}",
                        place + 1, c, other[place], c, 100 * seen, why));
    }
    return lines;
}

std::string conditions_part(const Terminal& terminal, const Explanation& explanation,
                            PlateTier tier) {
    std::string text;
    for (const TierCondition& condition : explanation.conditions) {
        if (condition.tier != tier) continue;
        text += fmt::format(
            "  {}  {:<58} {:>7.3g}  needed {:.3g}\n",
            condition.met ? inked(terminal, Ink::kGood, "yes") : inked(terminal, Ink::kPoor, "NO "),
            condition.what, condition.value, condition.needed);
    }
    return text;
}

std::string agreement_text(const VehicleRecord& record, const Explanation& explanation) {
    switch (explanation.fused_again) {
        case FusedAgain::kSame:
            return "Fusing the stored readings again gives the stored row, every number of it.";
        case FusedAgain::kSameFromPart:
            return fmt::format(
                "The row was joined from pieces of one vehicle. Its text comes from the piece with "
                "the {} readings of frames {} to {}; fusing them again gives the stored row.",
                explanation.evidence.readings.size(), explanation.evidence.readings[0].frame.index,
                explanation.evidence.readings[explanation.evidence.readings.size() - 1]
                    .frame.index);
        case FusedAgain::kIncomplete:
            return "The readings were stored by an older version, without the characters' places "
                   "on the plate: what follows is fused without them and may differ from the row. "
                   "'dashcam run --redo' stores them.";
        case FusedAgain::kDiffers:
            break;
    }
    std::string text = "Fusing the stored readings again does NOT give the stored row: ";
    const std::size_t shown = std::min<std::size_t>(explanation.differences.size(), 3);
    for (std::size_t i = 0; i < shown; ++i)
        text += (i == 0 ? "" : "; ") + explanation.differences[i];
    const bool other_version = record.run && record.run->version != DASHCAM_VERSION;
    if (other_version) {
        return text + ". It was made by version " + record.run->version +
               "; 'dashcam run --redo' makes it anew.";
    }
    return text +
           ". An older version joined it from pieces of one vehicle that overlap, without storing "
           "which reading belongs to which; or another build made it. 'dashcam run --redo' makes "
           "it anew.";
}

std::string_view fused_again_word(FusedAgain how) {
    return how == FusedAgain::kSame           ? "same"
           : how == FusedAgain::kSameFromPart ? "same_from_part"
           : how == FusedAgain::kIncomplete   ? "incomplete"
                                              : "differs";
}

}  // namespace

std::string explanation_text(const Terminal& terminal, const std::string& reference,
                             const VehicleRecord& record, const Explanation& explanation) {
    const VehicleRow& vehicle = record.vehicle;
    const FusedPlate& fused = explanation.fused;
    const auto title = [&](const std::string& text) {
        return "\n" + inked(terminal, Ink::kBold, text) + "\n";
    };
    std::string out = inked(terminal, Ink::kBold, reference) + "  " +
                      (vehicle.plate.empty() ? "no plate: " + printable_text(vehicle.unread_reason)
                                             : printable_text(vehicle.plate) +
                                                   fmt::format("  {}, {:.1f} % sure", vehicle.tier,
                                                               100 * vehicle.confidence)) +
                      "\n";
    if (const CorrectionRow* correction = record.correction()) {
        out += labelled(terminal, "Corrected",
                        "by hand to " + printable_text(correction->plate) +
                            "; what follows is how the program read it");
    }
    out += labelled(terminal, "Check", printable_text(agreement_text(record, explanation)));
    out += labelled(terminal, "Verdict", verdict(explanation));
    if (!fused.texts.empty()) {
        out += title(fmt::format("1. Readings: {} of {} speak of this text, {} say exactly it",
                                 fused.signs.members, fused.signs.readings, fused.signs.agreeing));
        out += readings_part(record, explanation);
        out += labelled(terminal, "",
                        "QUALITY: probability that the reading alone is right. PIECE: "
                        "that it shows only a part of the plate. WEIGHT: quality, "
                        "times its width's share of the widest, less for pieces.");
        out += title("2. Position by position");
        out += positions_part(explanation);
        out += title(fmt::format("3. Texts, {} formats of countries and states tried",
                                 plate_formats().size()));
        out += texts_part(fused);
        for (const std::string& line : twins_of(fused)) out += labelled(terminal, "  Twins", line);
        for (const PlateTier tier : {PlateTier::kConfirmed, PlateTier::kProbable}) {
            out += title(fmt::format("{}. What '{}' asks for",
                                     tier == PlateTier::kConfirmed ? 4 : 5, to_string(tier)));
            out += conditions_part(terminal, explanation, tier);
        }
    }
    out += title("Made by");
    out += labelled(terminal, "", provenance_text(vehicle.settings, record.run));
    return out;
}

nlohmann::json explanation_json(const VehicleRecord& record, const Explanation& explanation) {
    using Json = nlohmann::json;
    const FusedPlate& fused = explanation.fused;
    Json readings = Json::array();
    for (const ReadingShare& share : fused.readings) {
        Json one = {{"frame", share.frame},     {"alone", share.alone},
                    {"quality", share.quality}, {"piece_probability", share.piece},
                    {"fused", share.fused},     {"weight", share.weight}};
        if (share.fused) one["aligned"] = aligned_text(explanation, share);
        readings.push_back(std::move(one));
    }
    Json positions = Json::array();
    if (!fused.texts.empty()) {
        const std::vector<ColumnVotes> votes = votes_of(explanation);
        for (std::size_t j = 0; j < fused.columns.size(); ++j) {
            Json posterior = Json::object();
            for (std::size_t s = 0; s < kPlateSymbols; ++s) {
                const double p = fused.columns[j].posterior[s];
                if (p >= kMinSymbolProbability) posterior[std::string(1, symbol_char(s))] = p;
            }
            Json counts = Json::object();
            for (const auto& [symbol, vote] : votes[j]) {
                counts[std::string(1, symbol)] = {{"readings", vote.readings},
                                                  {"weight", vote.weight}};
            }
            positions.push_back(
                {{"symbol", std::string(1, symbol_char(fused.texts.front().symbols[j]))},
                 {"posterior", posterior},
                 {"votes", counts}});
        }
    }
    Json texts = Json::array();
    for (const PlateHypothesis& text : fused.texts) {
        Json regions = Json::array();
        for (const RegionFit& fit : regions_that_fit(text.text)) regions.push_back(fit.region);
        texts.push_back(
            {{"text", text.text}, {"probability", text.probability}, {"regions", regions}});
    }
    Json conditions = Json::array();
    for (const TierCondition& condition : explanation.conditions) {
        conditions.push_back({{"tier", std::string(to_string(condition.tier))},
                              {"what", condition.what},
                              {"value", condition.value},
                              {"needed", condition.needed},
                              {"met", condition.met}});
    }
    return {{"vehicle", record_json(record)},
            {"fused_again", std::string(fused_again_word(explanation.fused_again))},
            {"differences", explanation.differences},
            {"verdict", verdict(explanation)},
            {"readings", readings},
            {"positions", positions},
            {"texts", texts},
            {"twins", fused.texts.empty() ? std::vector<std::string>{} : twins_of(fused)},
            {"conditions", conditions}};
}

}  // namespace dashcam
