#pragma once

#include <cstddef>

#include "settings/settings.h"
#include "pipeline/control_region/control_layout.h"
#include "pipeline/video_reader/frame_choice.h"
#include "video/decoder.h"

namespace dashcam {

// How large the shared regions of a session are, for frames of `frame_bytes` at most. The sums and
// their reasons are in the source, and in docs/limits.md.
ControlSizes session_sizes(const Settings& settings, std::size_t frame_bytes);

QueueLimits session_limits(const Settings& settings);

// Opens clips for the readers; frames of more than max_frame_pixels_mp are an Error.
VideoOpener clip_opener(const Settings& settings);

DecoderOptions decoder_options(const Settings& settings);

// Which frames the networks see.
FrameChoice::Rates analysis_rates(const Settings& settings);

}  // namespace dashcam
