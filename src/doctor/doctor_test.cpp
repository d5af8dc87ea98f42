#include "doctor/doctor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "stores/store.h"
#include "stores/testing/store_places.h"

namespace dashcam {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

const Finding& about(const Findings& findings, const std::string& subject) {
    static const Finding none{"none", Health::kGood, "", ""};
    const auto found = std::find_if(findings.begin(), findings.end(),
                                    [&](const Finding& f) { return f.subject == subject; });
    EXPECT_NE(found, findings.end()) << "nothing about " << subject;
    return found == findings.end() ? none : *found;
}

// Whatever is not good says how to mend it.
void expect_fixes(const Findings& findings) {
    for (const Finding& finding : findings) {
        EXPECT_EQ(finding.fix.empty(), finding.health == Health::kGood) << finding.subject;
        EXPECT_FALSE(finding.text.empty()) << finding.subject;
    }
}

class Doctor : public testing::Test {
  protected:
    Doctor() { settings_.out = folder_.path() + "/out"; }
    TemporaryFolder folder_;
    Settings settings_;
};

TEST_F(Doctor, QuotesForTheShell) {
    EXPECT_EQ(shell_quoted("/a/b-c.db"), "/a/b-c.db");
    EXPECT_EQ(shell_quoted("a b"), "'a b'");
    EXPECT_EQ(shell_quoted("it's $HOME"), "'it'\\''s $HOME'");
    EXPECT_EQ(shell_quoted(""), "''");
}

TEST_F(Doctor, AGoodPlaceHasNoProblemsAndIsNotTouched) {
    Findings findings = examine_output(settings_);
    const Findings database = examine_database(settings_);
    findings.insert(findings.end(), database.begin(), database.end());
    for (const Finding& finding : findings)
        EXPECT_NE(finding.health, Health::kBroken) << finding.text;
    expect_fixes(findings);
    EXPECT_THAT(about(findings, "output folder").text, HasSubstr("will be made"));
    EXPECT_THAT(about(findings, "database").text, HasSubstr("will be made"));
    EXPECT_FALSE(fs::exists(settings_.out));
}

TEST_F(Doctor, AFileInPlaceOfTheFolder) {
    std::ofstream(settings_.out) << "x";
    const Findings findings = examine_output(settings_);
    EXPECT_EQ(about(findings, "output folder").health, Health::kBroken);
    expect_fixes(findings);
}

TEST_F(Doctor, TooLittleMemory) {
    settings_.frame_store_mb = 65536;
    settings_.num_video_readers = 8;
    settings_.num_gpu_workers = 16;
    const Findings usual = examine_limits({});
    EXPECT_THAT(about(usual, "memory").text, HasSubstr("MiB available"));
    // 128 frames of 3 MiB are the most that are taken: what is too much is counted, not asked for.
    rlimit before{};
    getrlimit(RLIMIT_NOFILE, &before);
    const rlimit tiny{16, before.rlim_max};
    ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &tiny), 0);
    const Findings findings = examine_limits(settings_);
    setrlimit(RLIMIT_NOFILE, &before);
    EXPECT_EQ(about(findings, "descriptors").health, Health::kBroken);
    EXPECT_THAT(about(findings, "descriptors").text, HasSubstr("16 open files allowed"));
    EXPECT_EQ(about(findings, "descriptors").fix, "ulimit -n 1024");
    expect_fixes(findings);
}

TEST_F(Doctor, SystemAndDecodersAreAllRightHere) {
    for (const Findings& findings : {examine_system(), examine_video()}) {
        for (const Finding& finding : findings)
            EXPECT_NE(finding.health, Health::kBroken) << finding.text;
        expect_fixes(findings);
    }
    EXPECT_THAT(about(examine_video(), "decoders").text, HasSubstr("h264 hevc mjpeg"));
}

TEST_F(Doctor, NetworksTellTheirHashesAndTheArithmetic) {
    const Findings findings = examine_networks(settings_);
    expect_fixes(findings);
    EXPECT_THAT(about(findings, "processor").text,
                testing::AnyOf(HasSubstr("auto gives f32"), HasSubstr("auto gives bf16"),
                               HasSubstr("auto gives int8")));
    for (const char* model : {"vehicle model", "plate model", "text model"}) {
        EXPECT_EQ(about(findings, model).health, Health::kGood) << about(findings, model).text;
        EXPECT_THAT(about(findings, model).text, HasSubstr("SHA-256"));
    }
}

TEST_F(Doctor, BrokenModelsAreNamedOneByOne) {
    const std::string text = folder_.path() + "/text.onnx";
    std::ofstream(text) << "no network";
    settings_.text_model = text;
    settings_.plate_model = folder_.path() + "/nowhere.onnx";
    const Findings findings = examine_networks(settings_);
    expect_fixes(findings);
    EXPECT_EQ(about(findings, "vehicle model").health, Health::kGood);
    EXPECT_EQ(about(findings, "plate model").health, Health::kBroken);
    EXPECT_THAT(about(findings, "plate model").text, HasSubstr("nowhere.onnx"));
    EXPECT_EQ(about(findings, "text model").health, Health::kBroken);
    EXPECT_THAT(about(findings, "text model").fix, HasSubstr("unset DASHCAM_TEXT_MODEL"));
}

TEST_F(Doctor, UnknownDevice) {
    settings_.device = "ABACUS";
    const Findings findings = examine_networks(settings_);
    EXPECT_EQ(about(findings, "processor").health, Health::kBroken);
    EXPECT_EQ(about(findings, "processor").fix, "export DASHCAM_DEVICE=CPU");
}

TEST_F(Doctor, Databases) {
    settings_.db = folder_.path() + "/good.db";
    ASSERT_TRUE(open_store(settings_.db, Access::kReadWrite).ok());
    EXPECT_EQ(about(examine_database(settings_), "database").health, Health::kGood);
    EXPECT_THAT(about(examine_database(settings_), "database").text, HasSubstr("schema"));

    settings_.db = folder_.path() + "/text.db";
    std::ofstream(settings_.db) << std::string(4096, 'x');
    Findings findings = examine_database(settings_);
    EXPECT_EQ(about(findings, "database").health, Health::kBroken);
    expect_fixes(findings);

    // Nobody listens on this port; the password is not shown.
    settings_.db = "postgresql://me:secret@127.0.0.1:1/dashcam";
    findings = examine_database(settings_);
    EXPECT_EQ(about(findings, "database").health, Health::kBroken);
    EXPECT_THAT(about(findings, "database").text, testing::Not(HasSubstr("secret")));
    expect_fixes(findings);
}

}  // namespace
}  // namespace dashcam
