#include "pipeline/control_region/control_region.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "pipeline/task_queue/queue_test_support.h"

namespace dashcam {
namespace {

using namespace dashcam::test;

ControlRegion create() {
    return std::move(ControlRegion::create(tiny_sizes(), wide_limits())).value();
}

template <typename T>
std::pair<std::uintptr_t, std::uintptr_t> range_of(std::span<T> span) {
    const auto begin = reinterpret_cast<std::uintptr_t>(span.data());
    return {begin, begin + span.size_bytes()};
}

TEST(ControlRegion, TablesAreAlignedInsideTheRegionAndApart) {
    const ControlRegion control = create();
    std::vector<std::pair<std::uintptr_t, std::uintptr_t>> ranges{
        range_of(std::span(&control.header(), 1)),
        range_of(control.workers()),
        range_of(control.tasks()),
        range_of(control.frames()),
        range_of(control.streams()),
        range_of(control.states())};
    for (std::uint32_t state = 0; state < control.states().size(); ++state) {
        for (const std::uint32_t buffer : {0u, 1u})
            ranges.push_back(range_of(control.state_buffer(state, buffer)));
    }
    std::sort(ranges.begin(), ranges.end());
    for (std::size_t i = 0; i < ranges.size(); ++i) {
        EXPECT_EQ(ranges[i].first % 64, 0u);
        EXPECT_TRUE(i == 0 || ranges[i].first >= ranges[i - 1].second) << i;
    }
    EXPECT_EQ(ranges.front().first, reinterpret_cast<std::uintptr_t>(&control.header()));
    EXPECT_LE(ranges.back().second,
              ranges.front().first + ControlRegion::bytes_needed(tiny_sizes()));
}

TEST(ControlRegion, EachStreamHasItsChildren) {
    const ControlRegion control = create();
    ASSERT_EQ(control.states().size(), 2u + 2 * 3);
    for (std::uint32_t stream = 0; stream < 2; ++stream) {
        EXPECT_EQ(control.states()[stream].parent, kNoSlot);
        EXPECT_EQ(control.children_of(stream).size(), 3u);
        EXPECT_EQ(&control.children_of(stream)[2],
                  &control.states()[control.child_slot(stream, 2)]);
        for (const StateSlot& child : control.children_of(stream)) EXPECT_EQ(child.parent, stream);
    }
    EXPECT_DEATH(static_cast<void>(control.state_buffer(8, 0)), "check failed");
    EXPECT_DEATH(static_cast<void>(control.state_buffer(0, 2)), "check failed");
}

TEST(ControlRegion, AnAttachedMappingIsTheSameRegion) {
    const ControlRegion control = create();
    const Result<ControlRegion> attached =
        ControlRegion::attach(dup(control.descriptor()), RegionAccess::kReadWrite);
    ASSERT_TRUE(attached.ok());
    EXPECT_EQ(attached->header().sizes.task_slots, tiny_sizes().task_slots);
    attached->tasks()[5].frame_index = 99;
    attached->state_buffer(7, 1)[3] = std::byte{9};
    EXPECT_EQ(control.tasks()[5].frame_index, 99u);
    EXPECT_EQ(control.state_buffer(7, 1)[3], std::byte{9});
}

TEST(ControlRegion, TheMonitorsMappingCannotWrite) {
    const ControlRegion control = create();
    const Result<ControlRegion> attached =
        ControlRegion::attach(dup(control.descriptor()), RegionAccess::kReadOnly);
    ASSERT_TRUE(attached.ok());
    EXPECT_EQ(snapshot(*attached).alive(), 0u);
    EXPECT_DEATH(attached->header().stop = 1, "");
}

TEST(ControlRegion, RegionsOfOtherBuildsAndSizesAreRefused) {
    const ControlRegion control = create();
    auto refused = [&] {
        return !ControlRegion::attach(dup(control.descriptor()), RegionAccess::kReadOnly).ok();
    };
    EXPECT_FALSE(refused());
    control.header().layout_version += 1;
    EXPECT_TRUE(refused());
    control.header().layout_version -= 1;
    control.header().magic ^= 1;
    EXPECT_TRUE(refused());
    control.header().magic ^= 1;
    control.header().sizes.task_slots += 1;
    EXPECT_TRUE(refused());
    control.header().sizes.task_slots -= 1;
    EXPECT_FALSE(refused());
    EXPECT_FALSE(ControlRegion::attach(-1, RegionAccess::kReadOnly).ok());
    Result<SharedRegion> small = SharedRegion::create("test", 64);
    ASSERT_TRUE(small.ok());
    EXPECT_FALSE(ControlRegion::attach(dup(small->descriptor()), RegionAccess::kReadOnly).ok());
}

TEST(ControlRegion, TooLittleMemoryIsAnError) {
    ControlSizes sizes = tiny_sizes();
    sizes.stream_state_bytes = std::uint64_t{1} << 44;
    const Result<ControlRegion> control = ControlRegion::create(sizes, wide_limits());
    ASSERT_FALSE(control.ok());
    EXPECT_NE(control.error().message.find("too little memory"), std::string::npos);
}

}  // namespace
}  // namespace dashcam
