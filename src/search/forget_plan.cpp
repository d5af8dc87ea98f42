#include "search/forget_plan.h"

#include <algorithm>
#include <set>

#include "search/clip_times.h"
#include "stores/plate_texts.h"

namespace dashcam {
namespace {

bool fits(const PlatePattern& pattern, const VehicleRow& row) {
    for (const PlateTextRow& text : texts_of(row, nullptr)) {
        if (text.kind == PlateTextKind::kRead && pattern.match(text) >= kLikelyEnough) return true;
    }
    return false;
}

bool fits(const PlatePattern& pattern, const CorrectionRow& row) {
    for (const std::string& text : {row.plate, row.plate_before}) {
        PlateTextRow known;
        known.text = text;
        if (!text.empty() && pattern.match(known) >= kLikelyEnough) return true;
    }
    return false;
}

class Planner {
  public:
    Planner(Store& store, const ForgetSelection& selection)
        : store_(store), selection_(selection) {}

    Result<ForgetPlan> run() {
        TRY_ASSIGN(const std::vector<VideoRow> videos, store_.videos());
        for (const VideoRow& video : videos) {
            if (wanted(video)) plan_.videos.push_back(video);
        }
        if (!selection_.plate) {
            for (const VideoRow& video : plan_.videos) plan_.request.videos.push_back(video.id);
            TRY(add_all_vehicles());
            return std::move(plan_);
        }
        for (const VideoRow& video : plan_.videos) clips_.insert(video.id);
        plan_.videos.clear();
        TRY(add_vehicles_of_plate());
        return std::move(plan_);
    }

  private:
    bool wanted(const VideoRow& video) const {
        const auto& clips = selection_.clips;
        if (clips && std::find(clips->begin(), clips->end(), video.id) == clips->end()) {
            return false;
        }
        return !selection_.before_us || age_of(video) < *selection_.before_us;
    }
    Result<void> add_all_vehicles() {
        for (const VideoRow& video : plan_.videos) {
            VehicleFilter filter;
            filter.video = video.id;
            TRY_ASSIGN(const std::vector<VehicleRow> rows, store_.vehicles(filter));
            plan_.vehicles.insert(plan_.vehicles.end(), rows.begin(), rows.end());
        }
        return {};
    }
    Result<void> add_vehicles_of_plate() {
        const PlatePattern& pattern = *selection_.plate;
        TRY_ASSIGN(const std::vector<CorrectionRow> corrections, store_.corrections(std::nullopt));
        std::set<VehicleKey> corrected;
        for (const CorrectionRow& row : corrections) {
            if (!clips_.contains(row.video) || !fits(pattern, row)) continue;
            if (row.vehicle < 0) {
                plan_.request.corrections.push_back(row);
            } else {
                corrected.insert({row.video, static_cast<std::uint32_t>(row.vehicle)});
            }
        }
        return store_.for_each_vehicle({}, [&](const VideoRow& video, const VehicleRow& row) {
            const VehicleKey key{row.video, row.track};
            if (clips_.contains(video.id) && (fits(pattern, row) || corrected.contains(key))) {
                plan_.request.vehicles.push_back(key);
                plan_.vehicles.push_back(row);
            }
            return Result<void>();
        });
    }

    Store& store_;
    const ForgetSelection& selection_;
    std::set<std::string> clips_;
    ForgetPlan plan_;
};

}  // namespace

std::int64_t age_of(const VideoRow& video) {
    return clock_at_start(video).value_or(video.modified_us);
}

Result<ForgetPlan> plan_forgetting(Store& store, const ForgetSelection& selection) {
    if (!selection.plate && !selection.clips && !selection.before_us) {
        return Error{"nothing is selected: give --plate, --clip or --older-than"};
    }
    return Planner(store, selection).run();
}

}  // namespace dashcam
