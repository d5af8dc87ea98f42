#include "pipeline/control_region/checked_word.h"

#include <gtest/gtest.h>

#include <cstring>
#include <random>

#include "pipeline/task_queue/queue_test_support.h"

namespace dashcam {
namespace {

// As the top 16 bits of a product change by the change's own product, give or take a carry, this
// covers all contents.
TEST(CheckedWord, NoChangeOfASingleByteKeepsTheCheck) {
    for (const int byte : {0, 1, 4, 5, 6, 7}) {
        for (std::uint64_t change = 1; change < 256; ++change) {
            for (const std::uint64_t delta : {change << 8 * byte, -(change << 8 * byte)}) {
                const std::uint64_t top = mixed(delta) >> 48;
                EXPECT_TRUE(top != 0 && top != 0xffff) << byte << " " << change;
            }
        }
    }
}

TEST(CheckedWord, AStoredWordIsIntactAndAnyOtherByteIsNot) {
    std::mt19937_64 random(test::test_seed());
    for (int i = 0; i < 1000; ++i) {
        CheckedWord<TaskWord> word;
        TaskWord content;
        content.state = TaskState::kLeased;
        content.owner = random() & 63;
        content.attempts = random() & 127;
        content.generation = static_cast<std::uint32_t>(random());
        word.store(content);
        ASSERT_TRUE(word.intact());
        EXPECT_EQ(word.load().attempts, content.attempts);
        std::uint8_t bytes[8];
        std::memcpy(bytes, &word, 8);
        bytes[random() % 8] ^= static_cast<std::uint8_t>(1 + random() % 255);
        std::memcpy(static_cast<void*>(&word), bytes, 8);
        EXPECT_FALSE(word.intact());
    }
}

// The most likely of all stray writes.
TEST(CheckedWord, ZeroedMemoryIsNotIntact) {
    CheckedWord<FrameWord> word;
    std::memset(static_cast<void*>(&word), 0, sizeof word);
    EXPECT_FALSE(word.intact());
    word.store({});
    EXPECT_TRUE(word.intact());
}

}  // namespace
}  // namespace dashcam
