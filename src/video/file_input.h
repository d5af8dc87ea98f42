#pragma once

#include <chrono>
#include <cstdint>
#include <memory>

extern "C" {
#include <libavformat/avio.h>
}

#include "video/regular_file.h"

namespace dashcam {

// Feeds one regular file to libavformat. libav never sees the path, so that names with colons or
// percent signs stay names and not protocols or patterns. Not movable: libav keeps its address.
class FileInput {
  public:
    explicit FileInput(RegularFile file);
    ~FileInput();
    FileInput(const FileInput&) = delete;
    FileInput& operator=(const FileInput&) = delete;

    // Owned by this object.
    AVIOContext* context() { return context_; }
    int descriptor() const { return file_.descriptor(); }

    // Reads fail from `limit_ms` from now on, until the next call.
    void start_time_limit(int limit_ms);
    bool time_is_up() const;
    // errno of the first read that failed, 0 if none did.
    int read_error() const { return read_error_; }
    // Something was asked for that lies at or behind the end of the file.
    bool reached_end() const { return reached_end_; }

  private:
    static int read(void* self, std::uint8_t* buffer, int size);
    static std::int64_t seek(void* self, std::int64_t offset, int whence);

    RegularFile file_;
    AVIOContext* context_ = nullptr;
    std::chrono::steady_clock::time_point deadline_;
    int read_error_ = 0;
    bool reached_end_ = false;
};

}  // namespace dashcam
