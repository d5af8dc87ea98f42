#pragma once

#include <string>

#include "base/result.h"

namespace dashcam {

// SHA-256 (FIPS 180-4) of a file's content in lower-case hexadecimal. An error if it cannot be
// read.
Result<std::string> sha256_of_file(const std::string& path);

}  // namespace dashcam
