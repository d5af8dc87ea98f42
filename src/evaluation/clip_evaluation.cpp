#include "evaluation/clip_evaluation.h"

#include <fmt/format.h>

#include <algorithm>

#include "evaluation/plate_counts.h"
#include "reading/reading_clusters.h"
#include "video/printable_path.h"

namespace dashcam {
namespace {

bool is_sure(const VehicleRow& row) { return row.tier == "confirmed" || row.tier == "probable"; }

// Edit distance in which '?' fits any character of a text of the same length.
std::size_t distance(const std::string& shown, const std::string& truth) {
    if (shown.size() != truth.size()) return edit_distance(shown, truth);
    std::string filled = shown;
    for (std::size_t i = 0; i < filled.size(); ++i) {
        if (filled[i] == '?') filled[i] = truth[i];
    }
    return edit_distance(filled, truth);
}

// The row that says most about a plate, or nullptr: the nearest text, the surer one of two.
const VehicleWithReadings* row_of(const std::string& plate,
                                  const std::vector<VehicleWithReadings>& vehicles) {
    const VehicleWithReadings* best = nullptr;
    std::size_t least = plate.size() / 2;  // further away it is another plate
    for (const VehicleWithReadings& vehicle : vehicles) {
        if (vehicle.row.plate.empty()) continue;
        const std::size_t d = distance(vehicle.row.plate, plate) +
                              (vehicle.row.plate.find('?') == std::string::npos ? 0 : 1);
        const bool better = d < least || (d == least && best != nullptr &&
                                          vehicle.row.confidence > best->row.confidence);
        if (!better) continue;
        least = d;
        best = &vehicle;
    }
    return best;
}

std::string verdict_on(const std::string& plate, const VehicleWithReadings* vehicle) {
    if (vehicle == nullptr) return "missed";
    if (vehicle->row.plate == plate) return is_sure(vehicle->row) ? "exact" : "partly";
    return distance(vehicle->row.plate, plate) <= 1 ? "partly" : "missed";
}

class ClipCounts {
  public:
    void add(const ClipResult& clip) {
        for (const TrueClipPlate& plate : clip.truth.plates) add_plate(clip, plate);
        const bool has_readable = std::any_of(clip.truth.plates.begin(), clip.truth.plates.end(),
                                              [](const auto& plate) { return plate.is_readable; });
        for (const VehicleWithReadings& vehicle : clip.vehicles) {
            if (is_sure(vehicle.row)) add_row(clip, vehicle.row, has_readable);
        }
    }

    EvaluationReport report() const {
        EvaluationReport out;
        out.kind = "clips";
        out.sections.push_back(
            {"plates that a person can read, by track", {found_, partly_, alone_, single_}, {}});
        out.sections.push_back({"rows", {confirmed_, probable_}, {}});
        out.sections.push_back({"rows not in the truth, confirmed and probable",
                                {},
                                {{"clips without a readable plate: confirmed", invented_[0]},
                                 {"clips without a readable plate: probable", invented_[1]},
                                 {"other clips: confirmed", unlisted_[0]},
                                 {"other clips: probable", unlisted_[1]}}});
        const auto sections = count_plates(outcomes_);
        out.sections.insert(out.sections.end(), sections.begin(), sections.end());
        out.verdicts = verdicts_;
        return out;
    }

  private:
    void add_plate(const ClipResult& clip, const TrueClipPlate& plate) {
        const VehicleWithReadings* vehicle = row_of(plate.text, clip.vehicles);
        Verdict verdict;
        verdict.place = file_name_of(clip.truth.path);
        verdict.truth = plate.text;
        verdict.verdict = verdict_on(plate.text, vehicle);
        PlateOutcome outcome;
        outcome.truth = plate.text;
        if (vehicle != nullptr) {
            const VehicleRow& row = vehicle->row;
            verdict.shown = outcome.shown = row.plate;
            verdict.tier = outcome.tier = row.tier;
            verdict.confidence = outcome.confidence = row.confidence;
            outcome.ranked.push_back(row.plate);
            for (const Alternative& other : row.alternatives) outcome.ranked.push_back(other.text);
            outcome.vehicle = row.vehicle_class;
            for (const ReadingRow& reading : vehicle->readings)
                outcome.width_px = std::max(outcome.width_px, reading.width_px);
        }
        if (!plate.is_readable) {
            verdict.note = "nobody can read it; not counted";
            verdicts_.push_back(verdict);
            return;
        }
        verdicts_.push_back(verdict);
        outcomes_.push_back(outcome);
        found_.count(verdict.verdict == "exact");
        partly_.count(verdict.verdict == "partly");
        count_single(plate.text, vehicle);
    }

    // What the track's readings are worth without fusion.
    void count_single(const std::string& plate, const VehicleWithReadings* vehicle) {
        const ReadingRow* surest = nullptr;
        if (vehicle != nullptr) {
            for (const ReadingRow& reading : vehicle->readings) {
                single_.count(reading.text == plate);
                if (surest == nullptr || reading.confidence > surest->confidence) surest = &reading;
            }
        }
        alone_.count(surest != nullptr && surest->text == plate);
    }

    void add_row(const ClipResult& clip, const VehicleRow& row, bool has_readable) {
        const auto& plates = clip.truth.plates;
        const bool right = std::any_of(plates.begin(), plates.end(),
                                       [&](const auto& plate) { return plate.text == row.plate; });
        const bool near = std::any_of(plates.begin(), plates.end(), [&](const auto& plate) {
            return distance(row.plate, plate.text) <= 1;
        });
        const std::size_t tier = row.tier == "confirmed" ? 0 : 1;
        (tier == 0 ? confirmed_ : probable_).count(right);
        if (right || near) return;
        (has_readable ? unlisted_ : invented_)[tier] += 1;
        Verdict verdict;
        verdict.place = file_name_of(clip.truth.path);
        verdict.verdict = has_readable ? "not listed" : "invented";
        verdict.shown = row.plate;
        verdict.tier = row.tier;
        verdict.confidence = row.confidence;
        verdict.note = fmt::format("at {:.1f} s", static_cast<double>(row.first_us) / 1e6);
        verdicts_.push_back(verdict);
    }

    Share found_{"with fusion: exact, confirmed or probable"};
    Share partly_{"with fusion: partly"};
    Share alone_{"without fusion: the track's surest reading is exact"};
    Share single_{"single readings that are exact"};
    Share confirmed_{"confirmed rows that are exactly in the truth"};
    Share probable_{"probable rows that are exactly in the truth"};
    double invented_[2] = {0, 0};  // confirmed, probable
    double unlisted_[2] = {0, 0};
    std::vector<PlateOutcome> outcomes_;
    std::vector<Verdict> verdicts_;
};

}  // namespace

EvaluationReport evaluate_clips(const std::vector<ClipResult>& clips) {
    ClipCounts counts;
    for (const ClipResult& clip : clips) counts.add(clip);
    return counts.report();
}

}  // namespace dashcam
