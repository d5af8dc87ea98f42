#include "main/folder_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace dashcam {

Result<FolderLock> FolderLock::take(const std::string& folder, const std::string& log_file) {
    const int file = open(log_file.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (file < 0) {
        return Error{"cannot write '" + log_file + "': " + std::strerror(errno) +
                     "; choose another folder with --out"};
    }
    if (flock(file, LOCK_EX | LOCK_NB) != 0) {
        close(file);
        return Error{"another run is using '" + folder +
                     "': wait for it, or choose another folder with --out"};
    }
    return FolderLock(file);
}

FolderLock::~FolderLock() {
    if (file_ >= 0) close(file_);
}

}  // namespace dashcam
