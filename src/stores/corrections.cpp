#include "stores/corrections.h"

#include <algorithm>
#include <map>

namespace dashcam {
namespace {

bool is_the_same(const CorrectionRow& then, const VehicleRow& now) {
    return then.track == now.track && then.first_us == now.first_us &&
           then.last_us == now.last_us && then.largest_box == now.largest_box &&
           then.plate_before == now.plate;
}

// In double: times may lie anywhere in 64 bits.
double length(std::int64_t from, std::int64_t to) {
    return static_cast<double>(to) - static_cast<double>(from);
}

// 0 if they share no time; two that last no time, at the same moment, share all of it.
double time_in_common(const CorrectionRow& then, const VehicleRow& now) {
    const std::int64_t begin = std::max(then.first_us, now.first_us);
    const std::int64_t end = std::min(then.last_us, now.last_us);
    if (begin > end) return 0;
    const double all =
        length(std::min(then.first_us, now.first_us), std::max(then.last_us, now.last_us));
    return all > 0 ? length(begin, end) / all : 1;
}

double resemblance(const CorrectionRow& then, const VehicleRow& now) {
    const double time = time_in_common(then, now);
    if (time <= 0) return 0;
    const bool same_text =
        !now.plate.empty() && (now.plate == then.plate_before || now.plate == then.plate);
    const double place =
        std::clamp(static_cast<double>(iou(then.largest_box, now.largest_box)), 0.0, 1.0);
    return time + place + (same_text ? 1 : 0);
}

std::int64_t vehicle_of(const CorrectionRow& correction, const std::vector<VehicleRow>& vehicles) {
    std::int64_t best = -1;
    double most = 0;
    for (const VehicleRow& vehicle : vehicles) {
        if (is_the_same(correction, vehicle)) return vehicle.track;
        const double value = resemblance(correction, vehicle);
        const bool better = value > most || (value == most && best > vehicle.track);
        if (value < kLeastResemblance || !better) continue;
        most = value;
        best = vehicle.track;
    }
    return best;
}

}  // namespace

CorrectionRow correction_row(const Correction& correction, const VehicleRow& vehicle,
                             const std::vector<CorrectionRow>& earlier) {
    CorrectionRow row;
    row.video = correction.video;
    for (const CorrectionRow& other : earlier) row.number = std::max(row.number, other.number);
    ++row.number;
    row.corrected_at = correction.corrected_at;
    row.plate = correction.plate;
    row.reason = correction.reason;
    row.track = vehicle.track;
    row.first_us = vehicle.first_us;
    row.last_us = vehicle.last_us;
    row.largest_box = vehicle.largest_box;
    row.plate_before = vehicle.plate;
    return row;
}

void assign_corrections(std::vector<CorrectionRow>& corrections,
                        const std::vector<VehicleRow>& vehicles) {
    std::map<std::int64_t, CorrectionRow*> last;
    for (CorrectionRow& correction : corrections) {
        correction.vehicle = vehicle_of(correction, vehicles);
        correction.in_force = 0;
        if (correction.vehicle < 0) continue;
        CorrectionRow*& so_far = last[correction.vehicle];
        if (so_far == nullptr || so_far->number < correction.number) so_far = &correction;
    }
    for (const auto& [track, correction] : last) correction->in_force = 1;
}

VehicleRow apply(const CorrectionRow& correction, VehicleRow row) {
    if (row.plate != correction.plate) {
        row.region.clear();
        row.region_confidence = 0;
    }
    row.plate = correction.plate;
    row.tier = kCorrectedTier;
    row.unread_reason.clear();
    row.confidence = 1;
    row.characters.clear();
    for (const char c : row.plate) row.characters.push_back({1, {{c, 1}}});
    row.alternatives.clear();
    return row;
}

}  // namespace dashcam
