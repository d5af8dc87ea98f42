#include "inference/sha256.h"

extern "C" {
#include <libavutil/mem.h>
#include <libavutil/sha.h>
}

#include <array>
#include <cstdint>
#include <fstream>
#include <memory>
#include <vector>

namespace dashcam {

Result<std::string> sha256_of_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file)
        return Error{"the file " + path + " cannot be opened: check that it is there and readable"};
    const auto free_sha = [](AVSHA* sha) { av_free(sha); };
    const std::unique_ptr<AVSHA, decltype(free_sha)> sha(av_sha_alloc(), free_sha);
    if (sha == nullptr) return Error{"no memory for the checksum of " + path};
    av_sha_init(sha.get(), 256);
    std::vector<char> block(1 << 16);
    while (file.read(block.data(), static_cast<std::streamsize>(block.size())), file.gcount() > 0) {
        av_sha_update(sha.get(), reinterpret_cast<const std::uint8_t*>(block.data()),
                      static_cast<std::size_t>(file.gcount()));
    }
    if (file.bad()) return Error{"the file " + path + " cannot be read to its end"};
    std::array<std::uint8_t, 32> digest{};
    av_sha_final(sha.get(), digest.data());
    std::string text;
    for (const std::uint8_t byte : digest) {
        text += "0123456789abcdef"[byte >> 4];
        text += "0123456789abcdef"[byte & 15];
    }
    return text;
}

}  // namespace dashcam
