#include "main/clip_list.h"

#include <spdlog/spdlog.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <thread>

#include "video/content_hash.h"
#include "video/printable_path.h"

namespace dashcam {
namespace {

Result<void> stat_clip(Clip& clip) {
    struct stat status {};
    if (stat(clip.path.c_str(), &status) != 0)
        return Error{printable_path(clip.path) + ": " + std::strerror(errno)};
    clip.bytes = status.st_size;
    clip.modified_us = status.st_mtim.tv_sec * 1'000'000LL + status.st_mtim.tv_nsec / 1000;
    return {};
}

// While a suspect is read alone, the other readers look again after this.
constexpr auto kSuspectPace = std::chrono::milliseconds(20);

ClipKey key_of(const Clip& clip) { return {clip.path, clip.bytes, clip.modified_us}; }
ClipKey key_of(const VideoToRead& video) { return {video.path, video.bytes, video.modified_us}; }

bool is_done(const std::optional<VideoRow>& row) {
    return row && (row->status == VideoStatus::kFinished || row->status == VideoStatus::kTruncated);
}

}  // namespace

ClipList::ClipList(std::vector<std::string> paths, std::string settings, Store& store, Redo redo)
    : settings_(std::move(settings)), store_(store), redo_(redo) {
    const MutexLock lock(mutex_);
    for (std::string& path : paths) {
        Clip clip;
        clip.path = std::move(path);
        if (const auto found = stat_clip(clip); !found.ok()) {
            clip.state = ClipState::kUnreadable;
            clip.reason = found.error().message;
        } else if (redo_ == Redo::kNo) {
            // A database that fails here fails again at the first write, where it is reported.
            std::error_code failed;  // rows have whole paths
            const std::string whole =
                std::filesystem::absolute(clip.path, failed).lexically_normal();
            const auto row = store_.find_video(whole, clip.bytes, clip.modified_us);
            if (row.ok() && is_done(*row)) {
                clip.state = ClipState::kSkipped;
                clip.id = (*row)->id;
            }
        }
        clips_.push_back(std::move(clip));
    }
}

void ClipList::keep_journal(ClipJournal& journal, std::uint32_t most_deaths) {
    const MutexLock lock(mutex_);
    journal_ = &journal;
    for (Clip& clip : clips_) {
        if (clip.state != ClipState::kPending) continue;
        if (redo_ == Redo::kYes) journal.forgive(key_of(clip));
        const std::uint32_t deaths = journal.deaths(key_of(clip));
        if (deaths >= most_deaths) set_aside(clip, deaths);
    }
}

void ClipList::set_aside(Clip& clip, std::uint32_t deaths) {
    clip.state = ClipState::kSetAside;
    clip.reason = printable_path(clip.path) + " is set aside: it brought down the whole program " +
                  std::to_string(deaths) +
                  " times in a row; to try it again, run it alone with --redo";
    // Its row says so, too, in place of what an interrupted pass left.
    const Result<std::string> hash = content_hash(clip.path);
    if (!hash.ok()) return;
    clip.id = *hash;
    VideoRow row;
    row.id = clip.id;
    row.path = clip.path;
    row.bytes = clip.bytes;
    row.modified_us = clip.modified_us;
    row.status = VideoStatus::kFailed;
    row.reason = clip.reason;
    row.settings = settings_;
    if (const auto written = store_.finish_video(row, std::vector<std::uint32_t>{}); !written.ok())
        spdlog::warn("{}: {}", clip.reason, written.error().message);
}

bool ClipList::is_suspect(const Clip& clip) const {
    return journal_ != nullptr && journal_->is_suspect(key_of(clip));
}

bool ClipList::is_waiting(const Clip& clip, std::size_t frame_slot_bytes) {
    return clip.state == ClipState::kPending && clip.frame_bytes <= frame_slot_bytes;
}

bool ClipList::must_wait(std::size_t frame_slot_bytes) const {
    if (being_read_ == 0) return false;
    if (reading_suspect_) return true;
    for (const Clip& clip : clips_) {
        if (is_waiting(clip, frame_slot_bytes) && is_suspect(clip)) return true;
    }
    return false;
}

std::optional<std::size_t> ClipList::next_pending(std::size_t frame_slot_bytes) {
    std::optional<std::size_t> found;
    for (std::size_t i = 0; i < clips_.size(); ++i) {
        if (!is_waiting(clips_[i], frame_slot_bytes)) continue;
        const bool suspect = is_suspect(clips_[i]);
        if (!found || suspect) found = i;
        if (suspect) break;
    }
    if (found) clips_[*found].state = ClipState::kReading;
    return found;
}

std::optional<VideoToRead> ClipList::take(std::size_t frame_slot_bytes,
                                          const std::atomic<std::uint32_t>& stop) {
    // One at a time: of two clips with the same content, it is always the first that is read.
    const MutexLock hashing(hashing_);
    for (;;) {
        if (stop.load(std::memory_order_acquire) != 0) return std::nullopt;
        std::size_t at = 0;
        std::string path;
        bool wait = false;
        {
            const MutexLock lock(mutex_);
            wait = must_wait(frame_slot_bytes);
            if (!wait) {
                const auto next = next_pending(frame_slot_bytes);
                if (!next) return std::nullopt;
                at = *next;
                path = clips_[at].path;
            }
        }
        if (wait) {
            std::this_thread::sleep_for(kSuspectPace);
            continue;
        }
        const Result<std::string> hash = content_hash(path, &stop);
        const MutexLock lock(mutex_);
        Clip& clip = clips_[at];
        if (!hash.ok() && stop.load(std::memory_order_acquire) != 0) {
            clip.state = ClipState::kPending;
            return std::nullopt;
        }
        if (!hash.ok()) {
            clip.state = ClipState::kUnreadable;
            clip.reason = hash.error().message;
            continue;
        }
        clip.id = *hash;
        if (taken_ids_.contains(clip.id)) {
            clip.state = ClipState::kDuplicate;
            continue;
        }
        taken_ids_.insert(clip.id);
        const auto row = redo_ == Redo::kNo ? store_.find_video(clip.id)
                                            : Result<std::optional<VideoRow>>(std::nullopt);
        if (row.ok() && is_done(*row)) {
            clip.state = ClipState::kSkipped;
            continue;
        }
        ++being_read_;
        reading_suspect_ = is_suspect(clip);
        if (journal_ != nullptr) journal_->opened(key_of(clip));
        return VideoToRead{clip.path, clip.id, settings_, clip.bytes, clip.modified_us};
    }
}

void ClipList::report(const VideoToRead& video, const ReadReport& report) {
    const MutexLock lock(mutex_);
    if (being_read_ > 0) --being_read_;
    reading_suspect_ = false;
    if (journal_ != nullptr) {
        journal_->closed(key_of(video), report.outcome == ReadOutcome::kAdmitted
                                            ? ClipJournal::Close::kRead
                                            : ClipJournal::Close::kLeft);
    }
    const auto clip = std::find_if(clips_.begin(), clips_.end(),
                                   [&](const Clip& c) { return c.path == video.path; });
    if (clip == clips_.end()) return;
    switch (report.outcome) {
        case ReadOutcome::kAdmitted:
            clip->state = ClipState::kAdmitted;
            clip->end = report.end;
            return;
        case ReadOutcome::kTooLarge:
            clip->frame_bytes = report.frame_bytes;
            clip->state = ClipState::kPending;
            taken_ids_.erase(clip->id);
            return;
        case ReadOutcome::kStopped:
            return;  // stays kReading: return_unfinished()
    }
}

void ClipList::end_journal() {
    const MutexLock lock(mutex_);
    if (journal_ != nullptr) journal_->end();
}

void ClipList::return_unfinished() {
    const MutexLock lock(mutex_);
    for (Clip& clip : clips_) {
        if (clip.state == ClipState::kAdmitted) {
            const auto row = store_.find_video(clip.id);
            if (row.ok() && *row && (*row)->status != VideoStatus::kUnfinished) continue;
        } else if (clip.state != ClipState::kReading) {
            continue;
        }
        taken_ids_.erase(clip.id);
        clip.state = ClipState::kPending;
    }
}

std::vector<std::string> ClipList::being_read() const {
    const MutexLock lock(mutex_);
    std::vector<std::string> paths;
    for (const Clip& clip : clips_) {
        if (clip.state == ClipState::kReading) paths.push_back(clip.path);
    }
    return paths;
}

bool ClipList::anything_pending() const {
    const MutexLock lock(mutex_);
    return std::any_of(clips_.begin(), clips_.end(),
                       [](const Clip& c) { return c.state == ClipState::kPending; });
}

std::size_t ClipList::largest_pending_frame() const {
    const MutexLock lock(mutex_);
    std::size_t largest = 0;
    for (const Clip& clip : clips_) {
        if (clip.state == ClipState::kPending) largest = std::max(largest, clip.frame_bytes);
    }
    return largest;
}

void ClipList::note_frame_bytes(const std::string& path, std::size_t bytes) {
    const MutexLock lock(mutex_);
    for (Clip& clip : clips_) {
        if (clip.path == path) clip.frame_bytes = bytes;
    }
}

std::vector<Clip> ClipList::clips() const {
    const MutexLock lock(mutex_);
    return clips_;
}

std::size_t ClipList::skipped() const {
    const MutexLock lock(mutex_);
    return static_cast<std::size_t>(
        std::count_if(clips_.begin(), clips_.end(), [](const Clip& clip) {
            return clip.state == ClipState::kSkipped || clip.state == ClipState::kDuplicate;
        }));
}

}  // namespace dashcam
