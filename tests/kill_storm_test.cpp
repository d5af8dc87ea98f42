#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <random>

#include "cli/exit_codes.h"
#include "support/footage.h"
#include "support/results.h"
#include "support/storm.h"

// Rounds of random kills, stops and crashes of all processes, main among them: rows and pictures
// are those of the run that was left alone, and nothing else is left. scripts/torture runs many.
//
// From the environment: DASHCAM_TEST_SEED, of the first round (the next has the next number);
// DASHCAM_STORM_ROUNDS; DASHCAM_STORM_CLIPS, a folder to use instead of short cuts of the sample
// drive; DASHCAM_STORM_REPORT, a file that gets a line of JSON for each round; DASHCAM_STORM_KEEP,
// a folder that gets what failed rounds left.

namespace dashcam {
namespace {

namespace fs = std::filesystem;

// A fault that shows up again and again needs no more examples.
constexpr int kMostFailures = 3;

std::string from_environment(const char* name, const std::string& otherwise) {
    const char* value = std::getenv(name);
    return value != nullptr ? value : otherwise;
}

// A run over them takes two seconds, most of which is the start.
void storm_clips(const std::string& folder) {
    if (sample_drive().empty()) {
        std::cout << "note: samples/drive.mp4 is not there; the clips show no vehicles\n";
    } else {
        cut_drive(folder, "a1.mp4", 2, 1.2);
        cut_drive(folder, "a2.mp4", 14, 1);
    }
    pattern_clip(folder, "b1.mp4", 12, 322, 182, 2);
}

class KillStorm : public testing::Test {
  protected:
    void SetUp() override {
        clips_ = from_environment("DASHCAM_STORM_CLIPS", "");
        if (clips_.empty()) {
            storm_clips(made_.path());
            clips_ = made_.path();
        }
        const TemporaryFolder out;
        const ProgramEnd end = run_dashcam({"run", clips_, "--out", out.path()});
        ASSERT_EQ(end.code, kExitOk) << end.text();
        undisturbed_ = RunOutcome::of(out.path());
        seconds_ = end.seconds;
        std::cout << "undisturbed: " << seconds_ << " s, " << undisturbed_.rows.size()
                  << " bytes of rows, " << undisturbed_.pictures.size() << " pictures" << std::endl;
    }

    void round(std::uint64_t seed) {
        StormRound storm(clips_, seed, seconds_);
        const auto start = std::chrono::steady_clock::now();
        const std::vector<std::string> faults = storm.run(undisturbed_);
        const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
        nlohmann::json line{{"seed", seed},
                            {"runs", storm.runs()},
                            {"kills", storm.kills()},
                            {"seconds", took.count()},
                            {"faults", faults}};
        std::cout << line.dump() << std::endl;
        if (const std::string report = from_environment("DASHCAM_STORM_REPORT", "");
            !report.empty()) {
            std::ofstream(report, std::ios::app) << line.dump() << "\n";
        }
        if (faults.empty()) return;
        ++failures_;
        if (const std::string keep = from_environment("DASHCAM_STORM_KEEP", ""); !keep.empty()) {
            const std::string folder = keep + "/" + std::to_string(seed);
            fs::create_directories(folder);
            fs::copy(storm.out(), folder + "/out", fs::copy_options::recursive);
            write_file(folder + "/story.txt", storm.story());
        }
        ADD_FAILURE() << "DASHCAM_TEST_SEED=" << seed << ": " << faults.front() << "\n"
                      << storm.story();
    }

    TemporaryFolder made_;
    std::string clips_;
    RunOutcome undisturbed_;
    double seconds_ = 0;
    int failures_ = 0;
};

TEST_F(KillStorm, RowsAndPicturesAreThoseOfAQuietRun) {
    const std::uint64_t seed =
        std::stoull(from_environment("DASHCAM_TEST_SEED", std::to_string(std::random_device()())));
    const int rounds = std::stoi(from_environment("DASHCAM_STORM_ROUNDS", "12"));
    std::cout << "DASHCAM_TEST_SEED=" << seed << std::endl;
    for (int i = 0; i < rounds && failures_ < kMostFailures; ++i)
        round(seed + static_cast<std::uint64_t>(i));
}

}  // namespace
}  // namespace dashcam
