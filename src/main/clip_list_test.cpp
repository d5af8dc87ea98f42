#include "main/clip_list.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "stores/memory_store.h"
#include "stores/testing/store_places.h"
#include "video/content_hash.h"

namespace dashcam {
namespace {

namespace fs = std::filesystem;
constexpr std::size_t kAnySize = std::size_t{1} << 30;

class ClipListTest : public testing::Test {
  protected:
    std::string file(const std::string& name, const std::string& content) const {
        const std::string path = folder_.path() + "/" + name;
        std::ofstream(path) << content;
        return path;
    }
    // The row that a finished run would have left.
    void mark(const std::string& path, VideoStatus status) {
        VideoRow row;
        row.id = content_hash(path).value();
        row.path = path;
        row.bytes = static_cast<std::int64_t>(fs::file_size(path));
        row.status = status;
        const ClipList list({path}, "s", store_, Redo::kYes);
        row.modified_us = list.clips()[0].modified_us;
        ASSERT_TRUE(store_.finish_video(row, std::nullopt).ok());
    }

    TemporaryFolder folder_;
    MemoryStore store_;
    std::atomic<std::uint32_t> stop_ = 0;
};

TEST_F(ClipListTest, GivesEachClipOnceInOrder) {
    const std::string a = file("a", "1"), b = file("b", "2");
    ClipList list({a, b}, "settings", store_, Redo::kNo);
    const auto first = list.take(kAnySize, stop_);
    ASSERT_TRUE(first);
    EXPECT_EQ(first->path, a);
    EXPECT_EQ(first->id, content_hash(a).value());
    EXPECT_EQ(first->settings, "settings");
    EXPECT_EQ(first->bytes, 1);
    EXPECT_EQ(list.take(kAnySize, stop_)->path, b);
    EXPECT_FALSE(list.take(kAnySize, stop_));
    EXPECT_FALSE(list.anything_pending());
}

TEST_F(ClipListTest, SkipsFinishedAndTruncatedOnesButNotFailedOrUnfinishedOnes) {
    const std::string done = file("done", "1"), cut = file("cut", "2"),
                      failed = file("failed", "3"), begun = file("begun", "4");
    mark(done, VideoStatus::kFinished);
    mark(cut, VideoStatus::kTruncated);
    mark(failed, VideoStatus::kFailed);
    mark(begun, VideoStatus::kUnfinished);
    ClipList list({done, cut, failed, begun}, "s", store_, Redo::kNo);
    EXPECT_EQ(list.skipped(), 2u);
    EXPECT_EQ(list.take(kAnySize, stop_)->path, failed);
    EXPECT_EQ(list.take(kAnySize, stop_)->path, begun);
    EXPECT_FALSE(list.take(kAnySize, stop_));
    ClipList again({done, cut}, "s", store_, Redo::kYes);
    EXPECT_EQ(again.take(kAnySize, stop_)->path, done);
    EXPECT_EQ(again.take(kAnySize, stop_)->path, cut);
}

TEST_F(ClipListTest, KnowsAFinishedVideoUnderAnotherName) {
    const std::string old_name = file("old", "1");
    mark(old_name, VideoStatus::kFinished);
    const std::string new_name = file("new", "1");
    ClipList list({new_name}, "s", store_, Redo::kNo);
    EXPECT_FALSE(list.take(kAnySize, stop_));
    EXPECT_EQ(list.clips()[0].state, ClipState::kSkipped);
}

TEST_F(ClipListTest, ChangedFileIsANewClip) {
    const std::string path = file("a", "1");
    mark(path, VideoStatus::kFinished);
    file("a", "22");
    ClipList list({path}, "s", store_, Redo::kNo);
    EXPECT_TRUE(list.take(kAnySize, stop_));
}

// The larger file takes longer to hash, and is the first all the same.
TEST_F(ClipListTest, OfEqualClipsTheFirstIsRead) {
    const std::string content(3'000'000, 'x');
    std::vector<std::string> paths;
    for (int i = 0; i < 8; ++i) paths.push_back(file("clip" + std::to_string(i), content));
    for (int round = 0; round < 20; ++round) {
        ClipList list(paths, "s", store_, Redo::kNo);
        std::vector<std::thread> readers;
        for (int i = 0; i < 4; ++i) {
            readers.emplace_back([&] {
                while (list.take(kAnySize, stop_)) {
                }
            });
        }
        for (std::thread& reader : readers) reader.join();
        EXPECT_EQ(list.clips()[0].state, ClipState::kReading);
        EXPECT_EQ(list.skipped(), 7u);
    }
}

TEST_F(ClipListTest, FileThatIsGoneIsUnreadableWithItsName) {
    const std::string gone = file("gone", "1"), later = file("later", "2");
    fs::remove(gone);
    ClipList list({gone, later}, "s", store_, Redo::kNo);
    EXPECT_EQ(list.clips()[0].state, ClipState::kUnreadable);
    fs::remove(later);
    EXPECT_FALSE(list.take(kAnySize, stop_));
    for (const Clip& clip : list.clips()) {
        EXPECT_EQ(clip.state, ClipState::kUnreadable);
        EXPECT_NE(clip.reason.find(fs::path(clip.path).filename().string()), std::string::npos)
            << clip.reason;
    }
}

TEST_F(ClipListTest, TooLargeClipWaitsForLargerSlots) {
    const std::string path = file("a", "1");
    ClipList list({path}, "s", store_, Redo::kNo);
    const auto video = list.take(1000, stop_);
    ASSERT_TRUE(video);
    ReadReport report;
    report.outcome = ReadOutcome::kTooLarge;
    report.frame_bytes = 5000;
    list.report(*video, report);
    EXPECT_TRUE(list.anything_pending());
    EXPECT_EQ(list.largest_pending_frame(), 5000u);
    EXPECT_FALSE(list.take(1000, stop_));
    EXPECT_TRUE(list.take(5000, stop_));
}

TEST_F(ClipListTest, WhatWasNotFinishedIsPendingAgain) {
    const std::string half = file("half", "1"), whole = file("whole", "2");
    ClipList list({half, whole}, "s", store_, Redo::kNo);
    const auto first = list.take(kAnySize, stop_);
    const auto second = list.take(kAnySize, stop_);
    ReadReport report;
    report.outcome = ReadOutcome::kStopped;
    list.report(*first, report);
    report.outcome = ReadOutcome::kAdmitted;
    list.report(*second, report);
    mark(whole, VideoStatus::kFinished);
    list.return_unfinished();
    EXPECT_EQ(list.clips()[0].state, ClipState::kPending);
    EXPECT_EQ(list.clips()[1].state, ClipState::kAdmitted);
    EXPECT_EQ(list.take(kAnySize, stop_)->path, half);
}

TEST_F(ClipListTest, StopGivesNothing) {
    ClipList list({file("a", "1")}, "s", store_, Redo::kNo);
    stop_ = 1;
    EXPECT_FALSE(list.take(kAnySize, stop_));
    EXPECT_TRUE(list.anything_pending());
}

}  // namespace
}  // namespace dashcam
