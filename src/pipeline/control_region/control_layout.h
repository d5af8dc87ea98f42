#pragma once

#include <pthread.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "pipeline/frame_store/frame_slot.h"
#include "pipeline/stream_state/state_slot.h"
#include "pipeline/task_queue/category.h"
#include "pipeline/task_queue/task.h"
#include "pipeline/worker_status/worker_entry.h"

namespace dashcam {

constexpr std::uint64_t kControlMagic = 0x314d414348534144;  // "DASHCAM1", little-endian
// Raised with every change of a struct in the region: processes of different builds must not meet
// in one.
constexpr std::uint32_t kControlLayoutVersion = 2;

// What is wrong with a region whose words are not what this program stored: somebody else wrote
// them.
enum class Damage : std::uint32_t {
    kNone,
    kHeader,
    kTaskWord,
    kTask,
    kFrameWord,
    kStateWord,
    kState,
    kOrder,
    kLock,
    kLinks,
};

// How much of everything there is; fixed when the region is created.
struct ControlSizes {
    std::uint32_t task_slots = 0;
    std::uint32_t frame_slots = 0;
    std::uint32_t streams = 0;            // videos in the pipeline at once
    std::uint32_t tracks_per_stream = 0;  // track states of one video
    std::uint32_t workers = 0;
    std::uint32_t births_per_task = 0;     // child states that one ordered task may open at most
    std::uint64_t frame_slot_bytes = 0;    // pixels
    std::uint64_t stream_state_bytes = 0;  // one buffer
    std::uint64_t track_state_bytes = 0;   // one buffer
    bool operator==(const ControlSizes&) const = default;
};

// Flow control, see docs/limits.md.
struct QueueLimits {
    std::uint32_t max_gpu_backlog = 8;
    std::uint32_t max_cpu_backlog = 16;
    std::uint32_t soft_limit = 64;
    std::uint32_t hard_limit = 128;
    std::uint32_t looks_per_frame = 8;  // worst-case tasks that a frame turns into
    std::uint32_t max_attempts = 5;     // failures of a task before it is set aside
    bool operator==(const QueueLimits&) const = default;
};

struct CategoryQueue {
    std::uint32_t head;                    // claimable tasks, oldest first; derived
    std::uint32_t tail;                    // derived
    std::atomic<std::uint32_t> claimable;  // length of that list; derived
    std::atomic<std::uint32_t> waiting;    // Ready, but not claimable yet; derived
    std::atomic<std::uint32_t> leased;     // derived
    std::atomic<std::uint32_t> dead;       // set aside and not settled yet; derived
    std::atomic<std::uint64_t> done;       // completed since the start
};

// What a sleeper waits on: the word is raised at every event it may be waiting for.
struct alignas(64) WakeWord {
    std::atomic<std::uint32_t> value;
    std::atomic<std::uint32_t> sleepers;  // used by main's threads only: workers have a flag each
};

// Opaque description of an open video, written by main, read by the stages.
constexpr std::size_t kStreamDescriptionBytes = 8192;

struct StreamEntry {
    std::atomic<std::uint32_t> damages;  // tasks of this video that were set aside
    std::uint32_t padding;
    std::atomic<std::uint64_t> frames_read;      // decoded, whether they are analysed or not
    std::atomic<std::uint64_t> frames_expected;  // estimate; 0: unknown
    std::atomic<std::int64_t> position_us;       // media time of the newest frame that was read
    std::atomic<std::int64_t> duration_us;       // 0: unknown
    std::atomic<std::int64_t> opened_ns;         // CLOCK_MONOTONIC
    alignas(8) std::array<std::byte, kStreamDescriptionBytes> description;
};

// Totals for the HUD. They may miss an event when a worker dies at the wrong moment; the rows never
// do.
struct RunCounters {
    std::atomic<std::uint64_t> videos_total;
    std::atomic<std::uint64_t> videos_finished;
    std::atomic<std::uint64_t> videos_failed;
    std::atomic<std::uint64_t> videos_skipped;
    std::atomic<std::uint64_t> frames_read;      // decoded
    std::atomic<std::uint64_t> frames_analysed;  // admitted
    std::atomic<std::uint64_t> frames_released;
    std::atomic<std::uint64_t> frames_expected;
    std::atomic<std::uint64_t> vehicles;
    std::atomic<std::uint64_t> plates;    // vehicles with tier probable or confirmed
    std::atomic<std::uint64_t> restarts;  // of workers and scheduler
    std::atomic<std::uint64_t> rebuilds;  // of derived state, after a death under the lock
    std::atomic<std::uint64_t> pauses;    // of readers, by back-pressure
    std::atomic<std::uint64_t> paused_ns;
    std::atomic<std::uint64_t>
        decode_cpu_ns;  // of the readers' threads; the decoder's own threads not included
    std::atomic<std::uint64_t> copy_cpu_ns;  // of the readers, from the decoder into frame slots
    std::atomic<std::uint32_t> most_frames_held;
    std::uint32_t padding;
    std::atomic<std::int64_t> first_detected_ns;  // CLOCK_MONOTONIC; 0: not yet
};

// The plates that were found last, for the HUD: a ring. A reader without a lock takes a note whose
// number is the same before and after; a writer that dies leaves its note at zero.
struct PlateNote {
    std::atomic<std::uint64_t> number;                // from 1; 0: none, or being written
    std::array<std::atomic<std::uint64_t>, 2> text;   // up to 15 bytes, ended by a zero
    std::atomic<std::uint32_t> is_confirmed;          // 1; else the tier is probable
    std::uint32_t padding;
};
constexpr std::size_t kPlateNotes = 16;

struct ControlHeader {
    std::uint64_t magic;
    std::uint32_t layout_version;
    std::uint32_t padding;
    std::uint64_t total_bytes;
    ControlSizes sizes;
    QueueLimits limits;
    std::int64_t started_ns;  // CLOCK_MONOTONIC

    alignas(64) pthread_mutex_t lock;        // robust, shared between processes
    std::atomic<std::uint32_t> lock_holder;  // worker number, 0 for main; for reports only
    std::atomic<Damage> damage;              // once found, for ever: nobody works on this region

    // Events, raised by main in this order.
    alignas(64) std::atomic<std::uint32_t> stop;  // producers halt
    std::atomic<std::uint32_t> terminate;         // workers and scheduler leave their loops

    std::array<WakeWord, kPools> work;  // workers wait here
    WakeWord room;                      // readers wait here

    alignas(64) std::array<CategoryQueue, kCategories> queues;
    std::uint32_t free_task;                 // first of the list; derived
    std::uint32_t free_tasks;                // derived
    std::uint32_t free_frame;                // first of the list; derived
    std::atomic<std::uint32_t> free_frames;  // derived
    std::atomic<std::uint32_t> charge;       // what the hard limit counts; derived
    std::uint64_t next_order;

    alignas(64) RunCounters counters;
    std::atomic<std::uint64_t> plates_noted;
    std::array<PlateNote, kPlateNotes> newest_plates;
};
static_assert(std::is_standard_layout_v<ControlHeader>);

}  // namespace dashcam
