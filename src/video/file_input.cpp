#include "video/file_input.h"

#include <cerrno>
#include <utility>

#include <sys/stat.h>
#include <unistd.h>

extern "C" {
#include <libavutil/error.h>
#include <libavutil/mem.h>
}

#include "base/check.h"
#include "video/read_watch.h"

namespace dashcam {
namespace {

// A frame of high-rate 1080p is some 100 kB: about one system call for each.
constexpr int kBufferBytes = 1 << 17;

}  // namespace

FileInput::FileInput(RegularFile file)
    : file_(std::move(file)), deadline_(std::chrono::steady_clock::time_point::max()) {
    auto* buffer = static_cast<unsigned char*>(av_malloc(kBufferBytes));
    CHECK(buffer != nullptr);
    context_ = avio_alloc_context(buffer, kBufferBytes, 0, this, &FileInput::read, nullptr,
                                  &FileInput::seek);
    CHECK(context_ != nullptr);
}

FileInput::~FileInput() {
    // libav may have replaced the buffer.
    av_freep(&context_->buffer);
    avio_context_free(&context_);
}

void FileInput::start_time_limit(int limit_ms) {
    deadline_ = std::chrono::steady_clock::now() + std::chrono::milliseconds(limit_ms);
}

bool FileInput::time_is_up() const { return std::chrono::steady_clock::now() >= deadline_; }

int FileInput::read(void* self, std::uint8_t* buffer, int size) {
    auto& input = *static_cast<FileInput*>(self);
    if (input.time_is_up()) return AVERROR_EXIT;
    while (true) {
        const ssize_t count = [&] {
            const ReadWatch watch;
            return ::read(input.file_.descriptor(), buffer, static_cast<std::size_t>(size));
        }();
        if (count > 0) return static_cast<int>(count);
        if (count == 0) {
            input.reached_end_ = true;
            return AVERROR_EOF;
        }
        if (errno == EINTR) continue;
        if (input.read_error_ == 0) input.read_error_ = errno;
        return AVERROR(errno);
    }
}

std::int64_t FileInput::seek(void* self, std::int64_t offset, int whence) {
    const auto& input = *static_cast<const FileInput*>(self);
    if ((whence & AVSEEK_SIZE) != 0) {
        struct stat status {};
        if (::fstat(input.file_.descriptor(), &status) != 0) return AVERROR(errno);
        return status.st_size;
    }
    const off_t position = ::lseek(input.file_.descriptor(), offset, whence & ~AVSEEK_FORCE);
    return position < 0 ? AVERROR(errno) : position;
}

}  // namespace dashcam
