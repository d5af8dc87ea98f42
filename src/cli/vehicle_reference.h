#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "stores/store.h"

namespace dashcam {

// A vehicle that somebody named, and its clip.
struct NamedVehicle {
    VideoRow video;
    VehicleRow vehicle;                       // as it was read
    std::optional<CorrectionRow> correction;  // the one in force
    // What a person said, else what was read.
    const std::string& plate() const { return correction ? correction->plate : vehicle.plate; }
};

// Help for the option that takes a reference.
inline constexpr char kVehicleReferenceHelp[] =
    "CLIP:TRACK, where CLIP is a file name, the end of a path, or the first characters of the "
    "clip's hash; or a plate that one vehicle has; or a track that one clip has";

// Finds the one vehicle that `reference` names:
//   drive.mp4:16, card/drive.mp4:16, /media/card/drive.mp4:16   a clip's path or its end
//   1f3a:16                                                     at least 4 digits of its hash
//   KV67WRT, 'kv 67-wrt'                                        a plate that one vehicle has
//   16                                                          a track that one clip has
// A corrected plate counts instead of the one that was read. Errors are one line: nothing of that
// name, with what there is instead; or several, with the references that tell them apart.
Result<NamedVehicle> find_vehicle(Store& store, const std::string& reference);

// The clips that `name` may mean: those with that path or its end; else those whose path is shown
// so in messages, for names that cannot be typed; else those whose hash begins so. A path wins over
// a hash: "1f3a" may be a file's name.
std::vector<VideoRow> clips_named(const std::vector<VideoRow>& videos, const std::string& name);
// Says which there are instead.
Error no_such_clip(const std::vector<VideoRow>& videos, const std::string& name);

// The shortest reference that stays understandable: "drive.mp4:16", or with the start of the hash
// where another of `videos` has the same file name. May be passed to find_vehicle() as it is, if
// the name is printable.
std::string reference_of(const VideoRow& video, std::uint32_t track,
                         const std::vector<VideoRow>& videos);

// A plate as it is stored: capitals, without spaces and hyphens.
std::string plain_plate(const std::string& text);

}  // namespace dashcam
