#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>

#include "cli/exit_codes.h"
#include "support/footage.h"
#include "support/processes.h"
#include "support/program.h"
#include "support/results.h"

// What a user can do wrong, one after the other: each gets one clear line with the file, the cause
// and what to do, the rest of the input is processed, the exit code says so, and it ends.

namespace dashcam {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// Lines of a text that contain `part`.
std::vector<std::string> lines_with(const std::string& text, const std::string& part) {
    std::vector<std::string> lines;
    std::size_t at = 0;
    while (at < text.size()) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        const std::string line = text.substr(at, end - at);
        if (line.find(part) != std::string::npos) lines.push_back(line);
        at = end + 1;
    }
    return lines;
}

// No error leaves raw control bytes or broken UTF-8 on the terminal.
bool is_printable(const std::string& text) {
    const bool controls = std::any_of(text.begin(), text.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return (byte < 0x20 && byte != '\n') || byte == 0x7f;
    });
    try {
        (void)nlohmann::json(text).dump();
    } catch (const nlohmann::json::exception&) {
        return false;  // not UTF-8
    }
    return !controls;
}

class BadInput : public testing::Test {
  protected:
    static void SetUpTestSuite() {
        shared() = std::make_unique<TemporaryFolder>();
        pattern_clip(shared()->path(), "good.mp4", 6, 320, 240);
        pattern_clip(shared()->path(), "long.mp4", 60, 320, 240);
    }
    static void TearDownTestSuite() { shared().reset(); }
    static std::unique_ptr<TemporaryFolder>& shared() {
        static std::unique_ptr<TemporaryFolder> folder;
        return folder;
    }

    std::string clips() const {
        fs::create_directory(folder_.path() + "/clips");
        return folder_.path() + "/clips";
    }
    std::string out() const { return folder_.path() + "/out"; }
    // A clip that can be processed, in clips().
    std::string good(const std::string& name = "good.mp4") const {
        const std::string path = clips() + "/" + name;
        fs::copy_file(shared()->path() + "/good.mp4", path);
        return path;
    }
    static std::string long_clip() { return read_file(shared()->path() + "/long.mp4"); }

    ProgramEnd run(std::vector<std::string> arguments, const Program::Options& options = {}) const {
        arguments.insert(arguments.begin(), "run");
        for (const char* argument : {"--num-gpu-workers", "1", "--num-cpu-workers", "2"})
            arguments.push_back(argument);
        if (std::find(arguments.begin(), arguments.end(), "--out") == arguments.end()) {
            arguments.insert(arguments.end(), {"--out", out()});
        }
        const ProgramEnd end = run_dashcam(arguments, options);
        EXPECT_FALSE(end.timed_out) << end.text();
        EXPECT_FALSE(end.by_signal) << end.text();
        if (fs::exists(out() + "/dashcam.db")) {
            EXPECT_EQ(database_faults(out() + "/dashcam.db"), "") << end.text();
        }
        return end;
    }

    // The status of each video by its file's name.
    std::map<std::string, std::string> statuses() const {
        std::map<std::string, std::string> result;
        for (const VideoRow& row : videos_of_run(out())) {
            result[fs::path(row.path).filename().string()] = std::string(to_string(row.status));
        }
        return result;
    }

    // One bad clip beside a good one: the good one is finished, and a line names the bad one and
    // says `cause`.
    void expect_only_failure(const ProgramEnd& end, const std::string& bad,
                             const std::string& cause) const {
        EXPECT_EQ(end.code, kExitSomeFailed) << end.text();
        EXPECT_EQ(statuses()["good.mp4"], "finished") << end.text();
        const auto lines = lines_with(end.err, "failed: ");
        ASSERT_EQ(lines.size(), 1u) << end.text();
        EXPECT_THAT(lines[0], AllOf(HasSubstr(bad), HasSubstr(cause))) << end.text();
        EXPECT_THAT(end.out, HasSubstr("1 finished")) << end.text();
        EXPECT_THAT(end.out, HasSubstr("1 failed or damaged")) << end.text();
    }

    TemporaryFolder folder_;
};

// ---------------------------------------------------------------- clips

TEST_F(BadInput, PathThatDoesNotExist) {
    const ProgramEnd end = run({good(), folder_.path() + "/nowhere.mp4"});
    EXPECT_EQ(end.code, kExitSomeFailed) << end.text();
    EXPECT_EQ(lines_with(end.err, "nowhere.mp4").size(), 1u) << end.text();
    EXPECT_THAT(end.err, HasSubstr("does not exist")) << end.text();
    EXPECT_EQ(statuses()["good.mp4"], "finished");
    const ProgramEnd nothing = run({folder_.path() + "/nowhere.mp4"});
    EXPECT_EQ(nothing.code, kExitSomeFailed) << nothing.text();
    EXPECT_THAT(nothing.err, HasSubstr("nothing to process")) << nothing.text();
}

TEST_F(BadInput, EmptyFolderAndPatternWithoutMatch) {
    const ProgramEnd folder = run({clips()});
    EXPECT_EQ(folder.code, kExitSomeFailed) << folder.text();
    EXPECT_THAT(folder.err, HasSubstr(clips())) << folder.text();
    const ProgramEnd pattern = run({clips() + "/*.mp4"});
    EXPECT_EQ(pattern.code, kExitSomeFailed) << pattern.text();
    EXPECT_THAT(pattern.err, HasSubstr("*.mp4")) << pattern.text();
}

TEST_F(BadInput, FilesThatAreNoVideos) {
    good();
    write_file(clips() + "/text.mp4", "Dear diary,\ntoday I drove.\n");
    expect_only_failure(run({clips()}), "text.mp4", "not a video");
    EXPECT_EQ(statuses()["text.mp4"], "failed");
}

TEST_F(BadInput, EmptyFile) {
    good();
    write_file(clips() + "/zero.mp4", "");
    expect_only_failure(run({clips()}), "zero.mp4", "empty");
}

TEST_F(BadInput, ClipThatWasCutOffBeforeItsIndex) {
    good();
    const std::string whole = long_clip();
    write_file(clips() + "/cut.mp4", whole.substr(0, whole.size() / 2));
    expect_only_failure(run({clips()}), "cut.mp4", "cut off");
    EXPECT_EQ(statuses()["cut.mp4"], "failed");
}

TEST_F(BadInput, ClipThatWasCutOffInTheMiddleKeepsItsFirstHalf) {
    good();
    // A Matroska file has its frames in order, each with its time: what is there can be used.
    make_clip(folder_.path() + "/whole.mkv", {"-i", shared()->path() + "/long.mp4", "-c", "copy"});
    const std::string whole = read_file(folder_.path() + "/whole.mkv");
    write_file(clips() + "/cut.mkv", whole.substr(0, whole.size() / 2));
    expect_only_failure(run({clips()}), "cut.mkv", "");
    EXPECT_EQ(statuses()["cut.mkv"], "truncated");
    for (const VideoRow& row : videos_of_run(out())) {
        if (row.status != VideoStatus::kTruncated) continue;
        EXPECT_GT(row.frames, 0u);
        EXPECT_FALSE(row.reason.empty());
    }
}

TEST_F(BadInput, ClipWithDamagedMiddle) {
    good();
    std::string damaged = long_clip();
    const std::size_t data = damaged.find("mdat");
    ASSERT_NE(data, std::string::npos);
    for (std::size_t i = 0; i < 3000; ++i)
        damaged[data + (damaged.size() - data) / 3 + i] = static_cast<char>(i * 7);
    write_file(clips() + "/damaged.mp4", damaged);
    expect_only_failure(run({clips()}), "damaged.mp4", "");
    EXPECT_EQ(statuses()["damaged.mp4"], "truncated");
}

TEST_F(BadInput, CodecThatNobodyKnows) {
    good();
    std::string odd = long_clip();
    std::size_t at = 0;
    int renamed = 0;
    while ((at = odd.find("avc1", at)) != std::string::npos) {
        odd.replace(at, 4, "zz9q");
        ++renamed;
    }
    ASSERT_GT(renamed, 0);
    write_file(clips() + "/odd.mp4", odd);
    expect_only_failure(run({clips()}), "odd.mp4", "cannot decode");
}

TEST_F(BadInput, AudioOnly) {
    good();
    make_clip(clips() + "/sound.mp4", {"-f", "lavfi", "-i", "sine=duration=1", "-c:a", "aac"});
    expect_only_failure(run({clips()}), "sound.mp4", "no video");
}

TEST_F(BadInput, PipeIsNotOpened) {
    ASSERT_EQ(mkfifo((clips() + "/pipe.mp4").c_str(), 0600), 0);
    const ProgramEnd end = run({good(), clips() + "/pipe.mp4"});
    EXPECT_EQ(end.code, kExitSomeFailed) << end.text();
    EXPECT_THAT(end.err, HasSubstr("pipe.mp4")) << end.text();
    EXPECT_EQ(statuses()["good.mp4"], "finished");
}

TEST_F(BadInput, OddNamesInEveryMessage) {
    for (const char* name :
         {"two words.mp4", "line\nbreak.mp4", "quo'te\".mp4", "not\xff\xfeutf8.mp4",
          "esc\x1b[31mred.mp4", "--out.mp4", "ümläut 東京.mp4"}) {
        write_file(clips() + "/" + name, "no video");
    }
    pattern_clip(clips(), "fine\n\x1b[2J\xff '\".mp4", 4, 320, 240);
    const ProgramEnd end = run({clips()});
    EXPECT_EQ(end.code, kExitSomeFailed) << end.text();
    EXPECT_THAT(end.out, HasSubstr("1 finished")) << end.text();
    EXPECT_TRUE(is_printable(end.err)) << end.text();
    EXPECT_TRUE(is_printable(end.out)) << end.text();
    // All but one have the same content: one video, one failure.
    EXPECT_EQ(lines_with(end.err, "failed: ").size(), 1u) << end.text();
    const ProgramEnd list = run_dashcam({"vehicles", "--json", "--out", out()});
    EXPECT_EQ(list.code, kExitOk) << list.text();
    EXPECT_TRUE(is_printable(list.out)) << list.text();
}

TEST_F(BadInput, OddFrameSizes) {
    pattern_clip(clips(), "a.mp4", 4, 318, 242);
    make_clip(clips() + "/odd.mkv", {"-f", "lavfi", "-i", "testsrc2=size=321x243:rate=10",
                                     "-frames:v", "4", "-c:v", "ffv1", "-pix_fmt", "yuv444p"});
    make_clip(clips() + "/tiny.mkv", {"-f", "lavfi", "-i", "testsrc2=size=17x9:rate=10",
                                      "-frames:v", "4", "-c:v", "ffv1"});
    make_clip(clips() + "/tall.mkv", {"-f", "lavfi", "-i", "testsrc2=size=20x1500:rate=10",
                                      "-frames:v", "4", "-c:v", "ffv1"});
    const ProgramEnd end = run({clips()});
    EXPECT_EQ(end.code, kExitOk) << end.text();
    EXPECT_THAT(end.out, HasSubstr("4 finished")) << end.text();
}

TEST_F(BadInput, FramesLargerThanAllowed) {
    good();
    make_clip(clips() + "/wide.mkv", {"-f", "lavfi", "-i", "testsrc2=size=1600x1200:rate=10",
                                      "-frames:v", "2", "-c:v", "ffv1"});
    expect_only_failure(run({clips(), "--max-frame-pixels-mp", "1"}), "wide.mkv",
                        "max_frame_pixels_mp");
}

// A clip whose size was not looked up before the start, because there are so many: it gets larger
// frame slots in a session of its own.
TEST_F(BadInput, LargeClipBehindManySmallOnes) {
    const std::string first = good("000.mp4");
    for (int i = 1; i < 210; ++i) {
        char name[16];
        std::snprintf(name, sizeof name, "/%03d.mp4", i);
        fs::create_hard_link(first, clips() + name);
    }
    // Hard links are one file; a second file with the same content is a second clip.
    for (int i = 300; i < 510; ++i)
        fs::copy_file(first, clips() + "/" + std::to_string(i) + ".mp4");
    make_clip(clips() + "/zz.mkv", {"-f", "lavfi", "-i", "testsrc2=size=3840x2160:rate=10",
                                    "-frames:v", "3", "-c:v", "ffv1"});
    const ProgramEnd end = run({clips()});
    EXPECT_EQ(end.code, kExitOk) << end.text();
    EXPECT_THAT(end.out, HasSubstr("2 finished")) << end.text();
    EXPECT_EQ(statuses().size(), 2u);
    EXPECT_EQ(statuses()["zz.mkv"], "finished");
}

TEST_F(BadInput, SameContentTwiceIsOneVideoAndTheSecondRunSkips) {
    good("a.mp4");
    good("b.mp4");
    const ProgramEnd first = run({clips()});
    EXPECT_EQ(first.code, kExitOk) << first.text();
    EXPECT_THAT(first.out, AllOf(HasSubstr("1 finished"), HasSubstr("1 skipped"))) << first.text();
    EXPECT_EQ(statuses(), (std::map<std::string, std::string>{{"a.mp4", "finished"}}));
    const ProgramEnd second = run({clips()});
    EXPECT_EQ(second.code, kExitOk) << second.text();
    EXPECT_THAT(second.out, HasSubstr("2 skipped")) << second.text();
    EXPECT_THAT(second.out, HasSubstr("0 frames in")) << second.text();
    // Changed content under an old name is a new clip.
    fs::copy_file(shared()->path() + "/long.mp4", clips() + "/a.mp4",
                  fs::copy_options::overwrite_existing);
    const ProgramEnd third = run({clips()});
    EXPECT_THAT(third.out, HasSubstr("1 finished")) << third.text();
}

// ---------------------------------------------------------------- places

TEST_F(BadInput, OutputFolderThatCannotBeMade) {
    const std::string clip = good();
    write_file(folder_.path() + "/file", "");
    for (const std::string& place : {folder_.path() + "/file/out", std::string("/proc/dashcam")}) {
        const ProgramEnd end = run({clip, "--out", place});
        EXPECT_EQ(end.code, kExitCannotRun) << end.text();
        ASSERT_EQ(lines_with(end.err, "dashcam: ").size(), 1u) << end.text();
        EXPECT_THAT(end.err, AllOf(HasSubstr(place), HasSubstr("--out"))) << end.text();
    }
}

TEST_F(BadInput, DatabaseThatIsNone) {
    const std::string clip = good();
    fs::create_directory(out());
    write_file(out() + "/garbage.db", std::string(5000, 'x'));
    const ProgramEnd end = run({clip, "--db", out() + "/garbage.db"});
    EXPECT_EQ(end.code, kExitCannotRun) << end.text();
    EXPECT_THAT(end.err, HasSubstr("garbage.db")) << end.text();
    EXPECT_EQ(read_file(out() + "/garbage.db"), std::string(5000, 'x'));
    const ProgramEnd folder = run({clip, "--db", out()});
    EXPECT_EQ(folder.code, kExitCannotRun) << folder.text();
    EXPECT_THAT(folder.err, HasSubstr(out())) << folder.text();
    const ProgramEnd list = run_dashcam({"vehicles", "--out", folder_.path() + "/nothing-here"});
    EXPECT_EQ(list.code, kExitCannotRun) << list.text();
    EXPECT_THAT(list.err, HasSubstr("nothing-here")) << list.text();
}

TEST_F(BadInput, TwoRunsInOneOutputFolder) {
    fs::copy_file(shared()->path() + "/long.mp4", clips() + "/long.mp4");
    Program first(
        {"run", clips(), "--out", out(), "--num-gpu-workers", "1", "--num-cpu-workers", "1"});
    while (first.running() && child_in_role(first.pid(), "gpu-worker") == 0) {
    }
    const ProgramEnd second = run({clips()});
    EXPECT_EQ(second.code, kExitCannotRun) << second.text();
    EXPECT_THAT(second.err, AllOf(HasSubstr("another run"), HasSubstr(out()))) << second.text();
    const ProgramEnd end = first.wait();
    EXPECT_EQ(end.code, kExitOk) << end.text();
    EXPECT_EQ(statuses()["long.mp4"], "finished");
}

// A limit on the address space stands for a machine with little memory: 8K frames do not fit.
TEST_F(BadInput, TooLittleMemory) {
    const std::string clip = clips() + "/huge.mkv";
    make_clip(clip, {"-f", "lavfi", "-i", "color=size=7680x4320:rate=10", "-frames:v", "2", "-c:v",
                     "ffv1"});
    Program::Options options;
    options.address_space_bytes = std::size_t{1400} << 20;
    const ProgramEnd end =
        run({clip, "--frame-store-mb", "65536", "--num-video-readers", "8"}, options);
    EXPECT_EQ(end.code, kExitCannotRun) << end.text();
    EXPECT_THAT(end.err, AllOf(HasSubstr("memory"), HasSubstr("dashcam: "))) << end.text();
}

// ---------------------------------------------------------------- models and settings

TEST_F(BadInput, ModelsThatAreNone) {
    const std::string clip = good();
    const std::string readme = std::string(DASHCAM_SOURCE_DIR) + "/README.md";
    write_file(folder_.path() + "/empty.onnx", "");
    write_file(folder_.path() + "/noise.onnx", std::string(4096, '\x5a'));
    for (const char* flag : {"--vehicle-model", "--plate-model", "--text-model"}) {
        for (const std::string& model :
             {readme, folder_.path() + "/empty.onnx", folder_.path() + "/noise.onnx",
              folder_.path() + "/missing.onnx"}) {
            const ProgramEnd end = run({clip, flag, model});
            EXPECT_EQ(end.code, kExitCannotRun) << flag << " " << model << "\n" << end.text();
            EXPECT_EQ(lines_with(end.err, "dashcam: ").size(), 1u) << end.text();
            EXPECT_THAT(end.err, HasSubstr(fs::path(model).filename().string())) << end.text();
        }
    }
    // A good model in the wrong role.
    const ProgramEnd end =
        run({clip, "--vehicle-model", std::string(DASHCAM_SOURCE_DIR) + "/models/text.toml"});
    EXPECT_EQ(end.code, kExitCannotRun) << end.text();
    EXPECT_THAT(end.err, HasSubstr("text")) << end.text();
}

TEST_F(BadInput, WrongSettings) {
    const std::string clip = good();
    const ProgramEnd flag = run({clip, "--gpu-batch", "0"});
    EXPECT_EQ(flag.code, kExitUsage) << flag.text();
    EXPECT_THAT(flag.err, AllOf(HasSubstr("--gpu-batch"), HasSubstr("'0'"), HasSubstr("1 to 16")))
        << flag.text();

    Program::Options options;
    options.environment["MAX_GPU_BACKLOG"] = "many";
    const ProgramEnd variable = run({clip}, options);
    EXPECT_EQ(variable.code, kExitUsage) << variable.text();
    EXPECT_THAT(variable.err,
                AllOf(HasSubstr("MAX_GPU_BACKLOG"), HasSubstr("'many'"), HasSubstr("1 to 1024")));

    const std::string config = folder_.path() + "/dashcam.toml";
    for (const auto& [text, part] :
         std::map<std::string, std::string>{{"queue_hard_limit = 3\n", "queue_hard_limit"},
                                            {"nonsense = 1\n", "nonsense"},
                                            {"gpu_batch = = 2\n", "line 1"},
                                            {"queue_soft_limit = 129\n", "queue_soft_limit"}}) {
        write_file(config, text);
        const ProgramEnd file = run({clip, "--config", config});
        EXPECT_EQ(file.code, kExitUsage) << file.text();
        EXPECT_THAT(file.err, HasSubstr(part)) << file.text();
    }
    EXPECT_EQ(run({clip, "--no-such-flag"}).code, kExitUsage);
    EXPECT_EQ(run({}).code, kExitUsage);
    EXPECT_EQ(run_dashcam({}).code, kExitUsage);
    EXPECT_EQ(run_dashcam({"fly"}).code, kExitUsage);
    EXPECT_FALSE(fs::exists(out())) << "a run that was refused left its folder";
}

TEST_F(BadInput, WrongDevice) {
    const ProgramEnd end = run({good(), "--device", "TOASTER"});
    EXPECT_TRUE(end.code == kExitCannotRun || end.code == kExitGaveUp) << end.text();
    EXPECT_THAT(end.err, HasSubstr("TOASTER")) << end.text();
    for (const auto& [name, status] : statuses()) EXPECT_EQ(status, "unfinished") << name;
}

TEST_F(BadInput, RolesOfWorkersAreNotForUsers) {
    for (const char* role : {"internal-gpu-worker", "internal-cpu-worker", "internal-scheduler"}) {
        const ProgramEnd end = run_dashcam({role, "--main-pid", std::to_string(getpid())});
        EXPECT_FALSE(end.timed_out || end.by_signal) << end.text();
        EXPECT_NE(end.code, kExitOk) << end.text();
    }
}

}  // namespace
}  // namespace dashcam
