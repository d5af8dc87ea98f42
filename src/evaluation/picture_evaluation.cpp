#include "evaluation/picture_evaluation.h"

#include <algorithm>
#include <optional>

#include "pipeline/stages/plate_look.h"
#include "reading/fused_plate.h"
#include "reading/fusion.h"
#include "video/picture_file.h"
#include "video/printable_path.h"

namespace dashcam {
namespace {

constexpr float kFound = 0.5f;  // least IoU
// Least IoU of a find whose text is compared with the label's.
constexpr float kSamePlace = 0.2f;
// rectify() moves each side out by this share of the plate's size: a crop's corners lie so much
// inside, for the whole crop to be what is read.
constexpr float kRectifyGrowth = 0.03f;

Box in_pixels(const TruePlate& plate, const FrameFormat& format) {
    if (!plate.box_is_share) return *plate.box;
    const auto w = static_cast<float>(format.width), h = static_cast<float>(format.height);
    return {plate.box->x0 * w, plate.box->y0 * h, plate.box->x1 * w, plate.box->y1 * h};
}

PlateOutcome outcome_of(const TruePlate& truth, const TrackEvidence& evidence,
                        const PlateSummary& summary) {
    PlateOutcome out;
    out.truth = truth.text;
    out.shown = summary.text.data();
    out.tier = to_string(summary.tier);
    out.confidence = summary.confidence;
    for (const PlateHypothesis& text : fuse_plate(evidence).texts) out.ranked.push_back(text.text);
    out.lines = truth.lines;
    out.group = truth.group;
    return out;
}

Verdict verdict_of(const std::string& picture, const PlateOutcome& outcome, bool is_found) {
    Verdict verdict;
    verdict.place = file_name_of(picture);
    verdict.truth = outcome.truth;
    verdict.verdict = outcome.exact() ? "exact" : is_found ? "wrong" : "missed";
    verdict.shown = outcome.shown;
    verdict.tier = outcome.tier;
    verdict.confidence = outcome.confidence;
    return verdict;
}

std::optional<Box> box_of(const PictureFind& find, LabelKind labels) {
    if (labels == LabelKind::kVehicles) {
        if (!find.vehicle || find.vehicle->score < kSureScore) return {};
        return find.vehicle->box;
    }
    if (!find.plate) return {};
    return find.plate->corners.bounds();
}

// What a find is to the labels.
enum class FindUse { kNone, kReadOnly, kFound };

// Counts over all pictures.
class PictureCounts {
  public:
    explicit PictureCounts(LabelKind labels) : labels_(labels) {}

    void add(const TruePicture& truth, const FrameFormat& format,
             const std::vector<PictureFind>& finds) {
        ++pictures_;
        std::vector<FindUse> uses(finds.size(), FindUse::kNone);
        for (const TruePlate& plate : truth.plates) add_plate(truth, plate, format, finds, uses);
        if (!truth.has_labels) return;
        for (std::size_t i = 0; i < finds.size(); ++i) {
            if (!box_of(finds[i], labels_)) continue;
            precision_.count(uses[i] == FindUse::kFound);
            if (uses[i] == FindUse::kNone) add_extra(truth, finds[i]);
        }
    }

    EvaluationReport report() const {
        EvaluationReport out;
        out.kind = "pictures";
        ReportSection detection{"detection, IoU 0.5 and more", {recall_, precision_}, {}};
        if (pictures_ > 0) {
            detection.figures.push_back({"found boxes without a label, per picture",
                                         static_cast<double>(precision_.of - precision_.hits) /
                                             static_cast<double>(pictures_)});
        }
        out.sections.push_back(detection);
        if (!outcomes_.empty()) {
            const auto sections = count_plates(outcomes_);
            out.sections.insert(out.sections.end(), sections.begin(), sections.end());
        }
        out.verdicts = verdicts_;
        return out;
    }

  private:
    void add_plate(const TruePicture& truth, const TruePlate& plate, const FrameFormat& format,
                   const std::vector<PictureFind>& finds, std::vector<FindUse>& uses) {
        std::optional<std::size_t> best =
            plate.box ? overlapping(plate, format, finds, uses, kFound) : same_text(plate, finds);
        if (best) uses[*best] = FindUse::kFound;
        if (plate.box) recall_.count(best.has_value());
        // People draw boxes around the plate, its characters or its holder; the text is the same.
        if (!best && plate.box) {
            best = overlapping(plate, format, finds, uses, kSamePlace);
            if (best) uses[*best] = FindUse::kReadOnly;
        }
        if (labels_ == LabelKind::kVehicles || plate.text.empty() || !plate.is_readable) return;
        static const PictureFind kNothing;
        const PictureFind& find = best ? finds[*best] : kNothing;
        PlateOutcome outcome = outcome_of(plate, find.evidence, find.summary);
        const float width = plate.box    ? in_pixels(plate, format).width()
                            : find.plate ? find.plate->corners.bounds().width()
                                         : 0.0f;
        outcome.width_px = width;
        outcome.share_of_picture = width / static_cast<float>(std::max(1, format.width));
        if (find.vehicle) outcome.vehicle = to_string(find.vehicle->vehicle_class);
        if (best && !find.vehicle) outcome.vehicle = "none";
        outcomes_.push_back(outcome);
        verdicts_.push_back(verdict_of(truth.path, outcome, best.has_value()));
    }

    std::optional<std::size_t> overlapping(const TruePlate& plate, const FrameFormat& format,
                                           const std::vector<PictureFind>& finds,
                                           const std::vector<FindUse>& uses, float least) const {
        std::optional<std::size_t> best;
        float most = 0;
        for (std::size_t i = 0; i < finds.size(); ++i) {
            const std::optional<Box> box = box_of(finds[i], labels_);
            if (!box || uses[i] != FindUse::kNone) continue;
            const float overlap = iou(*box, in_pixels(plate, format));
            if (overlap < least || overlap <= most) continue;
            most = overlap;
            best = i;
        }
        return best;
    }

    // Without boxes: the find that says so, or the first.
    static std::optional<std::size_t> same_text(const TruePlate& plate,
                                                const std::vector<PictureFind>& finds) {
        for (std::size_t i = 0; i < finds.size(); ++i) {
            if (finds[i].summary.text.data() == plate.text) return i;
        }
        if (finds.empty() || !finds.front().plate) return {};
        return 0;
    }

    void add_extra(const TruePicture& truth, const PictureFind& find) {
        Verdict verdict;
        verdict.place = file_name_of(truth.path);
        verdict.verdict = "not labelled";
        verdict.shown = find.summary.text.data();
        verdict.tier = to_string(find.summary.tier);
        verdict.confidence = find.summary.confidence;
        verdicts_.push_back(verdict);
    }

    LabelKind labels_;
    std::size_t pictures_ = 0;
    Share recall_{"labelled boxes found"};
    Share precision_{"found boxes that are labelled"};
    std::vector<PlateOutcome> outcomes_;
    std::vector<Verdict> verdicts_;
};

}  // namespace

Result<EvaluationReport> evaluate_pictures(PictureReader& reader, const Truth& truth,
                                           LabelKind labels) {
    PictureCounts counts(labels);
    std::vector<std::string> problems;
    for (const TruePicture& one : truth.pictures) {
        const Result<Picture> picture = read_picture(one.path);
        if (!picture.ok()) {
            problems.push_back(picture.error().message);
            counts.add(one, FrameFormat{}, {});
            continue;
        }
        TRY_ASSIGN(const std::vector<PictureFind> finds, reader.read(picture->view()));
        counts.add(one, picture->format, finds);
    }
    EvaluationReport report = counts.report();
    report.problems = std::move(problems);
    return report;
}

Result<EvaluationReport> evaluate_crops(TextReader& reader, const Truth& truth) {
    std::vector<PlateOutcome> outcomes;
    EvaluationReport report;
    report.kind = "crops";
    for (const TruePicture& one : truth.pictures) {
        PlateOutcome outcome;
        const Result<Picture> picture = read_picture(one.path);
        if (!picture.ok()) {
            report.problems.push_back(picture.error().message);
            outcome = outcome_of(one.plates.front(), {}, {});
        } else {
            const auto w = static_cast<float>(picture->format.width);
            const auto h = static_cast<float>(picture->format.height);
            const float dx = w * kRectifyGrowth / (1 + 2 * kRectifyGrowth);
            const float dy = h * kRectifyGrowth / (1 + 2 * kRectifyGrowth);
            PlateDetection plate;
            plate.score = 1;
            plate.corners.corners = {{{dx, dy}, {w - dx, dy}, {w - dx, h - dy}, {dx, h - dy}}};
            TRY_ASSIGN(auto readings, read_plate_in_cuts(reader, picture->view(), plate, {}));
            TrackEvidence evidence;
            for (PlateReading& reading : readings) {
                reading.whole = 1;  // a tight crop would look like a piece of a plate
                add_reading(evidence, reading);
            }
            outcome = outcome_of(one.plates.front(), evidence, summarise_plate(evidence));
            outcome.width_px = w;
        }
        outcomes.push_back(outcome);
        report.verdicts.push_back(verdict_of(one.path, outcome, picture.ok()));
    }
    report.sections = count_plates(outcomes);
    return report;
}

}  // namespace dashcam
