#pragma once

#include <atomic>
#include <cstdint>
#include <string>

#include "base/result.h"

namespace dashcam {

// XXH3-128 of a file's whole content as 32 lower-case hex digits in canonical (big-endian) order,
// as `xxhsum -H2` prints it. It is the key of a video: the same bytes under another name are the
// same video. Errors name the file: it does not exist, is not a regular file, or could not be read
// to its end.
// With `stop`: hashing ends with an Error soon after it became other than 0.
Result<std::string> content_hash(const std::string& path,
                                 const std::atomic<std::uint32_t>* stop = nullptr);

}  // namespace dashcam
