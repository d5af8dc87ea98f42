#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <initializer_list>
#include <iostream>
#include <optional>
#include <random>
#include <utility>
#include <vector>

#include "pipeline/control_region/control_region.h"
#include "pipeline/task_queue/audit.h"
#include "pipeline/task_queue/task_queue.h"

// After every step of a test: all invariants hold.
#define ASSERT_SOUND(control)                                                \
    do {                                                                     \
        const ::dashcam::Result<void> sound_ = ::dashcam::audit(control, 0); \
        ASSERT_TRUE(sound_.ok()) << sound_.error().message;                  \
    } while (false)

namespace dashcam::test {

// A new seed, or that of DASHCAM_TEST_SEED; printed, so that a failure can be repeated.
inline std::uint64_t test_seed() {
    const char* given = std::getenv("DASHCAM_TEST_SEED");
    const std::uint64_t seed =
        given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device{}();
    std::cout << "DASHCAM_TEST_SEED=" << seed << std::endl;
    return seed;
}

// 128 bytes of pixels.
constexpr FrameFormat kTinyFormat{16, 2, ColorRange::kLimited, ColorMatrix::kBt601, {}};

inline ControlSizes tiny_sizes() {
    ControlSizes sizes;
    sizes.task_slots = 24;
    sizes.frame_slots = 4;
    sizes.streams = 2;
    sizes.tracks_per_stream = 3;
    sizes.workers = 4;
    sizes.births_per_task = 1;
    sizes.frame_slot_bytes = 128;
    sizes.stream_state_bytes = 64;
    sizes.track_state_bytes = 64;
    return sizes;
}

// Nothing in the way: back-pressure has tests of its own.
inline QueueLimits wide_limits() {
    QueueLimits limits;
    limits.max_gpu_backlog = 1000;
    limits.max_cpu_backlog = 1000;
    limits.soft_limit = 1000;
    limits.hard_limit = 1000;
    limits.looks_per_frame = 3;
    limits.max_attempts = 3;
    return limits;
}

inline ControlRegion make_queue(const ControlSizes& sizes = tiny_sizes(),
                                const QueueLimits& limits = wide_limits()) {
    Result<ControlRegion> control = create_queue(sizes, limits);
    EXPECT_TRUE(control.ok());
    return std::move(control).value();
}

inline TaskSpec make_spec(Category category, StateAccess access = StateAccess::kShared,
                          std::uint32_t state_key = 0, std::uint64_t sequence = 0) {
    TaskSpec spec;
    spec.category = category;
    spec.access = access;
    spec.state_key = state_key;
    spec.sequence = sequence;
    return spec;
}

inline TaskSpec with_frame(TaskSpec spec, FrameRef frame) {
    spec.payload_ref = frame;
    spec.dependencies.push_back(frame);
    return spec;
}

inline std::optional<std::uint32_t> claim_one(TaskQueue& queue, Category category) {
    std::uint32_t task = kNoSlot;
    if (queue.claim(category, {&task, 1}) == 0) return std::nullopt;
    return task;
}

inline Completion make_completion(std::initializer_list<TaskSpec> outputs = {},
                                  StateChange own_state = StateChange::kNone,
                                  std::initializer_list<std::uint32_t> opened_keys = {}) {
    Completion completion;
    completion.outputs = outputs;
    completion.own_state = own_state;
    completion.opened_keys = opened_keys;
    return completion;
}

}  // namespace dashcam::test
