#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/mutex.h"
#include "base/result.h"
#include "main/clip_journal.h"
#include "pipeline/video_reader/video_reader.h"
#include "stores/store.h"

namespace dashcam {

enum class ClipState : std::uint8_t {
    kPending,
    kReading,
    kAdmitted,    // read; its row tells the rest
    kSkipped,     // finished in an earlier run
    kDuplicate,   // the same content as another clip
    kUnreadable,  // no content hash, so no row: `reason`
    kSetAside,    // it brought earlier runs down: `reason`
};

struct Clip {
    std::string path;
    ClipState state = ClipState::kPending;
    std::string id;  // content hash, once known
    std::string reason;
    VideoEnd end;  // of kAdmitted
    std::int64_t bytes = 0;
    std::int64_t modified_us = 0;
    std::size_t frame_bytes = 0;  // 0: unknown; else a frame slot must hold this
};

enum class Redo { kNo, kYes };

// The clips of a run and what became of them. Reader threads take clips and give reports; the
// database is asked which ones are finished already. Thread-safe.
class ClipList {
  public:
    // `store` is used under this object's lock until it is destroyed.
    ClipList(std::vector<std::string> paths, std::string settings, Store& store, Redo redo);

    // Tells `journal` of clips that are taken and reported, forgives or sets aside those that
    // brought earlier runs down at least `most_deaths` times (Redo::kYes forgives), and from now on
    // has suspects read first, each while no other is. To be called before clips are taken.
    void keep_journal(ClipJournal& journal, std::uint32_t most_deaths);

    // The next clip that still has to be read and whose frames fit `frame_slot_bytes`, with its
    // hash made; or nothing. Hashing happens here, outside the lock. `keep_going` is asked between
    // clips.
    std::optional<VideoToRead> take(std::size_t frame_slot_bytes,
                                    const std::atomic<std::uint32_t>& stop);
    void report(const VideoToRead& video, const ReadReport& report);
    // The run ends although a reader still has its clip open: no death of main's.
    void end_journal();
    // Clips that were being read or not begun: pending again, for the next session.
    void return_unfinished();

    bool anything_pending() const;
    // Paths of clips that readers have taken, hashing included.
    std::vector<std::string> being_read() const;
    // Largest frame that pending clips are known to have, 0 if none is known.
    std::size_t largest_pending_frame() const;
    void note_frame_bytes(const std::string& path, std::size_t bytes);

    std::vector<Clip> clips() const;
    std::size_t skipped() const;

  private:
    std::optional<std::size_t> next_pending(std::size_t frame_slot_bytes) REQUIRES_LOCK(mutex_);
    static bool is_waiting(const Clip& clip, std::size_t frame_slot_bytes);
    // A suspect is being read, or is the next and others are.
    bool must_wait(std::size_t frame_slot_bytes) const REQUIRES_LOCK(mutex_);
    bool is_suspect(const Clip& clip) const REQUIRES_LOCK(mutex_);
    void set_aside(Clip& clip, std::uint32_t deaths) REQUIRES_LOCK(mutex_);

    Mutex hashing_ ACQUIRED_BEFORE(mutex_);
    mutable Mutex mutex_;
    std::vector<Clip> clips_ GUARDED_BY(mutex_);
    std::set<std::string> taken_ids_ GUARDED_BY(mutex_);
    const std::string settings_;
    Store& store_ GUARDED_BY(mutex_);
    const Redo redo_;
    ClipJournal* journal_ GUARDED_BY(mutex_) = nullptr;
    std::size_t being_read_ GUARDED_BY(mutex_) = 0;
    bool reading_suspect_ GUARDED_BY(mutex_) = false;
};

}  // namespace dashcam
