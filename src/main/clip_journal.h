#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "base/mutex.h"
#include "base/result.h"

namespace dashcam {

// A clip as it was when it was opened: a file that was changed since is another one.
struct ClipKey {
    std::string path;
    std::int64_t bytes = 0;
    std::int64_t modified_us = 0;
    auto operator<=>(const ClipKey&) const = default;
};

// Which clips main has open, in a file of the output folder, so that the next run knows which one
// brought this one down: clips are decoded in main's own threads, and a clip that kills its decoder
// would kill every run anew. docs/decisions/0019 has the rules; in short:
//   * a thread that crashes (SIGSEGV, SIGABRT, ...) writes a mark with its own clip: that clip is
//     charged;
//   * main that vanished without a mark (SIGKILL, also the kernel's when memory runs out) charges
//     the clip that was open if there was only one; else all that were open are suspects, to be
//     read alone;
//   * a signal that another process sent, and a machine that went down, charge nobody;
//   * a clip that is read to its end is clear of everything.
// The file is written before a clip is opened and goes when a run ends in order and nobody is
// charged. Lines are not synchronised to the disk: they outlive main, and when the machine goes
// down they do not count. Thread-safe.
class ClipJournal {
  public:
    // Reads what the last run left in `file` and begins a new one. One object per process, and
    // nobody else may use the file. Errors: the file cannot be written.
    static Result<void> begin(const std::string& file, ClipJournal& journal);

    ClipJournal() = default;
    ~ClipJournal() { end(); }
    ClipJournal(const ClipJournal&) = delete;
    ClipJournal& operator=(const ClipJournal&) = delete;

    // The orderly end, however the run went. The file goes if it is not needed any more.
    void end();

    // How often main died of this clip, in a row.
    std::uint32_t deaths(const ClipKey& clip) const;
    bool is_suspect(const ClipKey& clip) const;
    void forgive(const ClipKey& clip);

    // The calling thread opens this clip, and is done with it. `kRead`: it got to its end and is
    // clear.
    enum class Close : std::uint8_t { kRead, kLeft };
    void opened(const ClipKey& clip);
    void closed(const ClipKey& clip, Close how);
    // Path of the clip that was opened last.
    std::string last_opened() const;

  private:
    void replay(const std::string& text) REQUIRES_LOCK(mutex_);
    void append(const std::string& line) const;
    // Everything that is to be kept, as lines.
    std::string kept() const REQUIRES_LOCK(mutex_);

    mutable Mutex mutex_;
    std::string file_;
    int descriptor_ = -1;
    std::map<ClipKey, std::uint32_t> deaths_ GUARDED_BY(mutex_);
    std::set<ClipKey> suspects_ GUARDED_BY(mutex_);
    std::string last_opened_ GUARDED_BY(mutex_);
};

}  // namespace dashcam
