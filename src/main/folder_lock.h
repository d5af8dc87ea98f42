#pragma once

#include <string>
#include <utility>

#include "base/result.h"

namespace dashcam {

// Only one process at a time may change an output folder: a run, or what deletes from it. The lock
// is on the log file, and ends with the process.
class FolderLock {
  public:
    // Errors: the file cannot be written; a run holds the lock.
    static Result<FolderLock> take(const std::string& folder, const std::string& log_file);
    FolderLock(FolderLock&& other) noexcept : file_(std::exchange(other.file_, -1)) {}
    FolderLock& operator=(FolderLock&&) = delete;
    ~FolderLock();

  private:
    explicit FolderLock(int file) : file_(file) {}
    int file_;
};

}  // namespace dashcam
