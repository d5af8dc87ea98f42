#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"

namespace dashcam {

// What part of a clip to write where.
struct ClipPart {
    std::string source;
    std::string output;        // its ending chooses the container; must not exist
    std::int64_t from_us = 0;  // since the first frame
    std::int64_t to_us = 0;
};

struct CutClip {
    std::int64_t first_us = 0;  // what the written clip really shows
    std::int64_t last_us = 0;
    std::int64_t frames = 0;
    std::string sound;  // codec of the sound that was copied, or why there is none
};

// Copies the part's packets, not decoding anything, so that no quality is lost: it begins at the
// last key frame at or before `from_us`. Sound is copied if the container can hold it. Times of
// clips whose clock jumps are only as good as the container's.
// Errors, one sentence each: the source cannot be opened, the output's container cannot hold its
// codec or is unknown, nothing lies in the part, the output cannot be written.
Result<CutClip> copy_part(const ClipPart& part);

}  // namespace dashcam
