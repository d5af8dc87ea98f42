#include "shared_memory/shared_region.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <utility>

#include "shared_memory/available_memory.h"

namespace dashcam {
namespace {

std::string mebibytes(std::size_t bytes) {
    return std::to_string((bytes + (1u << 20) - 1) >> 20) + " MiB";
}

}  // namespace

Result<SharedRegion> SharedRegion::create(const std::string& label, std::size_t bytes) {
    if (bytes > available_memory()) {
        return Error{"too little memory: the shared memory '" + label + "' needs " +
                     mebibytes(bytes) + " and " + mebibytes(available_memory()) +
                     " are available; free some, or lower frame_store_mb or num_video_readers"};
    }
    const int descriptor = memfd_create(label.c_str(), MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (descriptor < 0) {
        return Error{"cannot create the shared memory '" + label + "': " + std::strerror(errno)};
    }
    // posix_fallocate returns the error; an interrupted call is simply repeated.
    int failed = EINTR;
    while (failed == EINTR) failed = posix_fallocate(descriptor, 0, static_cast<off_t>(bytes));
    if (failed != 0) {
        close(descriptor);
        return Error{"too little memory: the shared memory '" + label + "' needs " +
                     mebibytes(bytes) + " (" + std::strerror(failed) +
                     "); free some, or lower frame_store_mb or num_video_readers"};
    }
    void* data = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    if (data == MAP_FAILED) {
        const int cause = errno;
        close(descriptor);
        return Error{"cannot map the shared memory '" + label + "' of " + mebibytes(bytes) + ": " +
                     std::strerror(cause)};
    }
    return SharedRegion(descriptor, static_cast<std::byte*>(data), bytes);
}

Result<SharedRegion> SharedRegion::attach(int descriptor, RegionAccess access) {
    struct stat status {};
    if (fstat(descriptor, &status) != 0 || status.st_size <= 0) {
        return Error{"descriptor " + std::to_string(descriptor) +
                     " is no shared memory region: this command is started by 'dashcam run' only"};
    }
    const auto bytes = static_cast<std::size_t>(status.st_size);
    const int protection = access == RegionAccess::kReadWrite ? PROT_READ | PROT_WRITE : PROT_READ;
    void* data = mmap(nullptr, bytes, protection, MAP_SHARED, descriptor, 0);
    if (data == MAP_FAILED) {
        return Error{"cannot map the inherited shared memory: " +
                     std::string(std::strerror(errno))};
    }
    return SharedRegion(descriptor, static_cast<std::byte*>(data), bytes);
}

Result<void> SharedRegion::seal_against_writers() {
    if (fcntl(descriptor_, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_FUTURE_WRITE) != 0) {
        return Error{"cannot seal the shared memory (Linux 5.1 or newer is needed): " +
                     std::string(std::strerror(errno))};
    }
    return {};
}

SharedRegion::SharedRegion(SharedRegion&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      data_(std::exchange(other.data_, nullptr)),
      bytes_(std::exchange(other.bytes_, 0)) {}

SharedRegion& SharedRegion::operator=(SharedRegion&& other) noexcept {
    if (this != &other) {
        release();
        descriptor_ = std::exchange(other.descriptor_, -1);
        data_ = std::exchange(other.data_, nullptr);
        bytes_ = std::exchange(other.bytes_, 0);
    }
    return *this;
}

SharedRegion::~SharedRegion() { release(); }

void SharedRegion::release() {
    if (data_ != nullptr) munmap(data_, bytes_);
    if (descriptor_ >= 0) close(descriptor_);
    data_ = nullptr;
    descriptor_ = -1;
}

}  // namespace dashcam
