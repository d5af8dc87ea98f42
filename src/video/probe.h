#pragma once

#include <string>

#include "base/result.h"
#include "video/decoder.h"

namespace dashcam {

// Opens a clip and reads what its container tells, without decoding it. The format is the one that
// open_video() will deliver, so frame slots can be sized by it.
// Errors, each one sentence with the file and what to do: no such file, unreadable, not a regular
// file (a FIFO is never opened for reading), empty, not a video, cut off before its index was
// written, no video stream, a codec that libav lacks, larger than the limits of `options`.
Result<VideoInfo> probe_video(const std::string& path, const DecoderOptions& options);

}  // namespace dashcam
