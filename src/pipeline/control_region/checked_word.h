#pragma once

#include <atomic>
#include <bit>
#include <cstdint>
#include <type_traits>

namespace dashcam {

// Mixes 64 bits: the top 16 depend on all of them. The constant is one for which any change of a
// single byte changes the top 16 (tried for all changes by checked_word_test).
constexpr std::uint64_t mixed(std::uint64_t bits) { return bits * 0x9e3779b97f4a7c15; }

// A check over several fields that no single word holds. Never 0, which memory holds by itself.
class Seal {
  public:
    constexpr Seal& add(std::uint64_t bits) {
        sum_ = mixed(sum_ ^ bits);
        sum_ ^= sum_ >> 29;
        return *this;
    }
    constexpr std::uint32_t value() const {
        return static_cast<std::uint32_t>(mixed(sum_) >> 32) | 1u;
    }

  private:
    std::uint64_t sum_ = 0x6b79a3d5c1f0e297;
};

// A word of truth in shared memory: loaded and stored by one instruction, with a check of its own
// content in its field `check`. Nothing but a store() leaves an intact word: a stray write of
// another part of a process is found by rebuild() and audit(). Zeroed memory is none.
template <typename Word>
class CheckedWord {
    static_assert(sizeof(Word) == 8 && std::is_trivially_copyable_v<Word> &&
                  std::atomic<Word>::is_always_lock_free);

  public:
    Word load(std::memory_order order = std::memory_order_seq_cst) const {
        return word_.load(order);
    }
    void store(Word word, std::memory_order order = std::memory_order_seq_cst) {
        word_.store(checked(word), order);
    }
    bool intact() const {
        const Word word = load(std::memory_order_relaxed);
        return word.check == checked(word).check;
    }
    static Word checked(Word word) {
        constexpr std::uint64_t kNotZero = 0x5a17;
        word.check = 0;
        word.check =
            static_cast<std::uint16_t>(mixed(std::bit_cast<std::uint64_t>(word)) >> 48 ^ kNotZero);
        return word;
    }

  private:
    std::atomic<Word> word_;
};

}  // namespace dashcam
