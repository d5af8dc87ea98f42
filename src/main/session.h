#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/result.h"
#include "main/child_processes.h"
#include "main/clip_list.h"
#include "main/run_plan.h"
#include "main/run_statistics.h"
#include "main/signals.h"
#include "pipeline/control_region/control_region.h"
#include "pipeline/frame_store/frame_store.h"
#include "pipeline/task_queue/task_queue.h"
#include "shared_memory/shared_region.h"

namespace dashcam {

// As kExitGaveUp of the command line: the run ended, but not as it should.
constexpr int kExitStuckReader = 4;

enum class SessionEnd : std::uint8_t {
    kFinished,     // every clip that fits was read and written
    kInterrupted,  // by SIGINT or SIGTERM
    kDamaged,      // the task queue was damaged by a crashing worker: go on in new regions
    kGaveUp,       // workers keep dying
    kCannotLoad,   // a model or the database
};

// A task that was set aside, for the final report.
struct Incident {
    std::string video;
    Category category = Category::kVehicleDetect;
    std::uint32_t frame_index = 0;
};

struct SessionReport {
    SessionEnd end = SessionEnd::kFinished;
    std::string reason;  // of all but kFinished and kInterrupted
    std::vector<Incident> incidents;
    std::uint64_t frames = 0;
    std::uint64_t restarts = 0;
    std::uint64_t switches = 0;
    std::uint32_t forced = 0;  // stragglers that had to be killed at the end
};

// One set of shared regions and the processes that work in them, from start to two-phase shutdown.
// Normally a run is one session; there is another one when clips need larger frame slots, or when
// the queue was damaged. Lives in main's first thread (it spawns); reader threads are its own.
class Session {
  public:
    // Creates both regions. Errors: too little memory.
    static Result<std::unique_ptr<Session>> create(const RunPlan& plan, ClipList& clips,
                                                   Signals& signals, std::size_t frame_bytes);
    ~Session();

    // Errors: a process could not be started at all.
    Result<SessionReport> run(std::uint64_t frames_expected);
    void add_to(RunStatistics& statistics) const { statistics.add(control_); }

  private:
    struct Place {
        ChildRole role = ChildRole::kGpuWorker;
        std::uint8_t number = 0;  // worker number; 0: scheduler
        std::optional<ChildProcess> process;
        std::int64_t restart_at_ns = 0;   // while there is no process
        std::uint32_t deaths_in_row = 0;  // without progress in between
        std::uint64_t done_at_start = 0;
        std::uint32_t slow_starts = 0;  // killed while it started or loaded
        bool doomed = false;            // SIGKILL is on its way
    };

    Session(const RunPlan& plan, ClipList& clips, Signals& signals, ControlRegion control,
            SharedRegion pixels);

    Result<void> prepare();
    Result<void> start(Place& place);
    void start_readers();
    void read_clips();

    void wait_for_events(int timeout_ms);
    void begin_stop();
    void collect_exits();
    void on_exit(Place& place, const ChildExit& exit);
    Result<void> restart_due();
    void kill_stale_workers();
    // Main waits for the queue's lock: its owner may be stopped, and the user impatient.
    void while_lock_is_taken();
    void settle_dead_tasks();
    void notice_damage();
    void mark_absent(std::uint8_t number);
    bool work_is_finished();
    bool work_stands_still();
    // Nothing else is to be done, and a read of a clip has not come back for stale_after_s.
    bool reader_is_stuck();
    std::uint64_t tasks_done() const;
    void log_backlog() const;

    // Second phase: everybody leaves, stragglers are forced. Called once, at every kind of end.
    void shut_down();
    // False: one of them did not end in time.
    bool join_readers(std::int64_t timeout_ns);
    void join_children();
    // The queue's invariants once more, when nobody works in it.
    void audit_at_end();

    const RunPlan& plan_;
    ClipList& clips_;
    Signals& signals_;
    ControlRegion control_;
    SharedRegion pixels_;
    FrameStore frames_;
    TaskQueue queue_;
    std::vector<Place> places_;
    std::vector<std::thread> readers_;
    std::atomic<std::uint32_t> readers_running_ = 0;
    int settings_descriptor_ = -1;
    int report_read_ = -1;
    int report_write_ = -1;
    int epoll_ = -1;
    std::int64_t drain_deadline_ns_ = 0;  // 0: not stopping
    std::uint64_t progress_seen_ = 0;     // tasks done, and when it last changed
    std::int64_t progress_ns_ = 0;
    std::uint64_t reads_seen_ = 0;  // that ended, and when there last was one more
    std::int64_t reads_ns_ = 0;
    SessionReport report_;
    bool ended_ = false;
};

}  // namespace dashcam
