#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <iostream>
#include <nlohmann/json.hpp>
#include <set>

#include "cli/exit_codes.h"
#include "support/disturbed_run.h"
#include "support/footage.h"
#include "support/results.h"

// The same clips give the same rows, byte for byte, however the work is shared out.

namespace dashcam {
namespace {

class Sameness : public DisturbedRun {
  protected:
    void expect_same_rows(const std::vector<std::string>& settings) const {
        std::vector<std::string> all{"run", clips(), "--out", out()};
        all.insert(all.end(), settings.begin(), settings.end());
        const ProgramEnd end = run_dashcam(all);
        EXPECT_EQ(end.code, kExitOk) << end.text();
        expect_undisturbed_rows(end);
        std::cout << end.seconds << " s\n";
    }
    static std::vector<std::string> workers(const char* gpu, const char* cpu, const char* readers) {
        return {"--num-gpu-workers", gpu, "--num-cpu-workers", cpu, "--num-video-readers", readers};
    }
};

TEST_F(Sameness, OneOfEverything) { expect_same_rows(workers("1", "1", "1")); }
TEST_F(Sameness, TwoFourTwo) { expect_same_rows(workers("2", "4", "2")); }
TEST_F(Sameness, ThreeTwoFour) { expect_same_rows(workers("3", "2", "4")); }

TEST_F(Sameness, TightestLimits) {
    expect_same_rows({"--queue-hard-limit", "8", "--queue-soft-limit", "1", "--max-gpu-backlog",
                      "1", "--max-cpu-backlog", "1", "--frame-store-mb", "16",
                      "--num-video-readers", "3", "--gpu-batch", "1"});
}

TEST_F(Sameness, WidestLimits) {
    expect_same_rows({"--queue-hard-limit", "4096", "--queue-soft-limit", "4096",
                      "--max-gpu-backlog", "1024", "--max-cpu-backlog", "1024", "--frame-store-mb",
                      "512", "--num-video-readers", "4", "--gpu-batch", "16", "--decoder-threads",
                      "3"});
}

// Rows of an earlier pass are replaced by the same ones.
TEST_F(Sameness, DoneAgain) {
    expect_same_rows(workers("2", "2", "1"));
    expect_same_rows({"--redo"});
}

// Four frames of a second of a scene that stands still tell the same as fifteen.
TEST(StillScenes, GiveTheSamePlatesFromFewerFrames) {
    const std::string drive = sample_drive();
    ASSERT_FALSE(drive.empty()) << "samples/drive.mp4 is missing in this tree";
    const TemporaryFolder folder;
    // Four seconds of one picture with new grain in each frame, then two in which all move.
    const std::string clip = make_clip(
        folder.path() + "/still.mp4",
        {"-i", drive, "-filter_complex",
         "split[a][b];[a]trim=start_frame=60:end_frame=61,loop=120:1:0,setpts=N/30/TB[still];"
         "[b]trim=start_frame=60:end_frame=120,setpts=PTS-STARTPTS[moving];"
         "[still][moving]concat,noise=alls=7:allf=t",
         "-c:v", "libx264", "-preset", "veryfast", "-b:v", "8M", "-bf", "0", "-g", "30"});
    struct Told {
        int analysed = 0;
        std::multiset<std::string> plates;
    };
    const auto run = [&](const std::string& still_rate) {
        const std::string out = folder.path() + "/out" + still_rate;
        const std::string statistics = folder.path() + "/" + still_rate + ".json";
        const ProgramEnd end = run_dashcam({"run", clip, "--out", out, "--still-rate", still_rate,
                                            "--statistics", statistics});
        EXPECT_EQ(end.code, kExitOk) << end.text();
        Told told;
        told.analysed = nlohmann::json::parse(read_file(statistics)).at("analysed");
        const ProgramEnd list = run_dashcam({"vehicles", "--out", out, "--json"});
        for (const auto& row : nlohmann::json::parse(list.out)) {
            if (row["tier"] == "confirmed" || row["tier"] == "probable")
                told.plates.insert(row["plate"]);
        }
        return told;
    };
    const Told all = run("0");
    const Told few = run("4");
    EXPECT_EQ(all.analysed, 91);
    EXPECT_LE(few.analysed, 31 + 18) << "what moves, and four or five frames of each other second";
    EXPECT_EQ(few.plates, all.plates);
    EXPECT_FALSE(all.plates.empty());
}

}  // namespace
}  // namespace dashcam
