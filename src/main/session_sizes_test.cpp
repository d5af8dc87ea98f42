#include "main/session_sizes.h"

#include <gtest/gtest.h>

#include "pipeline/task_queue/limits.h"
#include "pipeline/task_queue/task_queue.h"
#include "tracking/tracker_types.h"

namespace dashcam {
namespace {

// The smallest and largest value that a knob takes.
std::vector<std::uint32_t> extremes(const char* name) {
    const SettingsBuilder builder;
    const std::string allowed = builder.infos().at(builder.find(name)).allowed;  // "1 to 16"
    return {static_cast<std::uint32_t>(std::stoul(allowed)),
            static_cast<std::uint32_t>(std::stoul(allowed.substr(allowed.rfind(' ') + 1)))};
}

TEST(SessionSizes, ExtremeSettingsFitTheLimits) {
    int cases = 0;
    for (const std::uint32_t gpu : extremes("num_gpu_workers")) {
        for (const std::uint32_t cpu : extremes("num_cpu_workers")) {
            for (const std::uint32_t readers : extremes("num_video_readers")) {
                for (const std::uint32_t store_mb : extremes("frame_store_mb")) {
                    for (const std::size_t frame_bytes :
                         {std::size_t{1}, std::size_t{3} << 20, std::size_t{96} << 20}) {
                        Settings settings;
                        settings.num_gpu_workers = gpu;
                        settings.num_cpu_workers = cpu;
                        settings.num_video_readers = readers;
                        settings.frame_store_mb = store_mb;
                        const ControlSizes sizes = session_sizes(settings, frame_bytes);
                        EXPECT_LE(sizes.task_slots, kMaxTaskSlots);
                        EXPECT_LE(sizes.workers, kMaxWorkers);
                        EXPECT_GE(sizes.frame_slots, readers);
                        EXPECT_GE(sizes.streams, readers);
                        EXPECT_GE(sizes.frame_slot_bytes, frame_bytes);
                        // All tracks of a video live, and a frame with as many births as there can
                        // be.
                        EXPECT_GE(sizes.tracks_per_stream, kMaxLiveTracks + kMaxBirthsPerFrame);
                        ++cases;
                    }
                }
            }
        }
    }
    EXPECT_EQ(cases, 48);
}

TEST(SessionSizes, LeastHardLimitAdmitsAFrame) {
    Settings settings;
    settings.queue_hard_limit = extremes("queue_hard_limit")[0];
    settings.queue_soft_limit = 1;
    const QueueLimits limits = session_limits(settings);
    EXPECT_LE(charge_of(Category::kVehicleDetect, true, limits), limits.hard_limit);
}

TEST(SessionSizes, QueueIsMadeForTheDefaults) {
    const Settings settings;
    const auto control =
        create_queue(session_sizes(settings, std::size_t{3} << 20), session_limits(settings));
    ASSERT_TRUE(control.ok()) << control.error().message;
}

}  // namespace
}  // namespace dashcam
