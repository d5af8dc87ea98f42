#include "video/content_hash.h"

#include <cerrno>
#include <cstdint>
#include <memory>
#include <system_error>
#include <vector>

#include <fcntl.h>
#include <unistd.h>
#include <xxhash.h>

#include "base/check.h"
#include "video/printable_path.h"
#include "video/read_watch.h"
#include "video/regular_file.h"

namespace dashcam {
namespace {

// Large enough that system calls cost nothing, small enough for the second-level cache.
constexpr std::size_t kBlockBytes = 1 << 18;

struct StateDelete {
    void operator()(XXH3_state_t* state) const { XXH3_freeState(state); }
};

std::string hex(const XXH128_canonical_t& digest) {
    static constexpr char kHex[] = "0123456789abcdef";
    std::string text;
    for (const std::uint8_t byte : digest.digest) {
        text += kHex[byte >> 4];
        text += kHex[byte & 15];
    }
    return text;
}

}  // namespace

Result<std::string> content_hash(const std::string& path, const std::atomic<std::uint32_t>* stop) {
    TRY_ASSIGN(const RegularFile file, RegularFile::open(path));
    // Only a hint: the hash is right without it.
    (void)::posix_fadvise(file.descriptor(), 0, 0, POSIX_FADV_SEQUENTIAL);
    const std::unique_ptr<XXH3_state_t, StateDelete> state(XXH3_createState());
    CHECK(state != nullptr);
    XXH3_128bits_reset(state.get());
    std::vector<std::uint8_t> block(kBlockBytes);
    while (true) {
        if (stop != nullptr && stop->load(std::memory_order_relaxed) != 0) {
            return Error{printable_path(path) + ": stopped while its content was being hashed"};
        }
        const ssize_t count = [&] {
            const ReadWatch watch;
            return ::read(file.descriptor(), block.data(), block.size());
        }();
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) {
            return Error{printable_path(path) + " could not be read (" +
                         std::generic_category().message(errno) + "); check the disk"};
        }
        if (count == 0) break;
        XXH3_128bits_update(state.get(), block.data(), static_cast<std::size_t>(count));
    }
    XXH128_canonical_t digest{};
    XXH128_canonicalFromHash(&digest, XXH3_128bits_digest(state.get()));
    return hex(digest);
}

}  // namespace dashcam
