#include "cli/vehicle_reference.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <optional>
#include <utility>
#include <vector>

#include "video/printable_path.h"

namespace dashcam {
namespace {

constexpr std::size_t kShortestHash = 4;
// An error names so many candidates; more don't help on one line.
constexpr std::size_t kMostCandidates = 6;
constexpr std::size_t kHashShown = 8;

std::string list_of(const std::vector<std::string>& names) {
    std::string text;
    for (std::size_t i = 0; i < std::min(names.size(), kMostCandidates); ++i)
        text += (i == 0 ? "" : ", ") + names[i];
    if (names.size() > kMostCandidates)
        text += fmt::format(", and {} more", names.size() - kMostCandidates);
    return text;
}

// "card/drive.mp4" is the end of "/media/card/drive.mp4", "rive.mp4" is not.
bool is_end_of_path(const std::string& name, const std::string& path) {
    return path == name || (path.ends_with(name) && !name.empty() &&
                            (name.front() == '/' || path[path.size() - name.size() - 1] == '/'));
}

bool is_hash_prefix(const std::string& name, const std::string& id) {
    std::string lower = name;
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return lower.size() >= kShortestHash && id.starts_with(lower);
}

struct ClipAndTrack {
    std::string clip;
    std::uint32_t track = 0;
};

std::optional<ClipAndTrack> split(const std::string& reference) {
    const std::size_t colon = reference.rfind(':');
    if (colon == std::string::npos || colon == 0) return std::nullopt;
    ClipAndTrack parts{reference.substr(0, colon), 0};
    const char* begin = reference.data() + colon + 1;
    const char* end = reference.data() + reference.size();
    const auto [rest, failed] = std::from_chars(begin, end, parts.track);
    if (failed != std::errc{} || rest != end || begin == end) return std::nullopt;
    return parts;
}

Result<NamedVehicle> named(Store& store, const VideoRow& video, const VehicleRow& vehicle) {
    NamedVehicle out{video, vehicle, std::nullopt};
    TRY_ASSIGN(const std::vector<CorrectionRow> corrections, store.corrections(video.id));
    for (const CorrectionRow& correction : corrections) {
        if (correction.in_force != 0 && correction.vehicle == vehicle.track)
            out.correction = correction;
    }
    return out;
}

Result<NamedVehicle> in_clip(Store& store, const std::vector<VideoRow>& videos,
                             const ClipAndTrack& wanted) {
    const std::vector<VideoRow> clips = clips_named(videos, wanted.clip);
    if (clips.empty()) return no_such_clip(videos, wanted.clip);
    std::vector<NamedVehicle> found;
    std::vector<std::string> tracks;
    for (const VideoRow& clip : clips) {
        VehicleFilter filter;
        filter.video = clip.id;
        TRY_ASSIGN(const std::vector<VehicleRow> vehicles, store.vehicles(filter));
        for (const VehicleRow& vehicle : vehicles) {
            tracks.push_back(std::to_string(vehicle.track));
            if (vehicle.track == wanted.track) found.push_back({clip, vehicle, std::nullopt});
        }
    }
    if (found.size() == 1) return named(store, found.front().video, found.front().vehicle);
    if (found.empty()) {
        return Error{fmt::format(
            "clip {} has no vehicle {}; {}", printable_path(wanted.clip), wanted.track,
            tracks.empty() ? "it has none at all" : "it has the tracks " + list_of(tracks))};
    }
    std::vector<std::string> names;
    for (const NamedVehicle& one : found) {
        names.push_back(fmt::format("{}:{} (in {})", one.video.id.substr(0, kHashShown),
                                    wanted.track, printable_path(one.video.path)));
    }
    return Error{fmt::format("{} clips are called {}: name one of {}", names.size(),
                             printable_path(wanted.clip), list_of(names))};
}

// Vehicles of several clips, with their clips.
std::vector<NamedVehicle> with_clips(const std::vector<VehicleRow>& vehicles,
                                     const std::vector<VideoRow>& videos) {
    std::vector<NamedVehicle> found;
    for (const VehicleRow& vehicle : vehicles) {
        for (const VideoRow& video : videos) {
            if (video.id == vehicle.video) found.push_back({video, vehicle, std::nullopt});
        }
    }
    return found;
}

// A table's TRACK column, typed alone: enough where one clip has that track.
std::optional<std::uint32_t> only_digits(const std::string& reference) {
    std::uint32_t track = 0;
    const char* end = reference.data() + reference.size();
    const auto [rest, failed] = std::from_chars(reference.data(), end, track);
    if (failed != std::errc{} || rest != end || reference.empty()) return std::nullopt;
    return track;
}

Result<NamedVehicle> with_track(Store& store, const std::vector<VideoRow>& videos,
                                std::uint32_t track) {
    VehicleFilter filter;
    filter.track = track;
    TRY_ASSIGN(const std::vector<VehicleRow> vehicles, store.vehicles(filter));
    const std::vector<NamedVehicle> found = with_clips(vehicles, videos);
    if (found.size() == 1) return named(store, found.front().video, found.front().vehicle);
    if (found.empty()) {
        return Error{fmt::format(
            "there is no vehicle with the plate or the track {0}; see 'dashcam vehicles'", track)};
    }
    std::vector<std::string> names;
    for (const NamedVehicle& one : found) names.push_back(reference_of(one.video, track, videos));
    return Error{fmt::format("{} clips have a track {}: name one of {}", found.size(), track,
                             list_of(names))};
}

Result<NamedVehicle> with_plate(Store& store, const std::vector<VideoRow>& videos,
                                const std::string& reference) {
    VehicleFilter filter;
    filter.view = PlateView::kCorrected;
    filter.plate = plain_plate(reference);
    TRY_ASSIGN(const std::vector<VehicleRow> vehicles, store.vehicles(filter));
    const std::vector<NamedVehicle> found = with_clips(vehicles, videos);
    if (found.size() == 1) {
        VehicleFilter as_read;
        as_read.video = found.front().video.id;
        as_read.track = found.front().vehicle.track;
        TRY_ASSIGN(const std::vector<VehicleRow> rows, store.vehicles(as_read));
        if (rows.size() == 1) return named(store, found.front().video, rows.front());
    }
    if (found.size() > 1) {
        std::vector<std::string> names;
        for (const NamedVehicle& one : found) {
            names.push_back(fmt::format("{} ({:.1f}-{:.1f} s)",
                                        reference_of(one.video, one.vehicle.track, videos),
                                        static_cast<double>(one.vehicle.first_us) / 1e6,
                                        static_cast<double>(one.vehicle.last_us) / 1e6));
        }
        return Error{fmt::format("{} vehicles have the plate {}: name one of {}", found.size(),
                                 *filter.plate, list_of(names))};
    }
    if (const auto track = only_digits(reference)) return with_track(store, videos, *track);
    return Error{"no vehicle has the plate " + printable_path(reference) +
                 "; name one as CLIP:TRACK, as in drive.mp4:16, or see 'dashcam vehicles'"};
}

}  // namespace

std::vector<VideoRow> clips_named(const std::vector<VideoRow>& videos, const std::string& name) {
    std::string wanted = name;
    while (wanted.starts_with("./")) wanted.erase(0, 2);
    std::vector<VideoRow> found;
    for (const VideoRow& video : videos) {
        if (is_end_of_path(wanted, video.path)) found.push_back(video);
    }
    if (!found.empty()) return found;
    for (const VideoRow& video : videos) {
        // As error messages show it, for names that cannot be typed.
        if (is_end_of_path(wanted, printable_text(video.path))) found.push_back(video);
    }
    if (!found.empty()) return found;
    for (const VideoRow& video : videos) {
        if (is_hash_prefix(wanted, video.id)) found.push_back(video);
    }
    return found;
}

Error no_such_clip(const std::vector<VideoRow>& videos, const std::string& name) {
    if (videos.empty()) return Error{"the database has no clips yet; 'dashcam run' adds some"};
    std::vector<std::string> names;
    for (const VideoRow& video : videos) names.push_back(printable_path(file_name_of(video.path)));
    return Error{"no clip is called " + printable_path(name) + "; there are " + list_of(names)};
}

Result<NamedVehicle> find_vehicle(Store& store, const std::string& reference) {
    TRY_ASSIGN(const std::vector<VideoRow> videos, store.videos());
    if (const std::optional<ClipAndTrack> wanted = split(reference)) {
        return in_clip(store, videos, *wanted);
    }
    if (!clips_named(videos, reference).empty()) {
        return Error{printable_path(reference) +
                     " is a clip; name a vehicle in it as CLIP:TRACK, as in drive.mp4:16"};
    }
    if (reference.find(':') != std::string::npos) {
        return Error{printable_path(reference) +
                     " names no vehicle: after the colon comes the track, a number, as in "
                     "drive.mp4:16"};
    }
    return with_plate(store, videos, reference);
}

std::string reference_of(const VideoRow& video, std::uint32_t track,
                         const std::vector<VideoRow>& videos) {
    const std::string name = file_name_of(video.path);
    const bool unique = std::none_of(videos.begin(), videos.end(), [&](const VideoRow& other) {
        return other.id != video.id && file_name_of(other.path) == name;
    });
    return fmt::format("{}:{}", unique ? printable_text(name) : video.id.substr(0, kHashShown),
                       track);
}

std::string plain_plate(const std::string& text) {
    std::string out;
    for (const char c : text) {
        if (c == ' ' || c == '-') continue;
        out += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    }
    return out;
}

}  // namespace dashcam
