#include "pipeline/frame_store/frame_store.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "pipeline/task_queue/queue_test_support.h"

namespace dashcam {
namespace {

using namespace dashcam::test;

class FrameStoreTest : public testing::Test {
  protected:
    FrameStoreTest()
        : control(make_queue()),
          pixels(std::move(SharedRegion::create("test", FrameStore::bytes_needed(tiny_sizes())))
                     .value()),
          store(control, pixels),
          queue(control, 0) {
        stream = *queue.open_stream({});
    }
    FrameRef reserve(std::uint32_t index) {
        return *queue.reserve_frame(stream, index, kTinyFormat);
    }

    ControlRegion control;
    SharedRegion pixels;
    FrameStore store;
    TaskQueue queue;
    std::uint32_t stream = 0;
};

TEST_F(FrameStoreTest, SlotsStartOnPagesAndDoNotOverlap) {
    EXPECT_EQ(FrameStore::bytes_needed(tiny_sizes()), 4096u * tiny_sizes().frame_slots);
    std::uint8_t* first = store.pixels_to_fill(reserve(0));
    std::uint8_t* second = store.pixels_to_fill(reserve(1));
    EXPECT_EQ(second - first, 4096);
    EXPECT_EQ(first, reinterpret_cast<std::uint8_t*>(pixels.data()));
}

TEST_F(FrameStoreTest, AWorkerSeesThePixelsAndCannotWriteThem) {
    const FrameRef frame = reserve(3);
    store.pixels_to_fill(frame)[5] = 77;
    queue.admit(stream, with_frame(make_spec(Category::kVehicleDetect), frame));
    ASSERT_TRUE(pixels.seal_against_writers().ok());
    EXPECT_FALSE(SharedRegion::attach(dup(pixels.descriptor()), RegionAccess::kReadWrite).ok());
    Result<SharedRegion> read_only =
        SharedRegion::attach(dup(pixels.descriptor()), RegionAccess::kReadOnly);
    ASSERT_TRUE(read_only.ok());
    const FrameStore workers(control, *read_only);
    const FrameView view = workers.view(frame);
    EXPECT_EQ(view.luma()[5], 77);
    EXPECT_EQ(view.format, kTinyFormat);
    EXPECT_EQ(control.frames()[frame.slot].frame_index, 3u);
    EXPECT_DEATH(const_cast<std::uint8_t*>(view.pixels)[0] = 1, "");
}

TEST_F(FrameStoreTest, AFrameIsFilledBeforeItIsViewed) {
    const FrameRef frame = reserve(0);
    EXPECT_DEATH(store.view(frame), "check failed");
    queue.admit(stream, with_frame(make_spec(Category::kVehicleDetect), frame));
    store.view(frame);
    EXPECT_EQ(control.header().damage.load(), Damage::kNone);
    store.pixels_to_fill(frame);
    EXPECT_EQ(control.header().damage.load(), Damage::kFrameWord);
}

TEST_F(FrameStoreTest, AStaleReferenceIsRefused) {
    const FrameRef stale = reserve(0);
    queue.cancel_frame(stale);
    const FrameRef fresh = reserve(1);
    ASSERT_EQ(fresh.slot, stale.slot);
    queue.admit(stream, with_frame(make_spec(Category::kVehicleDetect), fresh));
    EXPECT_DEATH(store.view(stale), "check failed");
    store.view(fresh);
}

TEST_F(FrameStoreTest, ReferencesAreCountedAndTheLastReleaseFrees) {
    const FrameRef frame = reserve(0);
    Dependencies dependencies;
    dependencies.push_back(frame);
    add_refs(control, dependencies);
    add_refs(control, dependencies);
    EXPECT_EQ(control.frames()[frame.slot].references, 2u);
    EXPECT_EQ(control.frames()[frame.slot].word.load().life, FrameLife::kLive);
    EXPECT_EQ(release_refs(control, dependencies), 0u);
    EXPECT_EQ(release_refs(control, dependencies), 1u);
    EXPECT_EQ(control.frames()[frame.slot].word.load().life, FrameLife::kFree);
    EXPECT_THROW(release_refs(control, dependencies), QueueFault);
}

TEST_F(FrameStoreTest, AFrameLargerThanASlotIsRefused) {
    FrameFormat format = kTinyFormat;
    format.height = 4;
    EXPECT_DEATH(static_cast<void>(queue.reserve_frame(stream, 0, format)), "check failed");
}

}  // namespace
}  // namespace dashcam
