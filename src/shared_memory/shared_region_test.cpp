#include "shared_memory/shared_region.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include "shared_memory/futex.h"
#include "shared_memory/monotonic_clock.h"

namespace dashcam {
namespace {

TEST(SharedRegion, AttachedMappingSeesWhatTheCreatorWrites) {
    auto region = SharedRegion::create("test", 4096);
    ASSERT_TRUE(region.ok());
    auto reader = SharedRegion::attach(dup(region->descriptor()), RegionAccess::kReadOnly);
    ASSERT_TRUE(reader.ok());
    region->data()[17] = std::byte{42};
    EXPECT_EQ(reader->data()[17], std::byte{42});
    EXPECT_EQ(reader->bytes(), 4096u);
}

TEST(SharedRegion, SealedRegionCannotBeMappedForWritingAgain) {
    auto region = SharedRegion::create("test", 4096);
    ASSERT_TRUE(region.ok());
    ASSERT_TRUE(region->seal_against_writers().ok());
    region->data()[0] = std::byte{1};  // the creator still can
    EXPECT_FALSE(SharedRegion::attach(dup(region->descriptor()), RegionAccess::kReadWrite).ok());
    EXPECT_TRUE(SharedRegion::attach(dup(region->descriptor()), RegionAccess::kReadOnly).ok());
    EXPECT_NE(ftruncate(region->descriptor(), 8192), 0);
}

TEST(SharedRegion, TooLittleMemoryIsAnErrorThatNamesTheSize) {
    auto region = SharedRegion::create("test", std::size_t{1} << 46);
    ASSERT_FALSE(region.ok());
    EXPECT_NE(region.error().message.find("67108864 MiB"), std::string::npos)
        << region.error().message;
}

TEST(SharedRegion, AttachingToSomethingElseIsAnError) {
    EXPECT_FALSE(SharedRegion::attach(-1, RegionAccess::kReadOnly).ok());
}

TEST(Futex, WaitReturnsAtOnceWhenTheWordHasChanged) {
    std::atomic<std::uint32_t> word = 1;
    const std::int64_t start = monotonic_ns();
    futex_wait(word, 0, 5000);
    EXPECT_LT(monotonic_ns() - start, 1'000'000'000);
}

}  // namespace
}  // namespace dashcam
