#pragma once

#include "base/result.h"
#include "video/clip_copy.h"

namespace dashcam {

// As copy_part(), but begins and ends at the very frame: decodes the clip from its start, as a run
// does, and encodes the part anew as H.264, upright. Without sound.
Result<CutClip> encode_part(const ClipPart& part);

}  // namespace dashcam
