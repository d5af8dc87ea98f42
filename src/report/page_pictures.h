#pragma once

#include <cstddef>
#include <string>

#include "base/result.h"

namespace dashcam {

// A picture's whole file, or an Error that names it and the cause: missing, unreadable, larger than
// a crop can be.
Result<std::string> picture_file_bytes(const std::string& path);

// True if the JPEG decodes to its end without damage.
bool is_whole_jpeg(const std::string& jpeg);

// The picture as a JPEG that is at most `widest` pixels wide, for a page; one that is small enough
// already comes back as it is. Errors: damage, anything but a JPEG.
Result<std::string> fitted_jpeg(const std::string& jpeg, int widest);

}  // namespace dashcam
