#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "stores/rows.h"

namespace dashcam {

enum class PlateView : std::uint8_t {
    kAsRead,     // rows as they were written
    kCorrected,  // as apply() makes them, where a correction is in force
};

// Which vehicles to list, and how. What is left out does not restrict.
struct VehicleFilter {
    PlateView view = PlateView::kAsRead;  // `plate` to `min_confidence` see this, too
    std::optional<std::string> video;
    std::optional<std::uint32_t> track;
    std::optional<std::string> plate;  // whole text
    std::optional<std::string> tier;
    std::optional<std::string> vehicle_class;
    std::optional<std::string> region;
    std::optional<double> min_confidence;
    std::optional<std::int64_t> from_us;   // seen at this media time or later
    std::optional<std::int64_t> until_us;  // seen at this media time or earlier
    bool operator==(const VehicleFilter&) const = default;
};

struct VehicleKey {
    std::string video;
    std::uint32_t track = 0;
    auto operator<=>(const VehicleKey&) const = default;
};

// Takes one vehicle of a listing; an Error ends the listing.
using VehicleVisitor = std::function<Result<void>(const VideoRow&, const VehicleRow&)>;

enum class PartMatch : std::uint8_t {
    kEqual,   // three characters, or one or two with which the text ends
    kBegins,  // up to three characters, at place 1 any number; others may follow
};

// Characters that stand at one place of a text.
struct TextPart {
    std::size_t place = 1;  // of the first one; 1 is the text's first
    PartMatch match = PartMatch::kEqual;
    std::vector<std::string> parts;  // any of these
};
// The last place from which parts are found by an index; no plate has more characters.
constexpr std::size_t kLastPartPlace = 10;

// How many characters a text has, '?' included.
struct TextLength {
    std::size_t least = 0;
    std::size_t most = 0;
};

// A test of texts that the database makes, so that few rows have to be read that do not fit. '_' is
// any character, '%' any number of them. A text passes if it is like one of likes[0]; one with at
// least i characters that are not known ('?'), if it is like one of likes[i]; and one with at least
// likes.size() of them in any case, unless the last of likes is empty: then no other one passes.
// Empty: all pass.
using TextTest = std::vector<std::vector<std::string>>;

// Which rows of plate_texts to find. All that is given has to hold.
struct PlateTextQuery {
    std::vector<std::string> whole;  // any of these texts; empty: any
    std::optional<TextPart> part;    // at one place
    std::optional<TextLength> length;
    std::vector<std::string> videos;  // any of these; empty: any
    TextTest like;
    std::optional<double> min_probability;
    std::optional<double> max_probability;
    // Of the vehicle, as corrected; `plate` is not looked at.
    VehicleFilter vehicle;
    std::size_t limit = 0;  // at most so many rows
};

enum class TextOrder : std::uint8_t {
    kAny,           // for few rows, found by whole text or part
    kMostProbable,  // first, then by text, video and track
};

// How often a plate was met.
struct PlateCount {
    std::string text;
    std::int64_t clips = 0;     // videos
    std::int64_t vehicles = 0;  // rows
    bool operator==(const PlateCount&) const = default;
};

// Which plates to count: whole texts, as read or corrected, without '?'.
struct PlateCountQuery {
    std::int64_t min_clips = 1;
    std::int64_t min_vehicles = 1;
    VehicleFilter vehicle;  // as in PlateTextQuery
    std::size_t limit = 0;
};

// What forget() deletes.
struct ForgetRequest {
    std::vector<VehicleKey> vehicles;
    std::vector<std::string> videos;  // with all their vehicles
    // Corrections that belong to no vehicle now: `video` and `number` say which.
    std::vector<CorrectionRow> corrections;
};
struct Forgotten {
    std::int64_t videos = 0;
    std::int64_t vehicles = 0;
    std::int64_t readings = 0;
    std::int64_t corrections = 0;
    bool operator==(const Forgotten&) const = default;
};

}  // namespace dashcam
