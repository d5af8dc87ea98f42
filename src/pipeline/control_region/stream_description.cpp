#include "pipeline/control_region/stream_description.h"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstring>

#include "base/check.h"

namespace dashcam {
namespace {

using Word = std::uint64_t;
constexpr std::size_t kWords = kStreamDescriptionBytes / sizeof(Word);
static_assert(kStreamDescriptionBytes % sizeof(Word) == 0);

std::atomic_ref<Word> word_of(const StreamEntry& entry, std::size_t i) {
    // Loads do not write: watchers may have mapped the region read-only.
    auto* bytes = const_cast<std::byte*>(entry.description.data());
    return std::atomic_ref<Word>(reinterpret_cast<Word*>(bytes)[i]);
}

}  // namespace

void write_description(StreamEntry& entry, std::span<const std::byte> description) {
    CHECK(description.size() <= kStreamDescriptionBytes);
    for (std::size_t at = 0; at < description.size(); at += sizeof(Word)) {
        Word word = 0;
        std::memcpy(&word, &description[at], std::min(sizeof word, description.size() - at));
        word_of(entry, at / sizeof word).store(word, std::memory_order_relaxed);
    }
}

std::array<std::byte, kStreamDescriptionBytes> glimpse_description(const StreamEntry& entry) {
    std::array<std::byte, kStreamDescriptionBytes> copy;
    for (std::size_t i = 0; i < kWords; ++i) {
        const Word word = word_of(entry, i).load(std::memory_order_relaxed);
        std::memcpy(&copy[i * sizeof word], &word, sizeof word);
    }
    return copy;
}

}  // namespace dashcam
