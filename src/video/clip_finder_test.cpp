#include "video/clip_finder.h"

#include <filesystem>
#include <string>
#include <vector>

#include <sys/stat.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "video/printable_path.h"
#include "video/test_clips.h"
#include "video/video_formats.h"

namespace dashcam {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

namespace fs = std::filesystem;

class ClipFinder : public testing::Test {
  protected:
    std::string touch(const std::string& name) const {
        fs::create_directories(fs::path(folder_.path(name)).parent_path());
        return folder_.write(name, {1});
    }
    // The clips' names below the folder.
    std::vector<std::string> names(const FoundClips& found) const {
        std::vector<std::string> result;
        for (const std::string& clip : found.clips) {
            EXPECT_TRUE(clip.starts_with(folder_.path("")));
            result.push_back(clip.substr(folder_.path("").size()));
        }
        return result;
    }
    ClipFolder folder_;
};

TEST_F(ClipFinder, SearchesFoldersForVideos) {
    for (const char* name :
         {"card/b.MP4", "card/a.mov", "card/DCIM/100/c.ts", "card/notes.txt", "card/._a.mov",
          "card/.hidden.mp4", "card/.Trash/d.mp4", "card/mp4", "card/e.mp4.part", "card/f.h264"}) {
        touch(name);
    }
    const FoundClips found = find_clips({folder_.path("card")});
    EXPECT_THAT(names(found),
                ElementsAre("card/DCIM/100/c.ts", "card/a.mov", "card/b.MP4", "card/f.h264"));
    EXPECT_THAT(found.problems, IsEmpty());
    EXPECT_EQ(find_clips({folder_.path("card/")}).clips, found.clips);
}

TEST_F(ClipFinder, TakesNamedFilesWhateverTheirName) {
    const FoundClips found = find_clips({touch("notes.txt"), touch("._x"), touch(".hidden.mp4")});
    EXPECT_THAT(names(found), ElementsAre("._x", ".hidden.mp4", "notes.txt"));
    EXPECT_THAT(found.problems, IsEmpty());
}

TEST_F(ClipFinder, MatchesPatterns) {
    for (const char* name : {"a1.mp4", "a2.mp4", "b1.mp4", "sub1/x.mp4", "sub2/y.txt"}) touch(name);
    EXPECT_THAT(names(find_clips({folder_.path("a*.mp4")})), ElementsAre("a1.mp4", "a2.mp4"));
    EXPECT_THAT(names(find_clips({folder_.path("[b]?.mp4"), folder_.path("sub1*")})),
                ElementsAre("b1.mp4", "sub1/x.mp4"));
    const FoundClips none = find_clips({folder_.path("z*.mp4")});
    ASSERT_EQ(none.problems.size(), 1u);
    EXPECT_THAT(none.problems[0].message, HasSubstr("z*.mp4' matches no file"));
}

TEST_F(ClipFinder, ExistingNamesAreNoPatterns) {
    touch("a1.mp4");
    EXPECT_THAT(names(find_clips({touch("a[1].mp4")})), ElementsAre("a[1].mp4"));
}

TEST_F(ClipFinder, StrangeNamesAreFine) {
    const std::string strange[] = {"with space.mp4", "new\nline.mp4", "\xff\xfe.mp4", "-dash.mp4",
                                   "a'b\"c.mp4",     "%d.mp4",        "http:x.mp4"};
    for (const std::string& name : strange) touch("odd/" + name);
    const FoundClips found = find_clips({folder_.path("odd")});
    EXPECT_EQ(found.clips.size(), std::size(strange));
    EXPECT_THAT(found.problems, IsEmpty());
    for (const std::string& clip : found.clips) EXPECT_TRUE(fs::exists(clip));
}

TEST_F(ClipFinder, NamesEachFileOnce) {
    const std::string clip = touch("card/a.mp4");
    fs::create_symlink(clip, folder_.path("card/b.mp4"));
    fs::create_directory_symlink(folder_.path("card"), folder_.path("card/loop"));
    fs::create_symlink(folder_.path("nowhere"), folder_.path("card/dangling.mp4"));
    const FoundClips found =
        find_clips({clip, clip, folder_.path("card"), folder_.path("card/../card/a.mp4"),
                    folder_.path("card/*")});
    EXPECT_THAT(names(found), ElementsAre("card/../card/a.mp4"));
    // Only the pattern names the dangling link.
    ASSERT_EQ(found.problems.size(), 1u);
    EXPECT_THAT(found.problems[0].message, HasSubstr("dangling.mp4"));
}

TEST_F(ClipFinder, SelfReferringLinkIsNamed) {
    fs::create_symlink(folder_.path("self.mp4"), folder_.path("self.mp4"));
    const FoundClips found = find_clips({folder_.path("self.mp4")});
    ASSERT_EQ(found.problems.size(), 1u);
    EXPECT_THAT(found.problems[0].message, HasSubstr("leads back to itself"));
}

TEST_F(ClipFinder, ReportsProblemsAndGoesOn) {
    touch("empty/notes.txt");
    ASSERT_EQ(::mkfifo(folder_.path("fifo.mp4").c_str(), 0600), 0);
    const FoundClips found =
        find_clips({folder_.path("none.mp4"), folder_.path("empty"), folder_.path("fifo.mp4"),
                    std::string("a\0.mp4", 6), touch("good.mp4")});
    EXPECT_THAT(names(found), ElementsAre("good.mp4"));
    ASSERT_EQ(found.problems.size(), 4u);
    EXPECT_THAT(found.problems[0].message, HasSubstr("none.mp4' does not exist"));
    EXPECT_THAT(found.problems[1].message, HasSubstr("empty' has no videos"));
    EXPECT_THAT(found.problems[2].message, HasSubstr("neither a file nor a folder"));
    EXPECT_THAT(found.problems[3].message, HasSubstr("'a\\x00.mp4' does not exist"));
}

TEST(VideoFormats, ExtensionsInAnyCase) {
    for (const char* name : {"a.mp4", "A.MP4", "x.y.Mkv", "clip.M2TS", "raw.h265"}) {
        EXPECT_TRUE(has_video_extension(name)) << name;
    }
    for (const char* name : {"mp4", ".mp4", "a.mp", "a.mp4x", "a.txt", "a.", ""}) {
        EXPECT_FALSE(has_video_extension(name)) << name;
    }
}

TEST(VideoFormats, ContainersByAnyOfTheirNames) {
    EXPECT_TRUE(is_video_container("mov,mp4,m4a,3gp,3g2,mj2"));
    EXPECT_TRUE(is_video_container("matroska,webm"));
    EXPECT_FALSE(is_video_container("concat"));
    EXPECT_FALSE(is_video_container("png_pipe"));
    EXPECT_FALSE(is_video_container(""));
}

TEST(PrintablePath, KeepsUtf8AndEscapesTheRest) {
    EXPECT_EQ(printable_path("Stra\xC3\x9F"
                             "e \xE2\x82\xAC \xF0\x9F\x9A\x97.mp4"),
              "'Stra\xC3\x9F"
              "e \xE2\x82\xAC \xF0\x9F\x9A\x97.mp4'");
    EXPECT_EQ(printable_text("\t\x7F\xC2\x9B"), "\\x09\\x7F\\xC2\\x9B");
    EXPECT_EQ(printable_text("\xC0\xAF\xED\xA0\x80\xE2\x82"),
              "\\xC0\\xAF\\xED\\xA0\\x80\\xE2\\x82");
}

}  // namespace
}  // namespace dashcam
