#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "main/clip_list.h"
#include "settings/settings.h"

namespace dashcam {

// A guess with the range in which it probably lies.
struct Estimate {
    double likely = 0;
    double low = 0;
    double high = 0;
};

// What processing the clips would take and give. Times are those of an otherwise idle machine.
struct DryRun {
    std::size_t clips = 0;
    std::size_t skipped = 0;              // finished already
    std::vector<std::string> unreadable;  // why, a sentence each
    double media_s = 0;
    std::uint64_t frames = 0;
    std::uint64_t bytes = 0;
    std::size_t sampled_clips = 0;
    std::uint64_t sampled_frames = 0;
    double decode_ms = 0;  // processor time of each frame
    double detect_ms = 0;
    double track_ms = 0;
    double plates_ms = 0;
    Estimate seconds;
    Estimate vehicles;
    Estimate disk_bytes;
};

// Decodes the beginnings of some clips, really finds, tracks and reads in them, and reckons from
// that. Writes nothing, and takes some seconds. `out` and `db` of the settings are read to know
// which clips are finished. Errors: a model cannot be loaded; no clip can be decoded.
Result<DryRun> make_dry_run(const Settings& settings, const std::vector<std::string>& clips,
                            Redo redo);

}  // namespace dashcam
