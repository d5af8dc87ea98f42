#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>
#include <set>

#include "cli/exit_codes.h"
#include "support/footage.h"
#include "support/program.h"
#include "support/results.h"

// The newcomer's first run: every vehicle of the sample drive that is meant to be read is in the
// table, with its exact plate and when it was in sight; nothing is confirmed that is not there.

namespace dashcam {
namespace {

using nlohmann::json;

constexpr double kTimeToleranceS = 0.5;

// A plate's distance in single-character edits, to name what came out instead.
std::size_t edits(const std::string& a, const std::string& b) {
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t above = row[j];
            row[j] = std::min({above + 1, row[j - 1] + 1, diagonal + (a[i - 1] != b[j - 1])});
            diagonal = above;
        }
    }
    return row[b.size()];
}

std::string line_of(const json& row) {
    return row["class"].get<std::string>() + " " + row["plate"].get<std::string>() + " (" +
           row["tier"].get<std::string>() + ", " + row["first_s"].dump() + " to " +
           row["last_s"].dump() + " s)";
}

bool is_read(const json& row) { return row["tier"] == "confirmed" || row["tier"] == "probable"; }

class SampleDrive : public testing::Test {
  protected:
    static void SetUpTestSuite() {
        const std::string truth_file = std::string(DASHCAM_SOURCE_DIR) + "/samples/truth.json";
        if (sample_drive().empty() || !std::filesystem::exists(truth_file)) return;
        truth() = json::parse(read_file(truth_file))["drive.mp4"]["vehicles"];
        const TemporaryFolder out;
        const ProgramEnd run = run_dashcam({"run", sample_drive(), "--out", out.path()});
        EXPECT_EQ(run.code, kExitOk) << run.text();
        std::cout << run.out;
        const ProgramEnd list = run_dashcam({"vehicles", "--json", "--out", out.path()});
        EXPECT_EQ(list.code, kExitOk) << list.text();
        rows() = json::parse(list.out);
        EXPECT_THAT(crop_faults(out.path()), testing::IsEmpty());
    }
    void SetUp() override {
        if (truth().empty())
            GTEST_SKIP() << "SKIPPED: samples/drive.mp4 or samples/truth.json is not there";
    }
    static json& truth() {
        static json vehicles;
        return vehicles;
    }
    static json& rows() {
        static json vehicles;
        return vehicles;
    }
};

TEST_F(SampleDrive, EveryReadableVehicleIsThereWithItsPlateAndTime) {
    for (const json& vehicle : truth()) {
        if (!vehicle["readable"].get<bool>()) continue;
        const std::string plate = vehicle["plate"];
        std::string candidates;
        bool found = false;
        for (const json& row : rows()) {
            if (edits(row["plate"], plate) <= 2) candidates += "\n  " + line_of(row);
            found = found ||
                    (row["plate"] == plate && is_read(row) &&
                     std::abs(row["first_s"].get<double>() - vehicle["first_s"].get<double>()) <=
                         kTimeToleranceS &&
                     std::abs(row["last_s"].get<double>() - vehicle["last_s"].get<double>()) <=
                         kTimeToleranceS);
        }
        EXPECT_TRUE(found) << vehicle["class"] << " " << plate << ", " << vehicle["first_s"]
                           << " to " << vehicle["last_s"]
                           << " s; rows with such a plate:" << candidates;
    }
}

TEST_F(SampleDrive, NothingIsConfirmedThatIsNotThere) {
    std::set<std::string> plates;
    for (const json& vehicle : truth()) plates.insert(vehicle["plate"].get<std::string>());
    for (const json& row : rows()) {
        if (row["tier"] != "confirmed") continue;
        EXPECT_TRUE(plates.contains(row["plate"].get<std::string>())) << line_of(row);
    }
}

}  // namespace
}  // namespace dashcam
