#pragma once

#include <atomic>
#include <string>
#include <vector>

#include "base/result.h"
#include "settings/settings.h"
#include "stores/rows.h"

namespace dashcam {

// A clip whose rows are written.
struct ClipToAnnotate {
    VideoRow video;
    std::vector<VehicleRow> vehicles;
    std::vector<std::vector<ReadingRow>> readings;  // of each vehicle
};

struct AnnotatedClip {
    std::string file;
    std::uint32_t frames = 0;
    std::string video_codec;
    std::string audio_codec;       // empty: the clip has no sound, or none that MP4 takes
    std::size_t rows_not_met = 0;  // more than none: the rows were made with other settings
};

// annotated/NAME-HASH.mp4 below the output folder.
std::string annotated_file(const std::string& out, const VideoRow& video);

// Goes through the clip once more with the same detector and tracker, draws the vehicles with their
// track numbers and plates, and writes the video. Settings with resolved models, as in RunPlan.
// `stop`: not zero ends it early, with nothing left. Errors: the clip cannot be read any more, a
// network cannot be loaded, the video cannot be written, it was stopped.
Result<AnnotatedClip> annotate(const ClipToAnnotate& clip, const Settings& settings,
                               const std::atomic<std::uint32_t>& stop);

}  // namespace dashcam
