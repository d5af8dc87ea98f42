#include "pictures/picture_reader.h"

#include <algorithm>
#include <string>
#include <tuple>

#include "pipeline/stages/plate_choice.h"
#include "pipeline/stages/plate_look.h"
#include "pipeline/stages/wide_view.h"
#include "reading/fusion.h"
#include "reading/plate_twins.h"
#include "reading/reading_quality.h"

namespace dashcam {
namespace {

// Two detections that overlap by more than this are one plate.
constexpr float kSamePlate = 0.2f;
// A found plate is looked at again in crops in which it takes up these shares of the width: the
// middle of what the plate network was trained on. Each gives other corners, and so another picture
// of the plate; and where a vehicle's recess or a plate's frame was taken for the plate, the plate.
constexpr float kLookShares[] = {0.2f, 0.3f, 0.42f};
// Parts along each side in which a vehicle or a picture without a plate is searched; they overlap
// by half.
constexpr int kParts = 3;
// Smaller parts hold no more than the whole did.
constexpr float kLeastPart_px = 80;
// Plates of one picture: more are no photograph of traffic.
constexpr std::size_t kMostPlates = 64;

Box whole_of(const FrameView& picture) {
    return {0, 0, static_cast<float>(picture.format.width),
            static_cast<float>(picture.format.height)};
}

bool holds(const Box& box, const Point& p) {
    return p.x >= box.x0 && p.x <= box.x1 && p.y >= box.y0 && p.y <= box.y1;
}

bool same_plate(const PlateDetection& a, const PlateDetection& b) {
    const Box x = a.corners.bounds();
    const Box y = b.corners.bounds();
    return iou(x, y) > kSamePlate || (holds(x, y.centre()) && holds(y, x.centre()));
}

// A box around the plate in whose crop the plate takes up `share` of the width. The detector grows
// it on each side.
Box around(const Box& plate, float share) {
    const float side = std::max(plate.width(), plate.height());
    const auto growth = static_cast<float>(1 + 2 * PlateDetector::kCropGrowth);
    const float half = side / share / growth / 2;
    const Point c = plate.centre();
    return {c.x - half, c.y - half, c.x + half, c.y + half};
}

int rank_of(const PictureFind& find) {
    if (find.summary.tier != PlateTier::kNone) return 3 - static_cast<int>(find.summary.tier);
    return find.plate ? 4 : 5;
}

float size_of(const PictureFind& find) {
    return find.plate ? find.plate->corners.bounds().area() : find.vehicle->box.area();
}

bool comes_before(const PictureFind& a, const PictureFind& b) {
    return std::tuple(rank_of(a), -size_of(a)) < std::tuple(rank_of(b), -size_of(b));
}

// Drops what shows a plate that an earlier find has: final corners may have moved onto one another.
void drop_doubles(std::vector<PictureFind>& finds) {
    std::vector<PictureFind> kept;
    for (const PictureFind& find : finds) {
        const Box box = find.plate->corners.bounds();
        const bool is_double = std::any_of(kept.begin(), kept.end(), [&](const PictureFind& other) {
            const Box better = other.plate->corners.bounds();
            return iou(better, box) > kSamePlate || holds(better, box.centre()) ||
                   holds(box, better.centre());
        });
        if (!is_double) kept.push_back(find);
    }
    finds = std::move(kept);
}

// Gives each plate the smallest vehicle around it that has none yet, and adds the vehicles without.
// Plates are in order of preference.
void add_vehicles(std::vector<PictureFind>& finds, const Detections& vehicles) {
    std::vector<bool> taken(vehicles.size(), false);
    for (PictureFind& find : finds) {
        std::size_t owner = vehicles.size();
        for (std::size_t v = 0; v < vehicles.size(); ++v) {
            const bool fits =
                !taken[v] && holds(vehicles[v].box, find.plate->corners.bounds().centre());
            if (!fits) continue;
            if (owner == vehicles.size() || vehicles[v].box.area() < vehicles[owner].box.area())
                owner = v;
        }
        if (owner == vehicles.size()) continue;
        find.vehicle = vehicles[owner];
        taken[owner] = true;
    }
    for (std::size_t v = 0; v < vehicles.size(); ++v) {
        if (taken[v] || vehicles[v].score < kSureScore) continue;
        PictureFind bare;
        bare.vehicle = vehicles[v];
        bare.summary.unread = UnreadReason::kNoPlateFound;
        finds.push_back(bare);
    }
}

float best_score_of(const std::vector<PlateDetection>& looks) {
    float best = 0;
    for (const PlateDetection& look : looks) best = std::max(best, look.score);
    return best;
}

// Joins a detection to the plate that it shows, or begins a new one.
void add(std::vector<std::vector<PlateDetection>>& plates, const PlateDetection& plate) {
    for (std::vector<PlateDetection>& looks : plates) {
        if (!same_plate(looks.front(), plate)) continue;
        looks.push_back(plate);
        if (plate.score > looks.front().score) std::swap(looks.front(), looks.back());
        return;
    }
    if (plates.size() < kMostPlates) plates.push_back({plate});
}

}  // namespace

Result<void> PictureReader::search(const FrameView& picture, const Box& part,
                                   std::vector<PlateLooks>& plates) {
    TRY_ASSIGN(const PlateDetections found, networks_.plate->detect(picture, part));
    for (const PlateDetection& plate : found) add(plates, plate);
    return {};
}

Result<void> PictureReader::search_wide(const FrameView& picture, const Box& part,
                                        std::vector<PlateLooks>& plates) {
    const WideView view(picture, part);
    TRY_ASSIGN(const PlateDetections found, networks_.plate->detect(view.picture(), view.box()));
    for (PlateDetection plate : found) {
        plate.corners = view.to_frame(plate.corners);
        add(plates, plate);
    }
    return {};
}

Result<void> PictureReader::search_parts(const FrameView& picture, const Box& whole,
                                         std::vector<PlateLooks>& plates) {
    const float width = 2 * whole.width() / (kParts + 1);
    const float height = 2 * whole.height() / (kParts + 1);
    if (width < kLeastPart_px || height < kLeastPart_px) return {};
    for (int row = 0; row < kParts; ++row) {
        for (int column = 0; column < kParts; ++column) {
            const float x = whole.x0 + static_cast<float>(column) * width / 2;
            const float y = whole.y0 + static_cast<float>(row) * height / 2;
            TRY(search(picture, {x, y, x + width, y + height}, plates));
        }
    }
    return {};
}

bool PictureReader::found_one(const std::vector<PlateLooks>& plates, const Box& part) const {
    return std::any_of(plates.begin(), plates.end(), [&](const PlateLooks& looks) {
        return looks.front().score >= sure_plate_ &&
               holds(part, looks.front().corners.bounds().centre());
    });
}

Result<std::vector<PictureReader::PlateLooks>> PictureReader::find_plates(
    const FrameView& picture, const Detections& vehicles) {
    std::vector<PlateLooks> plates;
    for (const Detection& vehicle : vehicles) {
        TRY_ASSIGN(const std::optional<PlateDetection> own,
                   find_plate(*networks_.plate, picture, vehicle.box));
        if (own) add(plates, *own);
        TRY(search_wide(picture, vehicle.box, plates));
        if (vehicle.score >= kSureScore && !found_one(plates, vehicle.box)) {
            TRY(search_parts(picture, vehicle.box, plates));
        }
    }
    const Box whole = whole_of(picture);
    TRY(search(picture, whole, plates));
    TRY(search_wide(picture, whole, plates));
    if (!found_one(plates, whole)) TRY(search_parts(picture, whole, plates));
    return plates;
}

Result<bool> PictureReader::look_closer(const FrameView& picture, PlateLooks& looks) {
    const PlateDetection first = looks.front();
    std::size_t sure_looks = 0;
    for (const float share : kLookShares) {
        const Box part = around(first.corners.bounds(), share);
        TRY_ASSIGN(const PlateDetections again, networks_.plate->detect(picture, part));
        for (const PlateDetection& plate : again) {
            if (!same_plate(first, plate)) continue;
            looks.push_back(plate);
            if (plate.score >= sure_plate_) ++sure_looks;
            break;
        }
    }
    return sure_looks == std::size(kLookShares);
}

Result<PictureFind> PictureReader::read_plate_of(const FrameView& picture,
                                                 const PlateLooks& looks) {
    PictureFind find;
    std::vector<std::string> texts;  // of each look along its corners, twins as one symbol
    for (std::size_t i = 0; i < looks.size(); ++i) {
        FrameStamp stamp;
        stamp.index = static_cast<std::uint32_t>(i * kCutsOfAPicture);
        TRY_ASSIGN(const auto readings,
                   read_plate_in_cuts(*networks_.text, picture, looks[i], stamp));
        for (const PlateReading& reading : readings) add_reading(find.evidence, reading);
        texts.push_back(without_twins(read_alone(readings.front()).text));
    }
    find.summary = summarise_plate(find.evidence);
    // Cuts are no looks of their own.
    find.summary.looks /= kCutsOfAPicture;
    find.summary.readings /= kCutsOfAPicture;
    // The corners of the surest look that reads what all say together; of the surest, if none does.
    const std::string text = without_twins(find.summary.text.data());
    const bool is_read = std::find(texts.begin(), texts.end(), text) != texts.end();
    const PlateDetection* best = nullptr;
    for (std::size_t i = 0; i < looks.size(); ++i) {
        if (is_read && texts[i] != text) continue;
        if (best == nullptr || looks[i].score > best->score) best = &looks[i];
    }
    find.plate = *best;
    return find;
}

Result<std::vector<PictureFind>> PictureReader::read(const FrameView& picture) {
    TRY_ASSIGN(const Detections vehicles, networks_.vehicle->detect(picture));
    TRY_ASSIGN(std::vector<PlateLooks> plates, find_plates(picture, vehicles));
    std::vector<PictureFind> finds;
    for (PlateLooks& looks : plates) {
        TRY_ASSIGN(const bool lasts, look_closer(picture, looks));
        const bool is_sure = best_score_of(looks) >= sure_plate_;
        TRY_ASSIGN(const PictureFind find, read_plate_of(picture, looks));
        // A text speaks for a plate. Without one, a lamp or a sign that is taken for a plate in one
        // crop is none in another.
        const PlateTier tier = find.summary.tier;
        const bool has_text = tier >= PlateTier::kProbable || (is_sure && tier != PlateTier::kNone);
        if (has_text || lasts) finds.push_back(find);
    }
    std::stable_sort(finds.begin(), finds.end(), comes_before);
    drop_doubles(finds);
    add_vehicles(finds, vehicles);
    std::stable_sort(finds.begin(), finds.end(), comes_before);
    return finds;
}

}  // namespace dashcam
