#pragma once

#include <string>
#include <vector>

#include "base/frame_view.h"
#include "base/result.h"
#include "pictures/picture_reader.h"

namespace dashcam {

// Writes the picture as a JPEG with the vehicles' boxes, the plates' corners and what was read
// drawn on it. Errors: cannot be written.
Result<void> write_annotated(const std::string& path, const FrameView& picture,
                             const std::vector<PictureFind>& finds);

}  // namespace dashcam
