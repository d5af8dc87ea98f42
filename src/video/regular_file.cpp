#include "video/regular_file.h"

#include <cerrno>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "video/printable_path.h"
#include "video/read_watch.h"

namespace dashcam {
namespace {

Error open_error(const std::string& path, int number) {
    const std::string name = printable_path(path);
    switch (number) {
        case ENOENT:
        case ENOTDIR:
            return {name + " does not exist; check the path"};
        case EACCES:
        case EPERM:
            return {name + " cannot be read (no permission); check its access rights"};
        case ENXIO:
        case ENODEV:
            return {name + " is not a regular file; give a video file"};
        default:
            return {name + " cannot be opened (" + std::generic_category().message(number) +
                    "); check the path and the disk"};
    }
}

}  // namespace

Result<RegularFile> RegularFile::open(const std::string& path) {
    // An embedded zero byte would silently name another file.
    if (path.empty() || path.find('\0') != std::string::npos) return open_error(path, ENOENT);
    // Without O_NONBLOCK, opening a FIFO waits for a writer.
    const int descriptor = [&] {
        const ReadWatch watch;
        return ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    }();
    if (descriptor < 0) return open_error(path, errno);
    RegularFile file(descriptor, 0);
    struct stat status {};
    if (::fstat(descriptor, &status) != 0) return open_error(path, errno);
    if (S_ISDIR(status.st_mode)) {
        return Error{printable_path(path) + " is a folder, not a file; give a video file"};
    }
    if (!S_ISREG(status.st_mode)) return open_error(path, ENODEV);
    file.size_bytes_ = status.st_size;
    return file;
}

RegularFile::RegularFile(RegularFile&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), size_bytes_(other.size_bytes_) {}

RegularFile& RegularFile::operator=(RegularFile&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    std::swap(size_bytes_, other.size_bytes_);
    return *this;
}

RegularFile::~RegularFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace dashcam
