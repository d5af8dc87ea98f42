#include "pipeline/control_region/stream_description.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <thread>
#include <vector>

namespace dashcam {
namespace {

TEST(StreamDescription, IsWhatWasWritten) {
    const auto entry = std::make_unique<StreamEntry>();
    entry->description.fill(std::byte{7});
    for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{8}, std::size_t{13},
                                   kStreamDescriptionBytes}) {
        std::vector<std::byte> written(size);
        for (std::size_t i = 0; i < size; ++i) written[i] = static_cast<std::byte>(i % 251 + 1);
        write_description(*entry, written);
        EXPECT_TRUE(std::equal(written.begin(), written.end(), entry->description.begin()));
        EXPECT_EQ(glimpse_description(*entry), entry->description);
    }
}

// The thread sanitizer found main looking at names while a reader wrote one.
TEST(StreamDescription, IsLookedAtWhileItIsWritten) {
    const auto entry = std::make_unique<StreamEntry>();
    std::atomic<bool> leave = false;
    std::thread writer([&] {
        for (int round = 0; !leave.load(); ++round) {
            write_description(*entry, std::vector<std::byte>(100, static_cast<std::byte>(round)));
        }
    });
    for (int i = 0; i < 200; ++i) {
        const auto seen = glimpse_description(*entry);
        EXPECT_EQ(seen[100], std::byte{0});
    }
    leave = true;
    writer.join();
}

}  // namespace
}  // namespace dashcam
