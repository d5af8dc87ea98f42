#pragma once

#include <cstddef>
#include <string>

#include "base/result.h"

namespace dashcam {

enum class RegionAccess { kReadOnly, kReadWrite };

// A memfd mapped into this process. It has no name, so nothing is left in the file system, and it
// lives until the last process that holds it ends. Main creates regions; workers attach to
// inherited descriptors.
class SharedRegion {
  public:
    // Takes all memory now: too little memory is an Error that names the size, never a later
    // SIGBUS. `label` shows in /proc/PID/maps and in errors. The content is zero.
    static Result<SharedRegion> create(const std::string& label, std::size_t bytes);

    // Maps the whole region behind an inherited descriptor, and takes the descriptor over.
    static Result<SharedRegion> attach(int descriptor, RegionAccess access);

    SharedRegion(SharedRegion&& other) noexcept;
    SharedRegion& operator=(SharedRegion&& other) noexcept;
    SharedRegion(const SharedRegion&) = delete;
    SharedRegion& operator=(const SharedRegion&) = delete;
    ~SharedRegion();

    // From now on nobody can resize the region, and nobody can map it for writing again; this
    // mapping stays writable. Only main calls this, after create().
    Result<void> seal_against_writers();

    std::byte* data() const { return data_; }
    std::size_t bytes() const { return bytes_; }
    int descriptor() const { return descriptor_; }

  private:
    SharedRegion(int descriptor, std::byte* data, std::size_t bytes)
        : descriptor_(descriptor), data_(data), bytes_(bytes) {}
    void release();

    int descriptor_ = -1;
    std::byte* data_ = nullptr;
    std::size_t bytes_ = 0;
};

}  // namespace dashcam
