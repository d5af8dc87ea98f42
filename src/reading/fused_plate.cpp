#include "reading/fused_plate.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <set>
#include <string>

#include "reading/plate_piece.h"
#include "reading/plate_twins.h"
#include "reading/reading_clusters.h"

namespace dashcam {
namespace {

// A cluster whose best reading is less trusted than this contests nothing: it is a blurred reading.
constexpr double kContestingQuality = 0.5;
// Keeps a hopeless reading's weight above 0.
constexpr double kLeastWeight = 0.01;
// The weight of a reading is its quality to this power, tuned on rendered tracks.
constexpr double kWeightExponent = 1.0;
// Times the plate's width as a share of the widest to this power: small pictures err all in the
// same way.
constexpr double kWidthExponent = 1.0;

// A piece of the plate counts this much at least.
constexpr double kPieceWeight = 0.05;
// A reading of a text that is not the fused one counts so much when it is asked whether that one is
// whole.
constexpr double kOtherTextWeight = 0.01;

constexpr double kLeastWidth = 8.0;

double sane_width(const PlateReading& reading) {
    return std::isfinite(reading.width_px) ? std::clamp(double{reading.width_px}, 0.0, 4096.0)
                                           : 0.0;
}

struct RankedReading {
    const PlateReading* reading = nullptr;
    QualifiedText alone;
    double piece = 0;  // probability that it shows a piece of the plate
};

std::vector<RankedReading> ranked(const TrackEvidence& evidence) {
    std::vector<RankedReading> out;
    for (const PlateReading& r : evidence.readings) {
        out.push_back({&r, {read_alone(r).text, reading_quality(r)}, piece_probability(r)});
    }
    std::sort(out.begin(), out.end(), [](const RankedReading& a, const RankedReading& b) {
        return more_useful(*a.reading, a.alone.quality, *b.reading, b.alone.quality);
    });
    return out;
}

// Posterior of column j given what the likely texts make of it; texts left out count as the column
// alone.
Distribution column_posterior(const std::vector<PlateHypothesis>& texts,
                              const AlignedColumn& column, std::size_t j) {
    Distribution out{};
    double listed = 0;
    for (const PlateHypothesis& h : texts) {
        out[h.symbols[j]] += h.probability;
        listed += h.probability;
    }
    const double rest = std::max(0.0, 1 - listed);
    double sum = 0;
    for (std::size_t s = 0; s < kPlateSymbols; ++s) sum += out[s] += rest * column.posterior[s];
    for (double& p : out) p /= sum;
    return out;
}

void describe_characters(FusedPlate& plate, const std::vector<AlignedColumn>& columns) {
    const PlateHypothesis& best = plate.texts.front();
    for (std::size_t j = 0; j < columns.size(); ++j) {
        if (best.symbols[j] == kBlankSymbol) continue;
        plate.posterior.push_back(column_posterior(plate.texts, columns[j], j));
        plate.certainty.push_back(plate.posterior.back()[best.symbols[j]]);
        plate.twin_certainty.push_back(
            without_twins(plate.posterior.back())[without_twin(best.symbols[j])]);
    }
}

void gather_signs(FusedPlate& plate, const std::vector<RankedReading>& readings,
                  const std::vector<ReadingCluster>& clusters) {
    const std::string text = without_twins(plate.texts.front().text);
    FusionSigns& signs = plate.signs;
    for (const PlateHypothesis& h : plate.texts) {
        if (without_twins(h.text) == text) signs.probability += h.probability;
    }
    signs.twin_share = plate.texts.front().probability / signs.probability;
    signs.readings = readings.size();
    signs.members = clusters.front().members.size();
    std::size_t least = text.size() + kPlateSlots;
    double pieces = 0;
    double weights = 0;
    std::set<std::int64_t> times_us;
    for (const std::size_t r : clusters.front().members) {
        const auto& [reading, alone, piece] = readings[r];
        times_us.insert(reading->frame.time_us);
        const std::size_t distance = edit_distance(without_twins(alone.text), text);
        if (distance == 0) ++signs.agreeing;
        if (distance < least) {
            least = distance;
            plate.best_frame = reading->frame.index;
        }
        signs.best_quality = std::max(signs.best_quality, alone.quality);
        // Readings with other texts say nothing about this one's being whole.
        const double weight = distance == 0 ? 1 : kOtherTextWeight;
        pieces += weight * piece;
        weights += weight;
    }
    signs.pictures = times_us.size();
    signs.whole = 1 - pieces / weights;
    double mass = 0;
    for (std::size_t c = 0; c < clusters.size(); ++c) {
        mass += clusters[c].mass;
        const double quality = readings[clusters[c].members.front()].alone.quality;
        plate.signs.contested |= c > 0 && quality >= kContestingQuality;
    }
    signs.dominance = mass > 0 ? clusters.front().mass / mass : 1.0;
    if (clusters.size() > 1 && mass > 0) {
        const QualifiedText& rival = readings[clusters[1].members.front()].alone;
        plate.rival = rival.text;
        plate.rival_probability = rival.quality * clusters[1].mass / mass;
    }
    signs.length = text.size();
    signs.digits = static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; }));
}

std::vector<ReadingShare> shares_of(const std::vector<RankedReading>& readings) {
    std::vector<ReadingShare> shares;
    for (const RankedReading& r : readings) {
        ReadingShare& share = shares.emplace_back();
        share.frame = r.reading->frame.index;
        share.alone = r.alone.text;
        share.quality = r.alone.quality;
        share.piece = r.piece;
        share.columns.fill(-1);
    }
    return shares;
}

}  // namespace

FusedPlate fuse_plate(const TrackEvidence& evidence) {
    FusedPlate plate;
    const std::vector<RankedReading> readings = ranked(evidence);
    std::vector<QualifiedText> alone;
    for (const RankedReading& r : readings) {
        alone.push_back({without_twins(r.alone.text), r.alone.quality});
    }
    const std::vector<ReadingCluster> clusters = cluster_readings(alone);
    if (clusters.empty()) return plate;

    double widest = kLeastWidth;
    for (const std::size_t r : clusters.front().members) {
        widest = std::max(widest, sane_width(*readings[r].reading));
    }
    std::vector<WeightedReading> fused;
    plate.readings = shares_of(readings);
    for (const std::size_t r : clusters.front().members) {
        const double width = std::max(kLeastWidth, sane_width(*readings[r].reading)) / widest;
        const double weight = std::pow(std::max(kLeastWeight, alone[r].quality), kWeightExponent) *
                              std::pow(width, kWidthExponent) *
                              std::max(kPieceWeight, 1 - readings[r].piece);
        fused.push_back(weighted_reading(*readings[r].reading, weight));
        plate.readings[r].fused = true;
        plate.readings[r].weight = weight;
    }
    std::vector<SlotColumns> assigned;
    plate.columns = fuse_columns(fused, &assigned);
    for (std::size_t m = 0; m < assigned.size(); ++m) {
        plate.readings[clusters.front().members[m]].columns = assigned[m];
    }
    plate.texts = likely_texts(plate.columns);
    if (plate.texts.empty() || plate.texts.front().text.empty()) return FusedPlate{};
    describe_characters(plate, plate.columns);
    gather_signs(plate, readings, clusters);
    return plate;
}

}  // namespace dashcam
