#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"

namespace dashcam {

// A regular file that is open for reading. Owns its descriptor.
class RegularFile {
  public:
    // Never blocks on a FIFO or a device: they are refused, as are folders. Errors name the file
    // and the cause (no such file, no permission, not a regular file).
    static Result<RegularFile> open(const std::string& path);

    RegularFile(RegularFile&& other) noexcept;
    RegularFile& operator=(RegularFile&& other) noexcept;
    ~RegularFile();

    int descriptor() const { return descriptor_; }
    // When it was opened.
    std::int64_t size_bytes() const { return size_bytes_; }

  private:
    RegularFile(int descriptor, std::int64_t size_bytes)
        : descriptor_(descriptor), size_bytes_(size_bytes) {}

    int descriptor_ = -1;
    std::int64_t size_bytes_ = 0;
};

}  // namespace dashcam
